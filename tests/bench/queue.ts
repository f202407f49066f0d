import { type CallPolicy, plainOrder } from "../../gateway/queue/policy.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { dayConfiguration, QuickFloor } from "../gateway/queue/quick-floor.ts";
import { type DayShape, planDay, StoreDay } from "../gateway/queue/store-day.ts";
import { rounded } from "./figures.ts";

const hours = 10;
const dayMs = 86_400_000;
const playedMs = (hours + 4) * 3_600_000;
const tickMs = 60_000;
const minuteMs = 60_000;
/** The day before the one that is measured: service times have been seen once. */
const daysPlayed = 2;

interface Waited {
  readonly priorityClass: string;
  readonly service: string;
  readonly issuedMs: number;
  readonly waitMs: number;
  readonly foretold:
    | { readonly likelyMs: number; readonly lowMs: number; readonly highMs: number }
    | undefined;
}

export interface QueueFigures {
  /** Share by which priority classes wait less than in plain order. */
  readonly priorityAdvantage: number;
  /** Share by which the regular class waits longer than in plain order. */
  readonly regularCost: number;
  /** Middle of the errors of the foretold wait, in minutes. */
  readonly waitErrorMedian: number;
  /** The same for the mean of all waits so far, in minutes. */
  readonly waitErrorNaive: number;
  /** Share of customers who waited within what they were told. */
  readonly intervalCoverage: number;
  readonly longestRegularMinutes: number;
  readonly longestRegularPlainMinutes: number;
}

export interface SeedFigures extends QueueFigures {
  readonly seed: number;
  readonly load: number;
  readonly priorityShare: number;
  readonly meanWaitPlainMinutes: number;
  readonly intervalMinutes: number;
}

/** One store's second day, in the policy's order and in plain order: the same customers, the same clerks. */
export async function measureSeed(seed: number): Promise<SeedFigures> {
  const load = 0.8 + (seed % 5) * 0.06;
  const priorityShare = 0.1 + (seed % 4) * 0.06;
  const aged = await playDays(seed, { load, priorityShare });
  const plain = await playDays(seed, { load, priorityShare }, plainOrder);
  const [sooner, later] = [aged, plain].map(priorityWaits);
  const [regular, regularPlain] = [aged, plain].map(regularWaits);
  const errors = errorsOf(aged);
  return {
    seed,
    load,
    priorityShare,
    priorityAdvantage: 1 - mean(sooner) / mean(later),
    regularCost: mean(regular) / mean(regularPlain) - 1,
    waitErrorMedian: median(errors.map(({ ours }) => ours)) / minuteMs,
    waitErrorNaive: median(errors.map(({ naive }) => naive)) / minuteMs,
    intervalCoverage: mean(errors.map(({ within }) => (within ? 1 : 0))),
    intervalMinutes: median(errors.map(({ widthMs }) => widthMs)) / minuteMs,
    meanWaitPlainMinutes: mean(plain.map(({ waitMs }) => waitMs)) / minuteMs,
    longestRegularMinutes: Math.max(...(regular ?? [])) / minuteMs,
    longestRegularPlainMinutes: Math.max(...(regularPlain ?? [])) / minuteMs,
  };
}

async function playDays(
  seed: number,
  heaviness: Pick<DayShape, "load" | "priorityShare">,
  policy?: CallPolicy,
): Promise<readonly Waited[]> {
  const shape = { customers: 500, hours, counters: 6, ...heaviness };
  const first = planDay({ ...shape, seed: seed * 1_000 });
  let book = new WaitingBook();
  const floor = new QuickFloor(dayConfiguration(first.counters), policy, (event) => book.tell(event));
  // Nothing is foretold in plain order, so there is nothing to be learnt before.
  for (let day = policy === undefined ? 0 : daysPlayed - 1; day < daysPlayed; day += 1) {
    const plan = { ...planDay({ ...shape, seed: seed * 1_000 + day }), counters: first.counters };
    book = new WaitingBook();
    floor.dayMs = day * dayMs;
    const current = book;
    const watched = {
      press: async (...press: Parameters<QuickFloor["press"]>) => {
        const ticket = await floor.press(...press);
        if (ticket !== undefined) current.foretell(ticket, floor.status(ticket, press[2]));
        return ticket;
      },
      ticketAt: (counter: string) => floor.ticketAt(counter),
      tick: (atMs: number) => floor.tick(atMs),
    };
    await new StoreDay(plan, watched, seed).play(tickMs, playedMs);
  }
  return book.waits;
}

/** Who waited how long, from the events. */
class WaitingBook {
  readonly waits: Waited[] = [];
  readonly #issued = new Map<string, { readonly atMs: number; foretold: Waited["foretold"] }>();

