import type { StoreMoods } from "../../hq/simulated-event-store.ts";
import type { DiskMoods, WriteFate } from "../../outbox/simulated-disk.ts";
import type { Random } from "../../protocols/random.ts";
import type { BrokerMoods } from "../../simulators/network/simulated-mqtt-broker.ts";
import { within } from "../../simulators/scenario/chance.ts";

/** How one disk is doing; faults turn these, and a healed disk has all of them off. */
export class DiskConditions implements DiskMoods {
  readonly #random: Random;
  slow = false;
  failing = false;
  full = false;
  unreadable = false;
  /** The next write fails, and is there all the same after the next start. */
  failNextYetFound = false;

  constructor(random: Random) {
    this.#random = random;
  }

  heal(): void {
    this.slow = false;
    this.failing = false;
    this.full = false;
    this.unreadable = false;
    this.failNextYetFound = false;
  }

  frameMs(): number {
    return within(this.#random, this.slow ? [10, 400] : [0.05, 0.5]);
  }

  syncMs(): number {
    return within(this.#random, this.slow ? [100, 3_000] : [0.3, 8]);
  }

  fate(): WriteFate {
    if (this.failNextYetFound) {
      this.failNextYetFound = false;
      return { kind: "failed-yet-found", words: "the simulated disk could not be synced" };
    }
    if (this.full) return { kind: "failed", words: "the simulated disk cannot grow: it is full" };
    if (this.failing && this.#random.fraction() < 0.7)
      return { kind: "failed", words: "the simulated disk refused a write" };
    return { kind: "written" };
  }

  survivesPowerCut(): boolean {
    return this.#random.fraction() < 0.5;
  }

  readFails(): boolean {
    return this.unreadable && this.#random.fraction() < 0.5;
  }
}

export class HeadquartersConditions implements StoreMoods {
  readonly #random: Random;
  slow = false;
  failing = false;

  constructor(random: Random) {
    this.#random = random;
  }

  heal(): void {
    this.slow = false;
    this.failing = false;
  }

  storeMs(): number {
    return within(this.#random, this.slow ? [500, 8_000] : [1, 20]);
  }

  failure(): string | undefined {
    return this.failing && this.#random.fraction() < 0.8 ? "the simulated database refused" : undefined;
  }
}

export class BrokerConditions implements BrokerMoods {
  readonly #random: Random;
  forgetting = false;
  repeating = false;
  reordering = false;
  breaking = false;

  constructor(random: Random) {
    this.#random = random;
  }

  heal(): void {
    this.forgetting = false;
    this.repeating = false;
    this.reordering = false;
    this.breaking = false;
  }

  routeMs(): number {
    return within(this.#random, this.reordering ? [0, 4_000] : [0.1, 3]);
  }

  forgets(): boolean {
    return this.forgetting && this.#random.fraction() < 0.5;
  }

  repeats(): boolean {
    return this.repeating && this.#random.fraction() < 0.5;
  }

  breaksBeforePuback(): boolean {
    return this.breaking && this.#random.fraction() < 0.4;
  }
}
