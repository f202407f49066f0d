import type { Cancel, Clock } from "../protocols/clock.ts";
import type { Room } from "./limits.ts";
import type { Outbox } from "./outbox.ts";

export interface RoomRules {
  readonly freeBytesLow: number;
  readonly freeBytesMin: number;
}

/** The disk is asked this often; a card fills in minutes at the fastest. */
export const roomEveryMs = 10_000;

/** Room counts as regained once this many times the bound is free, so that it does not come and go. */
const regainedTimes = 1.25;

/** How much room there is, given how much there was; down one step at a time, so that `low` can be told. */
export function nextRoom(before: Room, freeBytes: number, rules: RoomRules): Room {
  const below = (bound: number, already: boolean): boolean =>
    freeBytes < (already ? bound * regainedTimes : bound);
  if (below(rules.freeBytesMin, before === "none")) return before === "enough" ? "low" : "none";
  return below(rules.freeBytesLow, before !== "enough") ? "low" : "enough";
}

export interface RoomWatchOptions {
  readonly outbox: Pick<Outbox, "setRoom" | "reusableBytes">;
  readonly clock: Clock;
  readonly rules: RoomRules;
  /** What the file system has left for us; undefined where nobody can tell. */
  readonly freeBytes: () => Promise<number | undefined>;
  readonly changed: (room: Room, freeBytes: number) => void;
  readonly failed: (error: unknown) => void;
}

/** Tells the outbox how much room there is, before SQLite finds out that there is none. */
export function watchRoom(options: RoomWatchOptions): Cancel {
  let room: Room = "enough";
  let stopped = false;
  let cancel: Cancel = () => {};
  const look = async (): Promise<void> => {
    const free = await options.freeBytes();
    if (free === undefined || stopped) return;
    // What is free inside the file is as good as what is free beside it.
    const bytes = free + (await options.outbox.reusableBytes());
    const next = nextRoom(room, bytes, options.rules);
    if (next === room) return;
    room = next;
    options.changed(room, bytes);
    await options.outbox.setRoom(room);
  };
  const lookLater = (delayMs: number): void => {
    cancel = options.clock.after(delayMs, () => {
      void look()
        .catch(options.failed)
        .then(() => {
          if (!stopped) lookLater(roomEveryMs);
        });
    });
  };
  lookLater(0);
  return () => {
    stopped = true;
    cancel();
  };
}