  tell({ type, timeMs, subject, data }: EventDraft): void {
    if (type === "storewire.queue.ticket.issued")
      this.#issued.set(subject, { atMs: timeMs, foretold: undefined });
    if (type !== "storewire.queue.ticket.called") return;
    const issued = this.#issued.get(subject);
    if (issued === undefined) return;
    this.#issued.delete(subject);
    const { service, priorityClass } = data as { readonly service: string; readonly priorityClass: string };
    const { atMs, foretold } = issued;
    this.waits.push({ service, priorityClass, issuedMs: atMs, waitMs: timeMs - atMs, foretold });
  }

  foretell(ticket: string, status: ReturnType<QuickFloor["status"]>): void {
    const issued = this.#issued.get(ticket);
    if (issued !== undefined && status.state === "waiting") issued.foretold = status.expected;
  }
}

const priorityWaits = (waits: readonly Waited[]): readonly number[] =>
  waits.filter(({ priorityClass }) => priorityClass !== "regular").map(({ waitMs }) => waitMs);
const regularWaits = (waits: readonly Waited[]): readonly number[] =>
  waits.filter(({ priorityClass }) => priorityClass === "regular").map(({ waitMs }) => waitMs);

/** What a customer was told beside what came; the naive page tells everybody the mean of the day so far. */
function errorsOf(waits: readonly Waited[]) {
  return waits.flatMap(({ issuedMs, waitMs, foretold }) => {
    const known = waits.filter((other) => other.issuedMs + other.waitMs <= issuedMs);
    if (foretold === undefined || known.length < 20) return [];
    const naiveMs = mean(known.map((other) => other.waitMs));
    const { likelyMs, lowMs, highMs } = foretold;
    const [ours, naive] = [likelyMs, naiveMs].map((toldMs) => Math.abs(toldMs - waitMs));
    const within = waitMs >= lowMs && waitMs <= highMs;
    return [{ ours: ours ?? 0, naive: naive ?? 0, within, widthMs: highMs - lowMs }];
  });
}

const mean = (numbers: readonly number[] = []): number =>
  numbers.reduce((sum, each) => sum + each, 0) / Math.max(1, numbers.length);
function median(numbers: readonly number[]): number {
  return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;
}

const seedsPlayed = 50;

/** What fifty stores have in common, and each of them; `tell` hears of each as it is done. */
export async function measureQueue(
  tell: (row: string) => void,
): Promise<QueueFigures & { readonly seeds: readonly SeedFigures[] }> {
  const seeds: SeedFigures[] = [];
  tell(columns.map(({ title, width }) => title.padStart(width)).join(""));
  for (let seed = 1; seed <= seedsPlayed; seed += 1) {
    const figures = await measureSeed(seed);
    tell(columns.map(({ of, width }) => of(figures).padStart(width)).join(""));
    seeds.push(figures);
  }
  const across = (pick: (figures: SeedFigures) => number): number => rounded(mean(seeds.map(pick)));
  return {
    priorityAdvantage: across(({ priorityAdvantage }) => priorityAdvantage),
    regularCost: across(({ regularCost }) => regularCost),
    waitErrorMedian: across(({ waitErrorMedian }) => waitErrorMedian),
    waitErrorNaive: across(({ waitErrorNaive }) => waitErrorNaive),
    intervalCoverage: across(({ intervalCoverage }) => intervalCoverage),
    longestRegularMinutes: across(({ longestRegularMinutes }) => longestRegularMinutes),
    longestRegularPlainMinutes: across(({ longestRegularPlainMinutes }) => longestRegularPlainMinutes),
    seeds,
  };
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly of: (figures: SeedFigures) => string;
}

const share = (value: number): string => `${Math.round(value * 100)} %`;
const minutes = (value: number): string => `${value.toFixed(1)} min`;

/** The table that people read. */
const columns: readonly Column[] = [
  { title: "seed", width: 4, of: ({ seed }) => String(seed) },
  { title: "load", width: 7, of: ({ load }) => share(load) },
  { title: "priority", width: 10, of: ({ priorityShare }) => share(priorityShare) },
  { title: "plain wait", width: 12, of: ({ meanWaitPlainMinutes }) => minutes(meanWaitPlainMinutes) },
  { title: "advantage", width: 11, of: ({ priorityAdvantage }) => share(priorityAdvantage) },
  { title: "cost", width: 7, of: ({ regularCost }) => share(regularCost) },
  { title: "error", width: 10, of: ({ waitErrorMedian }) => minutes(waitErrorMedian) },
  { title: "naive", width: 10, of: ({ waitErrorNaive }) => minutes(waitErrorNaive) },
  { title: "within", width: 8, of: ({ intervalCoverage }) => share(intervalCoverage) },
];
