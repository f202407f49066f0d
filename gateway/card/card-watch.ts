import type { Logger } from "pino";
import type { Room } from "../../outbox/limits.ts";
import type { Outbox } from "../../outbox/outbox.ts";
import { watchRoom } from "../../outbox/room-watch.ts";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { CardConfig } from "../../protocols/config/card.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { faults } from "../../protocols/faults.ts";
import type { CardUse } from "../service.ts";

/** A counter of the kernel at one moment. */
export interface Counted {
  readonly bytes: number;
  /** When it was at nought, on the monotonic clock. */
  readonly sinceMs: number;
}

/** What the machine tells of the card that the database lies on; undefined where it cannot tell. */
export interface CardGauge {
  /** Bytes written to the whole disk since boot. */
  disk(): Promise<Counted | undefined>;
  /** Bytes that this process had written. */
  process(): Promise<Counted | undefined>;
  freeBytes(): Promise<number | undefined>;
}

export interface CardWatchOptions {
  readonly gauge: CardGauge;
  readonly card: CardConfig;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Logger;
  /** Brings a report to the card's service. */
  readonly report: (use: CardUse) => Promise<void>;
  readonly raise: (drafts: readonly EventDraft[]) => void;
}

/** The pace of commits follows the kernel's count this often. */
export const paceEveryMs = 60_000;
/** A report is a commit itself, and a card does not wear out within the hour. */
export const wearEveryMs = 3_600_000;

/** Asks the kernel what the card has taken and has left, and tells outbox, services and HQ. */
export function watchCard(options: CardWatchOptions): Cancel {
  const { clock, outbox, gauge, card, log } = options;
  const failed = (error: unknown): void => log.warn({ event: "card-unknown", reason: String(error) });
  const meter = new WearMeter(options);
  const stops = [
    watchRoom({
      outbox,
      clock,
      rules: card,
      freeBytes: () => gauge.freeBytes(),
      changed: (room, freeBytes) => {
        log.warn({ event: "disk-room", room, freeBytes });
        // Without room nothing can be written, and that it is low was told before.
        if (room !== "none") options.raise([roomAlert(room, freeBytes, clock)]);
      },
      failed,
    }),
    every(clock, paceEveryMs, () => meter.pace().catch(failed)),
    every(clock, wearEveryMs, () => meter.report().catch(failed)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

class WearMeter {
  readonly #options: CardWatchOptions;
  #paced = 0;
  #reported = 0;
  #payload = 0;

  constructor(options: CardWatchOptions) {
    this.#options = options;
  }

  async pace(): Promise<void> {
    const own = await this.#options.gauge.process();
    if (own === undefined) return;
    this.#options.outbox.measured(own.bytes - this.#paced);
    this.#paced = own.bytes;
  }

  async report(): Promise<void> {
    const { gauge, outbox, report } = this.#options;
    const [disk, own] = await Promise.all([gauge.disk(), gauge.process()]);
    const counted = disk ?? own;
    if (counted === undefined) return;
    const { bytesWritten, commitWaitMs } = outbox.statistics();
    await report({
      basis: disk === undefined ? "process" : "disk",
      ...counted,
      ownBytes: (own?.bytes ?? this.#reported) - this.#reported,
      payloadBytes: bytesWritten - this.#payload,
      commitWaitMs,
    });
    this.#reported = own?.bytes ?? this.#reported;
    this.#payload = bytesWritten;
  }
}

function every(clock: Clock, everyMs: number, run: () => Promise<void>): Cancel {
  let stopped = false;
  let cancel: Cancel = () => {};
  const later = (): void => {
    cancel = clock.after(everyMs, () => {
      void run().then(() => {
        if (!stopped) later();
      });
    });
  };
  later();
  return () => {
    stopped = true;
    cancel();
  };
}

function roomAlert(room: Room, freeBytes: number, clock: Clock): EventDraft {
  const { words, cure } = faults["disk-low"];
  const recovered = room === "enough";
  return {
    type: "storewire.alert.gateway",
    subject: "disk-low",
    origin: "gateway",
    timeMs: clock.wallMs(),
    clock: clock.quality(),
    data: {
      code: "disk-low",
      cause: `${words}: ${freeBytes} bytes`,
      cure: recovered ? "" : cure,
      recovered,
      room,
      freeBytes,
    },
  };
}
