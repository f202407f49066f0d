import { z } from "zod";
import { clockQualitySchema, deviceStates, nameSchema, type Stamp } from "./readings.ts";
import type { Category } from "./topics.ts";
import { eventCategories } from "./topics.ts";

/** A 64-bit sequence travels as a string, because JSON numbers end at 2^53. */
const sequenceStringSchema = z.string().regex(/^[1-9]\d{0,18}$/, "a positive whole number as a string");
const positionSchema = z.string().regex(/^(0|[1-9]\d{0,18})$/, "a whole number as a string");
const ticketSchema = z.object({
  ticket: z.string(),
  number: z.string(),
  service: nameSchema,
  priorityClass: nameSchema,
  businessDay: z.string(),
});
const counterStepSchema = ticketSchema.extend({ counter: nameSchema, attempt: z.number().int().positive() });
/** An EPCIS 2.0 event; its own schema is the official one, so only what we lean on is named here. */
const epcisEventSchema = z.looseObject({
  type: z.string(),
  eventTime: z.string(),
  eventTimeZoneOffset: z.string(),
  eventID: z.string(),
});
const alertSchema = z.looseObject({ code: z.string(), cause: z.string(), cure: z.string() });

interface EventType {
  readonly category: Category;
  /** For the people at HQ who read the published schemas. */
  readonly words: string;
  readonly data: z.ZodType;
}

/** Every type of event that a gateway can send; the topic's last word is its category. */
export const eventTypes = {
  "storewire.return.handed-in": {
    category: "return",
    words: "A customer handed an item in at a returns desk; its return case is open.",
    data: epcisEventSchema,
  },
  "storewire.return.inspected": {
    category: "return",
    words: "The item was looked at where inspection is done.",
    data: epcisEventSchema,
  },
  "storewire.return.stored": {
    category: "return",
    words: "The item was put where returned items are kept.",
    data: epcisEventSchema,
  },
  "storewire.return.weighed": {
    category: "return",
    words: "A scale gave the item's weight.",
    data: epcisEventSchema,
  },
  "storewire.queue.ticket.issued": {
    category: "queue",
    words: "A customer took a ticket and waits.",
    data: ticketSchema,
  },
  "storewire.queue.ticket.printed": {
    category: "queue",
    words: "The kiosk's printer said that the ticket is out.",
    data: ticketSchema,
  },
  "storewire.queue.ticket.print-failed": {
    category: "queue",
    words: "The ticket is not out, or nobody can say whether it is.",
    data: ticketSchema.extend({ outcome: z.enum(["failed", "in-doubt"]), fault: z.string().optional() }),
  },
  "storewire.queue.ticket.called": {
    category: "queue",
    words: "A counter called the ticket; again with a higher attempt.",
    data: counterStepSchema,
  },
  "storewire.queue.ticket.serving": {
    category: "queue",
    words: "The customer came to the counter.",
    data: counterStepSchema,
  },
  "storewire.queue.ticket.served": {
    category: "queue",
    words: "The counter is done with the customer.",
    data: counterStepSchema,
  },
  "storewire.queue.ticket.no-show": {
    category: "queue",
    words: "The customer was called and did not come.",
    data: counterStepSchema,
  },
  "storewire.queue.length": {
    category: "queue",
    words: "How many wait for a service in a priority class, at every change.",
    data: z.object({
      service: nameSchema,
      priorityClass: nameSchema,
      waiting: z.number().int().nonnegative(),
    }),
  },
  "storewire.alert.device": {
    category: "alert",
    words: "A device needs a human: what is wrong, why, and what cures it.",
    data: alertSchema,
  },
  "storewire.alert.gateway": {
    category: "alert",
    words: "The gateway itself needs a human: what is wrong, why, and what cures it.",
    data: alertSchema,
  },
  "storewire.alert.loss": {
    category: "alert",
    words: "A hole in a stream that HQ need not ask for: what was there, and why it is gone.",
    data: z.object({
      stream: z.enum(["evt", "tel"]),
      epoch: z.string(),
      from: sequenceStringSchema,
      to: sequenceStringSchema,
      reason: z.string(),
    }),
  },
  "storewire.device.state": {
    category: "device",
    words: "A device is absent, opening, ready, degraded or faulted.",
    data: z.object({
      device: nameSchema,
      state: z.enum(deviceStates),
      fault: z.string().optional(),
      noiseBytes: z.number().int().nonnegative(),
      droppedReadings: z.number().int().nonnegative(),
    }),
  },
  "storewire.device.printer": {
    category: "device",
    words: "Paper, cover and errors of a printer.",
    data: z.object({
      device: nameSchema,
      online: z.boolean(),
      paper: z.string(),
      cover: z.string(),
      error: z.boolean(),
    }),
  },
  "storewire.gateway.started": {
    category: "gateway",
    words: "The gateway's process started.",
    data: z.object({ boot: z.string(), version: z.string(), store: z.string() }),
  },
  "storewire.gateway.wear": {
    category: "gateway",
    words: "What the card took within the last day, and how long it will last at that pace.",
    data: z.object({
      /** The whole disk as the kernel counts it, or this process alone. */
      basis: z.enum(["disk", "process"]),
      observedHours: z.number().nonnegative(),
      bytesWrittenPerDay: z.number().int().nonnegative(),
      /** Of that, the gateway's process, and what of it were events, state and marks. */
      ownBytesPerDay: z.number().int().nonnegative(),
      payloadBytesPerDay: z.number().int().nonnegative(),
      bytesWrittenTotal: z.number().int().nonnegative(),
      lifeDaysForecast: z.number().int().nonnegative(),
      shareUsed: z.number().nonnegative(),
      /** How long commits are held now to spare it. */
      commitWaitMs: z.number().nonnegative(),
    }),
  },
  "storewire.gateway.clock": {
    category: "gateway",
    words:
      "The gateway's clock was set, or jumped; an estimated event of this boot was at bootTime + monotonic.",
    data: z.object({
      change: z.enum(["set", "jumped"]),
      /** How far the wall clock moved against the monotonic one. */
      jumpMs: z.number().int(),
      boot: z.string(),
      /** When the monotonic clock of this boot said 0, as the clock says now. */
      bootTime: z.iso.datetime(),
    }),
  },
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
    readonly reading?: string;
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
