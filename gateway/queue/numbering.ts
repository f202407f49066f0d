import type { Stamp } from "../../protocols/readings.ts";
import type { LocalTime } from "../local-time.ts";
import type { TimeView } from "../service.ts";

/** The last number given out on a business day. */
export interface DayNumber {
  readonly day: string;
  readonly last: number;
  /** When that was. */
  readonly at: Stamp;
  /** The clock was not set: nobody knows yet what day it was. */
  readonly isUnset?: true;
}

/** Days that are remembered, by their last use: a clock is not set to and fro between more of them. */
const daysMax = 8;
/** A ticket is in somebody's hand for so long at most. */
const inHandMsMax = 86_400_000;
/** A clock that is further from where the last number left it was moved; time servers step it less. */
const movedMsMin = 60_000;

/** One moment at which a number is wanted. */
export interface Drawn {
  readonly day: string;
  readonly at: Stamp;
  readonly isUnset: boolean;
}

export interface NextNumber {
  readonly number: number;
  readonly days: readonly DayNumber[];
}

/**
 * The next number of a service. A day begins at 1; but no number is given that is in somebody's hand, nor one
 * that was given on this day, whatever the clock said since: where it jumped back, was set, or is not set at
 * all, numbers go on above those of every day that may be this one.
 */
export function nextNumber(
  before: readonly DayNumber[],
  drawn: Drawn,
  time: TimeView,
  localTime: (timeMs: number) => LocalTime,
): NextNumber {
  const days = before.map((number) => resolved(number, time, localTime));
  const counting = new Set(days.filter((number) => counts(number, drawn, time)));
  const number = Math.max(0, ...[...counting].map(({ last }) => last)) + 1;
  const today: DayNumber = {
    day: drawn.day,
    last: number,
    at: drawn.at,
    ...(drawn.isUnset ? { isUnset: true } : {}),
  };
  const others = days
    .filter((other) => !isSameDay(other, today))
    // A later day goes on above it: this number is in a hand as well.
    .map((other) => (counting.has(other) && other.day > drawn.day ? { ...other, last: number } : other));
  return { number, days: [...others, today].slice(-daysMax) };
}

/** Whether a number of that day may not be given again now. */
function counts(number: DayNumber, { day, at, isUnset }: Drawn, time: TimeView): boolean {
  if (isUnset || number.isUnset || number.day === day) return true;
  const elapsedMs = time.elapsedMs(number.at, at);
  // On an earlier day it is yesterday's, unless the clock was set or moved since.
  return (number.day > day || !isSameClock(number.at, at, elapsedMs)) && elapsedMs < inHandMsMax;
}

function isSameClock(before: Stamp, at: Stamp, elapsedMs: number): boolean {
  if (before.clock !== at.clock) return false;
  // Nobody knows how long a box was off whose clock is not set.
  if (at.clock === "estimated" && before.boot !== at.boot) return true;
  return Math.abs(at.wallMs - before.wallMs - elapsedMs) < movedMsMin;
}

/** A day that the clock was not set on has its name once the day's events have theirs. */
function resolved(number: DayNumber, time: TimeView, localTime: (timeMs: number) => LocalTime): DayNumber {
  const at = number.isUnset ? time.departed(number.at) : undefined;
  return at === undefined ? number : { day: localTime(at.wallMs).day, last: number.last, at };
}

/** All of one start whose clock is not set is one unknown day: its numbers only rise. */
function isSameDay(left: DayNumber, right: DayNumber): boolean {
  if (left.isUnset || right.isUnset) return left.isUnset === right.isUnset && left.at.boot === right.at.boot;
  return left.day === right.day;
}

/** `A-001`; past 999 it simply grows. */
export function ticketNumber(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(3, "0")}`;
}
