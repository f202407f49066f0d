import { type CardForecast, forecast, wearsEarly } from "../../protocols/card-life.ts";
import type { CardConfig } from "../../protocols/config/card.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { faults } from "../../protocols/faults.ts";
import {
  type CardUse,
  nothing,
  type ServiceOutcome,
  type StepContext,
  type StoreService,
} from "../service.ts";

export const cardCollection = "card";
const wearKey = "wear";

/** What the card took between two reports. */
interface Stretch {
  readonly bytes: number;
  readonly ownBytes: number;
  readonly payloadBytes: number;
  readonly observedMs: number;
}

interface Wear {
  /** Since the installation. */
  readonly totalBytes: number;
  /** The last look at the counter. */
  readonly counter?: {
    readonly boot: string;
    readonly sinceMs: number;
    readonly bytes: number;
    readonly atMs: number;
  };
  /** The last day, oldest first. */
  readonly stretches: readonly Stretch[];
  readonly alerted: boolean;
}

const newCard: Wear = { totalBytes: 0, stretches: [], alerted: false };

const dayMs = 86_400_000;
/** The last day in reports of an hour, and one that began before it. */
const stretchesMax = 25;

/** Adds up what the card takes over all starts, forecasts its end, and asks for a new one in time. */
export function cardService(card: CardConfig): StoreService {
  return {
    name: cardCollection,
    step(documents, input, context) {
      if (input.kind !== "card-use") return nothing;
      return report((documents.get(wearKey) as Wear | undefined) ?? newCard, input.use, card, context);
    },
  };
}

function report(before: Wear, use: CardUse, card: CardConfig, { now }: StepContext): ServiceOutcome {
  const stretch = stretchSince(before, use, now);
  const stretches = lastDay([...before.stretches, stretch]);
  const totalBytes = before.totalBytes + stretch.bytes;
  const day = sumOf(stretches);
  const life = forecast(card, totalBytes, day);
  // Before a whole day was seen, an hour of updates or of rush would be taken for every hour.
  const alerted = day.observedMs >= dayMs ? wearsEarly(card, life, before.alerted) : before.alerted;
  const counter = { boot: now.boot, sinceMs: use.sinceMs, bytes: use.bytes, atMs: now.monotonicMs };
  const after: Wear = { totalBytes, counter, stretches, alerted };
  const common = { origin: "gateway", timeMs: now.wallMs, clock: now.clock } as const;
  const perDay = (bytes: number): number => Math.round((bytes * dayMs) / Math.max(1, day.observedMs));
  const telemetry: EventDraft = {
    type: "storewire.gateway.wear",
    subject: use.basis,
    ...common,
    data: {
      ...life,
      basis: use.basis,
      bytesWrittenTotal: totalBytes,
      ownBytesPerDay: perDay(day.ownBytes),
      payloadBytesPerDay: perDay(day.payloadBytes),
      commitWaitMs: use.commitWaitMs,
      observedHours: Number((day.observedMs / 3_600_000).toFixed(1)),
    },
  };
  const alerts = alerted === before.alerted ? [] : [alertOf(life, alerted, common)];
  return { ...nothing, changes: [{ key: wearKey, value: after }], events: [telemetry, ...alerts] };
}

/** The same counter goes on; another boot or process began a new one, all of which is new. */
function stretchSince({ counter: last }: Wear, use: CardUse, now: StepContext["now"]): Stretch {
  const { ownBytes, payloadBytes } = use;
  const goesOn = last?.boot === now.boot && last.sinceMs === use.sinceMs && last.bytes <= use.bytes;
  const bytes = goesOn ? use.bytes - last.bytes : use.bytes;
  const observedMs = Math.max(0, now.monotonicMs - (goesOn ? last.atMs : use.sinceMs));
  return { bytes, ownBytes, payloadBytes, observedMs };
}

/** As many of the newest as a day needs. */
function lastDay(stretches: readonly Stretch[]): readonly Stretch[] {
  let kept = stretches.slice(-stretchesMax);
  while (kept.length > 1 && sumOf(kept.slice(1)).observedMs >= dayMs) kept = kept.slice(1);
  return kept;
}

function sumOf(stretches: readonly Stretch[]): Stretch {
  const sum = { bytes: 0, ownBytes: 0, payloadBytes: 0, observedMs: 0 };
  for (const stretch of stretches) {
    sum.bytes += stretch.bytes;
    sum.ownBytes += stretch.ownBytes;
    sum.payloadBytes += stretch.payloadBytes;
    sum.observedMs += stretch.observedMs;
  }
  return sum;
}

function alertOf(
  { lifeDaysForecast, bytesWrittenPerDay }: CardForecast,
  early: boolean,
  common: Pick<EventDraft, "origin" | "timeMs" | "clock">,
): EventDraft {
  const { words, cure } = faults["card-wearing"];
  const cause = `${words}: ${lifeDaysForecast} days at ${bytesWrittenPerDay} bytes a day`;
  const data = {
    code: "card-wearing",
    cause,
    cure: early ? cure : "",
    recovered: !early,
    lifeDaysForecast,
    bytesWrittenPerDay,
  };
  return { type: "storewire.alert.gateway", subject: "card-wearing", ...common, data };
}
