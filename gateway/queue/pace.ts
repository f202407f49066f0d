import type { Stamp } from "../../protocols/readings.ts";
import type { QueueRules } from "./rules.ts";
import type { Readable, Turn } from "./turn.ts";

/** A mean in which what was seen long ago fades: `weight` is how much has been seen, up to where it fades. */
interface FadingMean {
  readonly meanMs: number;
  readonly weight: number;
}

/** How long a customer of one service keeps a counter busy, from call to next call. */
interface Pace {
  readonly all: FadingMean;
  /** By the hour of the site's day. */
  readonly hours: Readonly<Record<string, FadingMean>>;
}

/** Customers after which the pace of a service, and that of an hour of it, has been learnt anew. */
const weightOfAll = 60;
const weightOfHour = 30;
/** So many customers of an hour count as much as all the others of the service. */
const trustInHour = 6;
/** So many customers count as much as the configured minutes. */
const trustInAll = 3;

const paceKey = (service: string): string => `pace/${service}`;
const paceOf = (documents: Readable, service: string): Pace | undefined =>
  documents.get(paceKey(service)) as Pace | undefined;
const nothingSeen: FadingMean = { meanMs: 0, weight: 0 };

export function learnPace(turn: Turn, service: string, tookMs: number): void {
  const { all = nothingSeen, hours = {} } = paceOf(turn, service) ?? {};
  const hour = hourOf(turn.rules, turn.cause.at);
  const learnt: Pace = {
    all: faded(all, tookMs, weightOfAll),
    hours: { ...hours, [hour]: faded(hours[hour] ?? nothingSeen, tookMs, weightOfHour) },
  };
  turn.put(paceKey(service), learnt);
}

function faded({ meanMs, weight }: FadingMean, seenMs: number, weightUpTo: number): FadingMean {
  const grown = Math.min(weight + 1, weightUpTo);
  return { meanMs: meanMs + (seenMs - meanMs) / grown, weight: grown };
}

/** How long the next customers of a service will each keep a counter busy at this time of day. */
export function paceMs(documents: Readable, rules: QueueRules, service: string, at: Stamp): number {
  const configuredMs = (rules.services.get(service)?.serviceMinutes ?? 1) * 60_000;
  const pace = paceOf(documents, service);
  if (pace === undefined) return configuredMs;
  const usualMs = blended(pace.all, configuredMs, trustInAll);
  return blended(pace.hours[hourOf(rules, at)] ?? nothingSeen, usualMs, trustInHour);
}

const blended = ({ meanMs, weight }: FadingMean, otherMs: number, trust: number): number =>
  (meanMs * weight + otherMs * trust) / (weight + trust);

const hourOf = ({ localTime }: QueueRules, { wallMs }: Stamp): string => localTime(wallMs).time.slice(0, 2);

/** How often customers come to a line: an exponentially fading count. */
interface Arrivals {
  readonly perMs: number;
  readonly at: Stamp;
}

/** Arrivals fade with this time: a rush is known within minutes. */
const arrivalsFadeMs = 1_200_000;
const arrivalsKey = "arrivals";
type AllArrivals = Readonly<Record<string, Arrivals>>;
const arrivalsIn = (documents: Readable): AllArrivals =>
  (documents.get(arrivalsKey) as AllArrivals | undefined) ?? {};

export function learnArrival(turn: Turn, service: string, priorityClass: string): void {
  const all = arrivalsIn(turn);
  const name = `${service}/${priorityClass}`;
  const before = all[name];
  const kept =
    before === undefined ? 0 : before.perMs * Math.exp(-Math.max(0, turn.since(before.at)) / arrivalsFadeMs);
  turn.put(arrivalsKey, { ...all, [name]: { perMs: kept + 1 / arrivalsFadeMs, at: turn.cause.at } });
}

export function arrivalsPerMs(documents: Readable, line: string, since: (at: Stamp) => number): number {
  const arrivals = arrivalsIn(documents)[line];
  if (arrivals === undefined) return 0;
  return arrivals.perMs * Math.exp(-Math.max(0, since(arrivals.at)) / arrivalsFadeMs);
}

/**
 * How what was foretold has turned out: of the ratios of true to foretold waits a low, the middle
 * and a high one, each found by small steps. They make the interval honest whatever the formula gets wrong.
 */
interface Honesty {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** Short waits are foretold worse than long ones, so each kind has its own ratios. */
const shortMs = [120_000, 480_000, 1_200_000] as const;
const kindOf = (foretoldMs: number): string =>
  String(shortMs.filter((limitMs) => foretoldMs >= limitMs).length);
/** What is learnt of a rush comes late, so each end leaves a little less than its tenth out: four of five lie between. */
const shareBelow = 0.07;
/** Added to both sides of a ratio: half a minute matters to nobody. */
const graceMs = 30_000;
/** How far one customer moves a ratio, as a share of it. */
const step = 0.08;
const untried: Honesty = { low: 0.5, middle: 1, high: 1.7 };
const honestyKey = "honesty";
type AllHonesty = Readonly<Record<string, Honesty>>;
const honestyIn = (documents: Readable): AllHonesty =>
  (documents.get(honestyKey) as AllHonesty | undefined) ?? {};

export function learnHonesty(turn: Turn, foretoldMs: number, trueMs: number): void {
  const all = honestyIn(turn);
  const kind = kindOf(foretoldMs);
  const { low, middle, high } = all[kind] ?? untried;
  const ratio = (trueMs + graceMs) / (foretoldMs + graceMs);
  const moved = (share: number, quantile: number): number =>
    quantile * Math.exp(step * (share - (ratio < quantile ? 1 : 0)));
  const learnt: Honesty = {
    low: moved(shareBelow, low),
    middle: moved(0.5, middle),
    high: moved(1 - shareBelow, high),
  };
  turn.put(honestyKey, { ...all, [kind]: learnt });
}

/** Four of five customers wait no shorter and no longer than this. */
export interface ExpectedWait {
  readonly likelyMs: number;
  readonly lowMs: number;
  readonly highMs: number;
}

export function honestly(documents: Readable, foretoldMs: number): ExpectedWait {
  const { low, middle, high } = honestyIn(documents)[kindOf(foretoldMs)] ?? untried;
  const scaled = (ratio: number): number => Math.max(0, Math.round((foretoldMs + graceMs) * ratio - graceMs));
  return {
    likelyMs: scaled(middle),
    lowMs: scaled(Math.min(low, middle)),
    highMs: scaled(Math.max(high, middle)),
  };
}
