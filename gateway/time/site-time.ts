import type { Reading, Stamp } from "../../protocols/readings.ts";
import type { DocumentChange, Documents, TimeView } from "../service.ts";
import {
  type Boot,
  bootAge,
  bootOf,
  bootsIn,
  hasMoved,
  noteOf,
  serviceZeroOf,
  stamped,
  timeCollection,
  zeroOf,
} from "./boots.ts";
import { asOwn, begun, estimatedZero, gaveUp, heard, noteNow, wasSet } from "./learning.ts";

/** A note is written so often at most, and only with what is written anyway: the card is spared. */
const noteEveryMs = 60_000;

/** Where all of it is kept. */
export const timeDocuments = { name: timeCollection, ageOf: bootAge } as const;

/** The documents as the running group of inputs sees them. */
interface DocumentStore {
  of(collection: string): Documents;
  apply(collection: string, changes: readonly DocumentChange[]): void;
}

export interface SiteTimeOptions {
  /** This start of the machine. */
  readonly boot: string;
  /** 0: nothing waits for a clock to be set. */
  readonly holdMsMax: number;
}

/**
 * What the site knows of its clocks. Each group of inputs begins with a look at our own, and each reading
 * from another box tells of that one; what is learnt goes to disk in the group's own commit.
 */
export class SiteTime implements TimeView {
  readonly #store: DocumentStore;
  readonly #options: SiteTimeOptions;
  #now: Stamp;
  /** Rises with everything that is learnt. */
  #revision = 0;

  constructor(store: DocumentStore, options: SiteTimeOptions) {
    this.#store = store;
    this.#options = options;
    this.#now = { wallMs: 0, monotonicMs: 0, boot: options.boot, clock: "estimated" };
  }

  get revision(): number {
    return this.#revision;
  }

  /** A group of inputs begins at this moment, which may be nothing but a tick. Answers the moment as well as it is known. */
  begin(now: Stamp, isTick: boolean): Stamp {
    this.#now = now;
    // Also at a tick: a deadline that is asked for in a start that nobody knows has no distance to what was before.
    if (this.#own() === undefined) {
      this.#learn(begun(this.#documents, now));
      if (this.#options.holdMsMax === 0) this.giveUp(now.boot);
    }
    const own = this.#own();
    if (own !== undefined && now.clock === "synced" && hasMoved(zeroOf(now), own.zeroMs))
      this.#learn(wasSet(this.#documents, own, now));
    if (!isTick) this.#note(now);
    return this.restamped(now);
  }

  /** A reading as it would have been stamped, had its box known what is known now. */
  arrived(reading: Reading): Reading {
    const { boot } = reading.at;
    if (boot !== this.#options.boot) {
      const isNew = this.#boot(boot) === undefined;
      this.#learn(heard(this.#documents, reading, this.#now));
      if (isNew && this.#options.holdMsMax === 0) this.giveUp(boot);
    }
    const at = this.restamped(reading.at);
    return at === reading.at ? reading : { ...reading, at };
  }

  /** Nobody waits any longer for this clock to be set; what was observed before leaves as estimated. */
  giveUp(boot: string): void {
    this.#learn(gaveUp(this.#documents, boot, this.#now));
  }

  /** Starts whose events wait for a clock to be set. */
  unset(): readonly Boot[] {
    return bootsIn(this.#documents).filter(({ leaves }) => leaves === undefined);
  }

  restamped(at: Stamp): Stamp {
    if (at.clock === "synced") return at;
    const boot = this.#boot(at.boot);
    if (boot === undefined) return at;
    if (boot.zeroMs !== undefined) return stamped(at, { zeroMs: boot.zeroMs, clock: "synced" });
    // What our own clock says at the very moment counts, for somebody may have set it by hand.
    const zeroMs = estimatedZero(this.#documents, boot, at.boot === this.#now.boot ? at : this.#now);
    return stamped(at, { zeroMs, clock: "estimated" });
  }

  departed(at: Stamp): Stamp | undefined {
    if (at.clock === "synced") return at;
    const boot = this.#boot(at.boot);
    if (boot === undefined) return at;
    return boot.leaves && stamped(at, boot.leaves);
  }

  elapsedMs(from: Stamp, to: Stamp): number {
    if (from.boot === to.boot) return to.monotonicMs - from.monotonicMs;
    const [earlier, later] = [this.#boot(from.boot), this.#boot(to.boot)];
    const fromMs = this.#serviceMs(earlier, from);
    const toMs = this.#serviceMs(later, to);
    if (fromMs === undefined || toMs === undefined) return Number.POSITIVE_INFINITY;
    const order = orderOf(earlier, later);
    // The last note before a power cut may be a minute old; but that the box is up so long is certain.
    if (order > 0) return Math.max(toMs - fromMs, to.monotonicMs);
    return order < 0 ? Math.min(toMs - fromMs, -from.monotonicMs) : toMs - fromMs;
  }

  get #documents(): Documents {
    return this.#store.of(timeCollection);
  }

  #boot(boot: string): Boot | undefined {
    return bootOf(this.#documents, boot);
  }

  #own() {
    return asOwn(this.#boot(this.#options.boot));
  }

  #serviceMs(boot: Boot | undefined, at: Stamp): number | undefined {
    const zeroMs = boot && serviceZeroOf(this.#documents, boot, this.#options.boot);
    return zeroMs === undefined ? undefined : zeroMs + at.monotonicMs;
  }

  #note(now: Stamp): void {
    const own = this.#own();
    const last = noteOf(this.#documents);
    const isFresh = last?.boot === now.boot && now.monotonicMs - last.monotonicMs < noteEveryMs;
    if (own !== undefined && !isFresh) this.#store.apply(timeCollection, [noteNow(own, now, last)]);
  }

  #learn(changes: readonly DocumentChange[]): void {
    if (changes.length === 0) return;
    this.#revision += 1;
    this.#store.apply(timeCollection, changes);
  }
}

/** Of two starts of our own box: positive where the second came after the first. Of another box's nobody knows. */
function orderOf(first: Boot | undefined, second: Boot | undefined): number {
  const areOurs = first?.place.kind === "own" && second?.place.kind === "own";
  return areOurs ? second.order - first.order : 0;
}
