import type { ClockQuality } from "../../protocols/clock.ts";

/** The last number given out on a business day. */
export interface DayNumber {
  readonly day: string;
  readonly last: number;
}

/** Days that are remembered: a clock does not jump to and fro more often between two looks at it. */
const daysMax = 8;

export interface NextNumber {
  readonly number: number;
  readonly days: readonly DayNumber[];
}

/**
 * The next number of a service. A day later than all before begins at 1. A clock that jumped back goes
 * on above every number that is remembered: the same number is never in two hands at once, nor twice on
 * a day. Days that a wrong clock invented are forgotten once a believed clock says so.
 */
export function nextNumber(before: readonly DayNumber[], today: string, quality: ClockQuality): NextNumber {
  const known = before.some(({ day }) => day === today);
  const days = known || quality !== "synced" ? before : before.filter(({ day }) => day <= dayAfter(today));
  const number = numberOn(today, days);
  // A later day goes on above it: its earlier numbers are in hands right now, and so is this one.
  const others = days
    .filter(({ day }) => day !== today)
    .map(({ day, last }) => ({ day, last: day > today ? number : last }));
  const kept = [...others, { day: today, last: number }]
    .sort((left, right) => (left.day < right.day ? -1 : 1))
    .slice(-daysMax);
  return { number, days: kept };
}

function numberOn(today: string, days: readonly DayNumber[]): number {
  const later = days.some(({ day }) => day > today);
  const comparable = later ? days : days.filter(({ day }) => day === today);
  return Math.max(0, ...comparable.map(({ last }) => last)) + 1;
}

/** `A-001`; past 999 it simply grows. */
export function ticketNumber(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(3, "0")}`;
}

const dayMs = 86_400_000;
const dayAfter = (day: string): string => new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);
