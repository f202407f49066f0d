import type { Logger } from "pino";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import {
  type Pulse,
  verdictOf,
  type Watched,
  watchedNothing,
  watchPulses,
} from "../../protocols/progress.ts";
import type { SystemdWishes, Tell } from "./systemd.ts";

/** How often all parts are looked at. */
const lookEveryMs = 2_000;
/** A look that comes so late finds an event loop that had no time for anybody. */
const lateMsMax = 1_000;
/** An event loop that was late at every single look for so long will not recover. */
const lateLoopMsMax = 60_000;

/** A service as its watch sees it. */
export interface Watchable {
  /** Asks the parts that have to be asked. */
  look(): void;
  pulses(): readonly Pulse[];
  /** What could not be helped inside the process, if anything. */
  lost(): string | undefined;
  /** Calls into the kernel beside the disk's have not come back; the process could not end in order. */
  callsHang(): boolean;
  /** One line for a technician. */
  status(): string;
}

/** The part that nothing but a new process can help. */
export interface Stuck {
  readonly part: string;
  readonly stillMs: number | undefined;
}

export interface ProcessWatchOptions {
  readonly watchable: Watchable;
  readonly wishes: SystemdWishes;
  /** Undefined where nobody listens. */
  readonly tell: Tell | undefined;
  readonly onStuck: (stuck: Stuck) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Tells systemd that the service is alive as long as each part of it gets on, and nothing any more from the
 * moment on in which one does not.
 */
export class ProcessWatch {
  readonly #options: ProcessWatchOptions;
  readonly #everyMs: number;
  readonly #feedEveryMs: number;
  #watched: Watched;
  #looksInTime = 0;
  #dueMs = 0;
  #fedMs = Number.NEGATIVE_INFINITY;
  #telling = false;
  #toldOfSilence = false;
  #cancel: Cancel = () => undefined;

  constructor(options: ProcessWatchOptions) {
    this.#options = options;
    const { clock, wishes } = options;
    // A third of the watchdog's patience, so that one notification may be lost.
    this.#feedEveryMs = (wishes.watchdogMs ?? 60_000) / 3;
    this.#everyMs = Math.min(lookEveryMs, this.#feedEveryMs / 2);
    this.#watched = watchedNothing(clock.monotonicMs());
  }

  /** The service is open. */
  start(): void {
    this.#feed("READY=1");
    this.#lookLater();
  }

  stop(): void {
    this.#cancel();
  }

  #lookLater(): void {
    const { clock } = this.#options;
    this.#dueMs = clock.monotonicMs() + this.#everyMs;
    this.#cancel = clock.after(this.#everyMs, () => this.#look());
  }

  #look(): void {
    const { clock, watchable, onStuck, wishes } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#dueMs <= lateMsMax) this.#looksInTime += 1;
    watchable.look();
    const pulses = [...watchable.pulses(), this.#loopPulse()];
    this.#watched = watchPulses(this.#watched, pulses, nowMs, 2 * this.#everyMs);
    const verdict = verdictOf(this.#watched, pulses);
    const lost = watchable.lost();
    if (verdict.kind === "stuck") return onStuck({ part: verdict.part, stillMs: verdict.stillMs });
    if (lost !== undefined) return onStuck({ part: lost, stillMs: undefined });
    if (nowMs - this.#fedMs >= this.#feedEveryMs)
      this.#feed(wishes.watchdogMs === undefined ? undefined : "WATCHDOG=1");
    this.#lookLater();
  }

  #loopPulse(): Pulse {
    return { part: "event loop", steps: this.#looksInTime, rests: false, stillMsMax: lateLoopMsMax };
  }

  #feed(word: string | undefined): void {
    const { tell, watchable, clock, log } = this.#options;
    if (tell === undefined || this.#telling) return;
    this.#fedMs = clock.monotonicMs();
    this.#telling = true;
    const status = `STATUS=${watchable.status()}`;
    tell(word === undefined ? [status] : [word, status]).then(
      () => this.#told(),
      (error: unknown) => {
        this.#told();
        if (!this.#toldOfSilence) log.error({ event: "systemd-not-told", reason: String(error) });
        this.#toldOfSilence = true;
      },
    );
  }

  #told(): void {
    this.#telling = false;
  }
}
