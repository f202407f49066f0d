import { seededRandom } from "../../protocols/random.ts";
import { planFaults, type SiteFaultKind } from "../../simulators/fault-plan.ts";
import { within } from "../../simulators/scenario/chance.ts";
import { SimulatedTime } from "../../simulators/simulated-time.ts";
import { allCheckers } from "./checkers.ts";
import { letCustomersCome } from "./customers.ts";
import { factWords } from "./fact-words.ts";
import type { Fact } from "./facts.ts";
import { calmDown, carryOut } from "./fault-deeds.ts";
import { addHeadquarters } from "./headquarters-unit.ts";
import { measure, whatIsLeft } from "./rest.ts";
import { drawSite, type SitePlan } from "./site-plan.ts";
import { addStoreUnits } from "./store-units.ts";
import { TraceHash } from "./trace.ts";
import { World } from "./world.ts";

export interface SeedOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Drawn where absent. */
  readonly faultsPerHour?: number;
  /** A shop at night: nobody comes. */
  readonly quiet?: boolean;
  readonly openHours?: readonly [number, number];
  /** Each fact as a line, for whoever replays a seed. */
  readonly onFact?: (line: string) => void;
  readonly onProgress?: (share: number) => void;
  /** Breaks a seam of the world from outside, to see that a checker finds it. */
  readonly sabotage?: (world: World) => void;
}

export interface Verdict {
  readonly checker: string;
  readonly ok: boolean;
  readonly words?: string;
}

export interface SeedResult {
  readonly seed: number;
  readonly arrangement: SitePlan["arrangement"];
  readonly simulatedMs: number;
  readonly traceHash: string;
  readonly faults: Readonly<Partial<Record<SiteFaultKind, number>>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly verdicts: readonly Verdict[];
}

const minuteMs = 60_000;
/** After the last fault: boxes boot, links find back, clocks are set. */
const settlingMs = 2 * minuteMs;
const calmMs = 5 * minuteMs;
/** HQ asks again for a gap after fifteen minutes at most; twice that is more than it ever takes. */
const restMsMax = 45 * minuteMs;
const restLookMs = 10_000;
const faultsPerHourSpan = [0, 150] as const;
const hourMs = 60 * minuteMs;
/** Days offline come where there are days. */
const offlineShareMax = 1 / 4;

/** Plays one seed: a drawn site, drawn customers, drawn faults, and then the calm in which all must arrive. */
export function playSeed(options: SeedOptions): Promise<SeedResult> {
  return new SeedPlay(options).play();
}

class SeedPlay {
  readonly #options: SeedOptions;
  readonly #time = new SimulatedTime();
  readonly #trace = new TraceHash();
  readonly #counts: Record<string, number> = {};
  readonly #faults: Partial<Record<SiteFaultKind, number>> = {};
  readonly #plan: SitePlan;
  readonly #checkers: ReturnType<typeof allCheckers>;
  readonly #broken = new Map<string, string>();
  readonly #world: World;

  constructor(options: SeedOptions) {
    this.#options = options;
    const { seed, quiet = false, openHours = [0, 24] } = options;
    this.#plan = drawSite(seededRandom(seed), { quiet, tight: !quiet, openHours });
    this.#checkers = allCheckers(this.#plan);
    this.#world = new World({
      time: this.#time,
      plan: this.#plan,
      seed,
      emit: (fact) => this.#see(fact),
      trace: (words) => this.#note(words),
    });
    addHeadquarters(this.#world);
    addStoreUnits(this.#world);
    options.sabotage?.(this.#world);
  }

  async play(): Promise<SeedResult> {
    const { durationMs, quiet = false } = this.#options;
    this.#planFaults();
    this.#measureLater();
    this.#world.start();
    if (!quiet) letCustomersCome(this.#world, durationMs);
    await this.#runUntil(durationMs);
    if (!this.#isBroken()) await this.#comeToRest();
    return this.#result();
  }

  #planFaults(): void {
    const { durationMs, quiet = false } = this.#options;
    const random = this.#world.random("faults");
    const drawn = within(random, faultsPerHourSpan);
    const faultsPerHour = quiet ? 0 : (this.#options.faultsPerHour ?? drawn);
    const longestOfflineMs = Math.max(10 * minuteMs, durationMs * offlineShareMax);
    for (const fault of planFaults(random, { durationMs, faultsPerHour, longestOfflineMs }))
      this.#time.after(fault.atMs, () => carryOut(this.#world, fault));
  }

  #measureLater(): void {
    this.#time.after(minuteMs, () => {
      for (const fact of measure(this.#world)) this.#see(fact);
      this.#measureLater();
    });
  }

  async #runUntil(untilMs: number): Promise<void> {
    while (this.#time.nowMs < untilMs && !this.#isBroken()) {
      await this.#time.run(Math.min(untilMs, this.#time.nowMs + hourMs));
      this.#options.onProgress?.(Math.min(1, this.#time.nowMs / this.#options.durationMs));
    }
  }

  async #comeToRest(): Promise<void> {
    const world = this.#world;
    calmDown(world);
    await this.#runUntil(this.#time.nowMs + settlingMs);
    this.#see({ kind: "calm" });
    const calmAtMs = this.#time.nowMs;
    if (this.#options.quiet !== true) letCustomersCome(world, calmAtMs + calmMs);
    await this.#runUntil(calmAtMs + calmMs + minuteMs);
    let left = whatIsLeft(world);
    while (left.length > 0 && this.#time.nowMs < calmAtMs + restMsMax && !this.#isBroken()) {
      await this.#time.run(this.#time.nowMs + restLookMs);
      left = whatIsLeft(world);
    }
    this.#see({ kind: "rested", left, afterMs: this.#time.nowMs - calmAtMs });
    if (this.#isBroken()) return;
    for (const { name, finish } of this.#checkers) this.#judge(name, finish());
  }

  #see(fact: Fact): void {
    this.#counts[fact.kind] = (this.#counts[fact.kind] ?? 0) + 1;
    if (fact.kind === "fault") this.#faults[fact.fault.kind] = (this.#faults[fact.fault.kind] ?? 0) + 1;
    this.#note(factWords(fact));
    for (const { name, see } of this.#checkers) this.#judge(name, see(fact, this.#time.nowMs));
  }

  #note(words: string): void {
    const line = `${this.#time.nowMs.toFixed(3)} ${words}`;
    this.#trace.add(line);
    this.#options.onFact?.(line);
  }

  /** The first broken promise ends the play, so that its cause is the last thing that happened. */
  #judge(checker: string, words: string | undefined): void {
    if (words === undefined || this.#broken.has(checker)) return;
    this.#broken.set(checker, `at ${(this.#time.nowMs / 1_000).toFixed(3)} s: ${words}`);
    this.#time.stop();
  }

  #isBroken(): boolean {
    return this.#broken.size > 0;
  }

  #result(): SeedResult {
    return {
      seed: this.#options.seed,
      arrangement: this.#plan.arrangement,
      simulatedMs: this.#time.nowMs,
      traceHash: this.#trace.digest(),
      faults: this.#faults,
      counts: { ...this.#counts, tasks: this.#time.tasksRun },
      verdicts: this.#checkers.map(({ name }) => {
        const words = this.#broken.get(name);
        return words === undefined ? { checker: name, ok: true } : { checker: name, ok: false, words };
      }),
    };
  }
}
