import type { CardConfig } from "./config/card.ts";

const dayMs = 86_400_000;
const daysPerYear = 365.25;

/** Bytes that may be written to the card before it is worn, as the kernel counts them. */
export const lifeBytes = ({ enduranceBytes, writeAmplification }: CardConfig): number =>
  enduranceBytes / writeAmplification;

/** What a day may cost, so that the card lives as long as is wanted. */
export const bytesPerDayMax = (card: CardConfig): number =>
  lifeBytes(card) / (card.lifeYearsWanted * daysPerYear);

export interface CardForecast {
  readonly bytesWrittenPerDay: number;
  /** Days until the card is worn at this pace; a century at most. */
  readonly lifeDaysForecast: number;
  /** The part of its life that is used up; above 1 it has outlived the book. */
  readonly shareUsed: number;
}

/** Further than this nobody plans, and no other number would be worth more. */
const lifeDaysMax = 36_525;

/** `written` within `observedMs` is how it goes; `totalBytes` is what it took so far. */
export function forecast(
  card: CardConfig,
  totalBytes: number,
  window: { readonly bytes: number; readonly observedMs: number },
): CardForecast {
  const bytesPerDay = (window.bytes * dayMs) / Math.max(1, window.observedMs);
  const left = Math.max(0, lifeBytes(card) - totalBytes);
  const days = bytesPerDay > 0 ? left / bytesPerDay : lifeDaysMax;
  return {
    bytesWrittenPerDay: Math.round(bytesPerDay),
    lifeDaysForecast: Math.min(lifeDaysMax, Math.floor(days)),
    shareUsed: Number((totalBytes / lifeBytes(card)).toFixed(6)),
  };
}

/** Whether the card wears out too early; once it does, it must look a fifth better before it does not. */
export function wearsEarly(card: CardConfig, { lifeDaysForecast }: CardForecast, before: boolean): boolean {
  const floor = card.lifeYearsMin * daysPerYear;
  return lifeDaysForecast < (before ? floor * 1.2 : floor);
}
