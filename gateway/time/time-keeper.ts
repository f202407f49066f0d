import type { Logger } from "pino";
import type { Clock } from "../../protocols/clock.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { type FaultCode, faults } from "../../protocols/faults.ts";
import { type Stamp, writableMs } from "../../protocols/readings.ts";
import type { Intake } from "../intake.ts";
import { type Boot, timeCollection, zeroOf } from "./boots.ts";
import { type ClockChange, type WatchState, watchStep } from "./clock-watch.ts";
import { Departures } from "./departure.ts";
import { type HoldState, holdStep } from "./hold.ts";

/** A clock that was set and jumps further than this is worth waking somebody for; a leap second is not. */
const alertJumpMsMin = 60_000;

export interface TimeKeeperOptions {
  readonly intake: Pick<Intake, "time" | "documents" | "take">;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly boot: string;
  readonly uplinkUp: () => boolean;
  readonly raise: (drafts: readonly EventDraft[]) => void;
  readonly log: Logger;
}

/**
 * Keeps watch over the clock: says how events leave that were made before it was set, ends the wait for
 * clocks that are never set, and tells of jumps.
 */
export class TimeKeeper {
  readonly #options: TimeKeeperOptions;
  #watch: WatchState | undefined;
  #hold: HoldState;
  readonly #departures: Departures;
  #committedRevision = 0;
  #awaited = false;

  constructor(options: TimeKeeperOptions) {
    this.#options = options;
    this.#hold = { waitedMs: new Map(), atMs: options.clock.monotonicMs() };
    this.#departures = new Departures(options.configuration.site.timeZone);
    this.#departures.committed(options.intake.documents(timeCollection));
  }

  /** An event's text as it leaves; undefined while it waits for a clock. */
  departure: Departures["textOf"] = (entry) => this.#departures.textOf(entry);

  /** The intake's documents are on disk. Whether what waited may leave now. */
  committed(): boolean {
    const { intake } = this.#options;
    if (intake.time.revision === this.#committedRevision) return false;
    this.#committedRevision = intake.time.revision;
    this.#departures.committed(intake.documents(timeCollection));
    return true;
  }

  look(): void {
    const { clock, boot } = this.#options;
    const now: Stamp = {
      wallMs: clock.wallMs(),
      monotonicMs: clock.monotonicMs(),
      boot,
      clock: clock.quality(),
    };
    const { state, change } = watchStep(this.#watch, now);
    this.#watch = state;
    if (change !== undefined) this.#tell(change, now);
    this.#endWaits(now.monotonicMs);
  }

  #tell({ change, jumpMs, wasSet }: ClockChange, now: Stamp): void {
    const { boot, log, raise } = this.#options;
    log.info({ event: "clock-changed", change, jumpMs });
    const common = { origin: "clock", timeMs: now.wallMs, clock: now.clock } as const;
    const bootTime = new Date(writableMs(Math.floor(zeroOf(now)))).toISOString();
    const told: EventDraft = {
      type: "storewire.gateway.clock",
      subject: boot,
      ...common,
      data: { change, jumpMs, boot, bootTime },
    };
    const isAlarming = change === "jumped" && wasSet && Math.abs(jumpMs) >= alertJumpMsMin;
    raise([told, ...(isAlarming ? [alertOf("clock-jumped", common, { jumpMs })] : [])]);
  }

  /** Who looks why HQ hears nothing finds it here. */
  #logAwaiting(boots: readonly Boot[]): void {
    if (this.#awaited === boots.length > 0) return;
    this.#awaited = boots.length > 0;
    const event = this.#awaited ? "clock-awaited" : "clock-awaited-no-more";
    this.#options.log.info({ event, boots: boots.map(({ boot }) => boot) });
  }

  #endWaits(monotonicMs: number): void {
    const { clock, boot: own, uplinkUp, intake, log } = this.#options;
    const { holdMsMax } = this.#options.configuration.limits.clock;
    const boots = intake.time.unset();
    this.#logAwaiting(boots);
    const look = { monotonicMs, uplinkUp: uplinkUp(), unset: boots.map(({ boot }) => boot) };
    const { state, over } = holdStep(this.#hold, look, holdMsMax);
    this.#hold = state;
    for (const { boot, place } of boots) {
      if (!over.includes(boot)) continue;
      const agent = place.kind === "agent" ? { agent: place.agent } : {};
      const common = { origin: "clock", timeMs: clock.wallMs(), clock: clock.quality() } as const;
      const isOver = place.kind === "own" && boot !== own;
      // Nobody can set the clock of a start that is over.
      const drafts = isOver ? [] : [alertOf("clock-unset", common, { boot, ...agent })];
      // What could not be written is still to be given up at the next look.
      intake
        .take(
          [],
          [
            { kind: "give-up", boot },
            { kind: "raise", drafts },
          ],
        )
        .catch(() => undefined);
      log.warn({ event: "clock-unset", boot, ...agent, heldMs: holdMsMax });
    }
  }
}

function alertOf(
  code: FaultCode,
  common: Pick<EventDraft, "origin" | "timeMs" | "clock">,
  more: Readonly<Record<string, string | number>>,
): EventDraft {
  const { words, cure } = faults[code];
  return {
    type: "storewire.alert.gateway",
    subject: code,
    ...common,
    data: { code, cause: words, cure, ...more },
  };
}
