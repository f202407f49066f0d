import { z } from "zod";
import { type EventTypeName, eventSchema, eventTypes } from "../protocols/events.ts";
import type { Category, GatewayName } from "../protocols/topics.ts";
import type { Refusal } from "./event-store.ts";
import type { LedgerName, Range } from "./ledger.ts";

interface Place {
  readonly epoch: string;
  readonly sequence: number;
}

/** A hole that the gateway itself declares. */
type Explanation = Pick<LedgerName, "stream" | "epoch"> & Range;

export type EnvelopeVerdict =
  | { readonly ok: true; readonly place: Place; readonly explains?: Explanation }
  /** A refused event whose place can be read takes that place: sent again, it would be refused again. */
  | { readonly ok: false; readonly reason: Refusal; readonly detail: string; readonly place?: Place };

/**
 * The envelope of `protocols/events.ts`, but with any type: a newer gateway must not lose events to an older
 * headquarters. Measured: 1.1 microseconds an event, beside 7 for parsing its JSON.
 */
const receivedSchema = eventSchema.extend({
  type: z.string().regex(/^storewire\.[a-z.-]+$/, "a type of ours"),
  data: z.unknown().refine((value) => typeof value === "object" && value !== null, "an object"),
});
const sequencePattern = /^[1-9]\d{0,15}$/;
/** An epoch is a word of the key, so it may not hold the key's separator. */
export const epochPattern = /^[^/]{1,64}$/;

/** Judges one element of a batch that came on the topic of `name` and `category`. */
export function judgeEnvelope(value: unknown, name: GatewayName, category: Category): EnvelopeVerdict {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, reason: "schema-violation", detail: "not an object" };
  }
  const event = value as Readonly<Record<string, unknown>>;
  if (!isFrom(event, name)) {
    const detail = `${String(event["source"])} came on the topic of /${name.site}/${name.gateway}`;
    return { ok: false, reason: "wrong-gateway", detail };
  }
  const place = placeOf(event);
  if (place === undefined) return { ok: false, reason: "schema-violation", detail: "epoch or sequence" };
  const checked = receivedSchema.safeParse(event);
  if (checked.success) return judgeType(event, place, category);
  const issue = checked.error.issues[0];
  const detail = issue ? `${issue.path.join(".")}: ${issue.message}` : "envelope";
  return { ok: false, reason: "schema-violation", detail, place };
}

function judgeType(
  event: Readonly<Record<string, unknown>>,
  place: Place,
  category: Category,
): EnvelopeVerdict {
  const type = String(event["type"]);
  const known = Object.hasOwn(eventTypes, type) ? eventTypes[type as EventTypeName] : undefined;
  if (known !== undefined && known.category !== category) {
    return { ok: false, reason: "wrong-category", detail: `${type} came as ${category}`, place };
  }
  if (type !== "storewire.alert.loss") return { ok: true, place };
  const loss = eventTypes["storewire.alert.loss"].data.safeParse(event["data"]);
  if (!loss.success) return { ok: false, reason: "schema-violation", detail: "data of a loss", place };
  const { stream, epoch } = loss.data;
  const range = { from: Number(loss.data.from), to: Number(loss.data.to) };
  const sound = range.from <= range.to && Number.isSafeInteger(range.to) && epochPattern.test(epoch);
  if (!sound) return { ok: false, reason: "schema-violation", detail: "range of a loss", place };
  return { ok: true, place, explains: { stream, epoch, ...range } };
}

function isFrom(event: Readonly<Record<string, unknown>>, { site, gateway }: GatewayName): boolean {
  const source = event["source"];
  return (
    event["gateway"] === gateway && typeof source === "string" && source.startsWith(`/${site}/${gateway}/`)
  );
}

function placeOf(event: Readonly<Record<string, unknown>>): Place | undefined {
  const { epoch, sequence } = event;
  if (typeof epoch !== "string" || !epochPattern.test(epoch)) return undefined;
  if (typeof sequence !== "string" || !sequencePattern.test(sequence)) return undefined;
  const number = Number(sequence);
  return Number.isSafeInteger(number) ? { epoch, sequence: number } : undefined;
}
