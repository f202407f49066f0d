import { z } from "zod";
import { alertEvents } from "./events/alerts.ts";
import { deviceEvents } from "./events/devices.ts";
import type { EventType } from "./events/event-type.ts";
import { sequenceStringSchema } from "./events/event-type.ts";
import { gatewayEvents } from "./events/gateway.ts";
import { queueEvents } from "./events/queue.ts";
import { returnEvents } from "./events/returns.ts";
import { weighingEvents } from "./events/weighing.ts";
import { clockQualitySchema, nameSchema, type Stamp } from "./readings.ts";
import type { Category } from "./topics.ts";
import { eventCategories } from "./topics.ts";

const positionSchema = z.string().regex(/^(0|[1-9]\d{0,18})$/, "a whole number as a string");

/** Every type of event that a gateway can send; the topic's last word is its category. */
export const eventTypes = {
  ...returnEvents,
  ...queueEvents,
  ...weighingEvents,
  ...alertEvents,
  ...deviceEvents,
  ...gatewayEvents,
} as const satisfies Record<string, EventType>;
export type EventTypeName = keyof typeof eventTypes;
export type EventData<Name extends EventTypeName> = z.infer<(typeof eventTypes)[Name]["data"]>;

/** An event as a store service makes it: a fact without its place in the sequence. */
export type EventDraft = {
  [Name in EventTypeName]: {
    readonly type: Name;
    readonly subject: string;
    readonly data: EventData<Name>;
    /** The device or service that the fact comes from; the last part of `source`. */
    readonly origin: string;
    readonly timeMs: number;
    readonly clock: "synced" | "estimated";
    /** Where the monotonic clock of its box stood; absent for what the gateway itself tells by its own clock. */
    readonly boot?: string;
    readonly monotonicMs?: number;
    /** The stamp that `data.businessDay` was taken from, where its clock was not set. */
    readonly businessDayAt?: Stamp;
    /** The reading that caused it, so that each event can be proven. */
    readonly reading?: string | undefined;
  };
}[EventTypeName];

/** CloudEvents 1.0.2 JSON format with our extensions and the causing reading's id. */
export const eventSchema = z.object({
  specversion: z.literal("1.0"),
  id: z.uuid(),
  source: z.string().regex(/^\/[^/]+\/[^/]+\/[^/]+$/, "/{site}/{gateway}/{device-or-service}"),
  type: z.enum(Object.keys(eventTypes) as [EventTypeName, ...EventTypeName[]]),
  subject: z.string().min(1),
  time: z.iso.datetime(),
  datacontenttype: z.literal("application/json"),
  dataschema: z.string(),
  gateway: nameSchema,
  epoch: z.string().min(1).max(64),
  sequence: sequenceStringSchema,
  clock: clockQualitySchema,
  /** Of an estimated time: the start of the box that observed it, and the milliseconds since then. */
  boot: z.string().min(1).max(64).optional(),
  monotonic: positionSchema.optional(),
  reading: z.uuid().optional(),
  /** It was stored before the link that carries it came up, or HQ asked for it again: no picture of now. */
  historical: z.literal(true).optional(),
  data: z.unknown(),
});
export type StorewireEvent = z.infer<typeof eventSchema>;

/** Limits of one batch on the uplink (design section 5). */
export const batchEventsMax = 256;
export const batchBytesMax = 128 * 1024;

/** The official schema of EPCIS 2.0, for which ours names only what we lean on. */
export const epcisSchemaUrl = "https://ref.gs1.org/standards/epcis/epcis-json-schema.json";

/** What `dataschema` says of an event's data; `storewire schema events` prints those of ours under these names. */
export const dataSchemaOf = (type: EventTypeName): string =>
  categoryOf(type) === "return" ? epcisSchemaUrl : `urn:storewire:schema:v1:${type}`;

export const categoryOf = (type: EventTypeName): Category => eventTypes[type].category;
export const isEventCategory = (category: Category): boolean =>
  (eventCategories as readonly string[]).includes(category);

/**
 * Where an epoch stands among the epochs of its gateway. Neither times nor names can say it: a box may wake with
 * a wrong clock, and a broker may deliver an old message late.
 */
const epochOrdinalSchema = z.number().int().min(1).max(1_000_000_000);

/** `ack`: HQ holds everything of both streams up to here. Retained. */
export const watermarkSchema = z.object({
  epoch: z.string().min(1).max(64),
  epochOrdinal: epochOrdinalSchema.optional(),
  sequence: positionSchema,
  telemetry: positionSchema.default("0"),
  /** HQ's leave to drain the backlog so fast, from when it is heard; void in a retained message, which may be old. */
  grant: z
    .object({
      eventsPerSecond: z.number().int().min(1).max(1_000_000),
      validMs: z.number().int().min(1_000).max(3_600_000),
    })
    .optional(),
});
export type Watermark = z.infer<typeof watermarkSchema>;

/** `resend`: HQ asks for `from..to`, both included, once more. */
export const resendSchema = z.object({
  stream: z.enum(["evt", "tel"]).default("evt"),
  epoch: z.string().min(1).max(64),
  from: sequenceStringSchema,
  to: sequenceStringSchema,
});
export type ResendRequest = z.infer<typeof resendSchema>;

const positionsSchema = z.object({ sequence: positionSchema, telemetry: positionSchema });

/** `state`: retained; the last will says `online: false`. */
export const gatewayStateSchema = z.object({
  online: z.boolean(),
  boot: z.string(),
  version: z.string(),
  since: z.iso.datetime(),
  backlog: z.number().int().nonnegative(),
  clock: clockQualitySchema,
  epoch: z.string(),
  epochOrdinal: epochOrdinalSchema.optional(),
  /** The last sequence given out, per stream, so that HQ sees a gap at the very end as well. */
  sequence: positionSchema,
  telemetry: positionSchema,
  /** What the gateway has heard HQ confirm: nothing up to here comes again unless HQ asks for it. */
  watermark: positionsSchema.optional(),
  /** There is a backlog: what is not confirmed up to here will still come by itself. */
  draining: positionsSchema.optional(),
  /** The broker speaks for a gateway that vanished: all else is how things stood when it connected. */
  lastWill: z.literal(true).optional(),
});
export type GatewayState = z.infer<typeof gatewayStateSchema>;
