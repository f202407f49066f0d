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

/** Days that are remembered: a clock does not jump to and fro more often between two looks at it. */
const daysMax = 8;

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
 * The next number of a service. A day later than all before begins at 1. A clock that jumped back, and one
 * that is not set, go on above every number that is remembered: no number is given twice on a day, whatever
 * day it turns out to have been. Days that a wrong clock invented are forgotten when a believed
 * clock says so and nobody has drawn a number on them for a day: a day that was real is over by then.
 */
export function nextNumber(
  before: readonly DayNumber[],
  drawn: Drawn,
  time: TimeView,
  localTime: (timeMs: number) => LocalTime,
): NextNumber {
  const days = before
    .map((number) => resolved(number, time, localTime))
    .filter((number) => !isInvented(number, drawn, time));
  const number = numberOn(drawn, days, time);
  const today: DayNumber = {
    day: drawn.day,
    last: number,
    at: drawn.at,
    ...(drawn.isUnset ? { isUnset: true } : {}),
  };
  const others = days
    .filter((other) => !isSameDay(other, today))
    // A later day goes on above it: its earlier numbers are in hands right now, and so is this one.
    .map((other) => (other.day > drawn.day && !other.isUnset ? { ...other, last: number } : other));
  // The unknown days last, because they are the last ones to be forgotten.
  const kept = [...others, today].sort((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
  return { number, days: kept.slice(-daysMax) };
}

/** A day that the clock was not set on has its name once the day's events have theirs. */
function resolved(number: DayNumber, time: TimeView, localTime: (timeMs: number) => LocalTime): DayNumber {
  const at = number.isUnset ? time.departed(number.at) : undefined;
  return at === undefined ? number : { day: localTime(at.wallMs).day, last: number.last, at };
}

/** A day after tomorrow, if today can be believed, that was no real day or is long over. */
function isInvented(number: DayNumber, { day, at }: Drawn, time: TimeView): boolean {
  if (at.clock !== "synced" || number.isUnset || number.day <= dayAfter(day)) return false;
  return time.elapsedMs(number.at, at) >= dayMs;
}

function numberOn(
  { day: today, at, isUnset: isUnknown }: Drawn,
  days: readonly DayNumber[],
  time: TimeView,
): number {
  const isAnyDay = isUnknown || days.some(({ day, isUnset }) => day > today && !isUnset);
  // Of a clock that was set since, or is not any more, the day says nothing, and its tickets are in hands.
  const isRecent = (number: DayNumber): boolean =>
    number.at.clock !== at.clock && time.elapsedMs(number.at, at) < dayMs;
  const comparable = days.filter(
    (number) => isAnyDay || number.isUnset || number.day === today || isRecent(number),
  );
  return Math.max(0, ...comparable.map(({ last }) => last)) + 1;
}

/** All of one start whose clock is not set is one unknown day: its numbers only rise. */
function isSameDay(left: DayNumber, right: DayNumber): boolean {
  if (left.isUnset || right.isUnset) return left.isUnset === right.isUnset && left.at.boot === right.at.boot;
  return left.day === right.day;
}

const sortKey = ({ day, isUnset }: DayNumber): string => `${isUnset ? "unset" : "known"} ${day}`;

/** `A-001`; past 999 it simply grows. */
export function ticketNumber(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(3, "0")}`;
}

const dayMs = 86_400_000;
const dayAfter = (day: string): string => new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);
