import { z } from "zod";

/** A short name used in topics, keys and configuration: letters, digits, `-`, `_` and `.`. */
export const nameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "a name: letters, digits, '-', '_', '.'; at most 64 characters",
  );

export const clockQualitySchema = z.enum(["synced", "estimated"]);

/** The years 1 to 9999, which are all that an ISO time of four digits can say. */
const wallMsMin = -62_135_596_800_000;
const wallMsMax = 253_402_300_799_999;
/** Longer than any box stays up: 31 years. */
const monotonicMsMax = 1_000_000_000_000;

/** The nearest time that can be written down. */
export const writableMs = (timeMs: number): number => Math.min(wallMsMax, Math.max(wallMsMin, timeMs));

/** When something was observed (promise 4): both clocks, the boot that the monotonic one belongs to, and its worth. */
export const stampSchema = z.object({
  wallMs: z.number().int().min(wallMsMin).max(wallMsMax),
  monotonicMs: z.number().min(0).max(monotonicMsMax),
  boot: z.string().min(1).max(64),
  clock: clockQualitySchema,
});
export type Stamp = z.infer<typeof stampSchema>;

/** A weight as the scale sent it: an exact decimal, never a float. */
export const decimalSchema = z.string().regex(/^-?\d{1,12}(\.\d{1,9})?$/, "an exact decimal such as 1.250");

const hexSchema = z.string().regex(/^([0-9a-f]{2})*$/, "lower-case hex");

const tagSchema = z.object({
  kind: z.literal("tag"),
  /** `seen` is what a driver reports; smoothing turns it into the other three. */
  change: z.enum(["seen", "arrived", "present", "departed"]),
  epcHex: hexSchema.min(4).max(124),
  antenna: z.number().int().min(0).max(255).optional(),
  rssiDbm: z.number().optional(),
  frequencyMhz: z.number().optional(),
});

const scanSchema = z.object({
  kind: z.literal("scan"),
  /** AIM symbology identifier with its bracket, `]E0`; absent when the scanner does not send it. */
  aim: z.string().length(3).optional(),
  /** The code's characters; Latin-1 where they are not valid UTF-8. */
  text: z.string().max(8192),
  /** The code's own bytes, without AIM prefix and suffix. */
  bytesHex: hexSchema.max(16_384),
});

const weightSchema = z.object({
  kind: z.literal("weight"),
  value: decimalSchema,
  unit: z.string().min(1).max(8),
  stable: z.boolean(),
  mode: z.enum(["gross", "net"]).optional(),
});

const buttonSchema = z.object({
  kind: z.literal("button"),
  /** `down` and `up` are what a driver reports; smoothing turns a press into one `pressed`. */
  change: z.enum(["down", "up", "pressed"]),
  button: nameSchema,
});

const passageSchema = z.object({
  kind: z.literal("passage"),
  /** Somebody or something passed, seen from the read point's inside: `in` comes towards it. */
  direction: z.enum(["in", "out"]),
});

const presenceSchema = z.object({
  kind: z.literal("presence"),
  /** Somebody or something is there; who or how many is not known. */
  present: z.boolean(),
});

const printerSchema = z.object({
  kind: z.literal("printer"),
  online: z.boolean(),
  paper: z.enum(["ok", "near-end", "end"]),
  cover: z.enum(["closed", "open"]),
  error: z.boolean(),
});

/** What a person at a kiosk, a counter, a keypad or a status page decided about the queue. */
export const queueActionSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("issue"),
    service: nameSchema,
    priorityClass: nameSchema.default("regular"),
  }),
  z.strictObject({ kind: z.literal("call-next") }),
  z.strictObject({ kind: z.literal("recall") }),
  z.strictObject({ kind: z.literal("no-show") }),
  z.strictObject({ kind: z.literal("serve") }),
  z.strictObject({ kind: z.literal("finish") }),
  /** To another service's line, or to one counter; to the line that it came from where neither is named. */
  z.strictObject({
    kind: z.literal("transfer"),
    service: nameSchema.optional(),
    counter: nameSchema.optional(),
  }),
  z.strictObject({ kind: z.literal("pause") }),
  z.strictObject({ kind: z.literal("resume") }),
  /** The ticket with this id, which waits; without one, that at the counter. */
  z.strictObject({ kind: z.literal("cancel"), ticket: z.string().min(1).max(64).optional() }),
  /** One of three to five faces, the worst is 1. */
  z.strictObject({ kind: z.literal("rate"), score: z.number().int().min(1).max(5) }),
]);
export type QueueAction = z.infer<typeof queueActionSchema>;

/** A decision that is observed as such, on a page; a button's is what the configuration says of it. */
const actionSchema = z.object({ kind: z.literal("action"), action: queueActionSchema });

const answerSchema = z.object({
  kind: z.literal("answer"),
  /** The command that this answers (commands.ts). */
  command: z.string().min(1).max(64),
  /** `in-doubt`: it may or may not have happened; it is looked at, never silently repeated. */
  outcome: z.enum(["done", "failed", "in-doubt"]),
  fault: z.string().max(64).optional(),
});

export const deviceStates = ["absent", "opening", "ready", "degraded", "faulted"] as const;
export type DeviceState = (typeof deviceStates)[number];

const healthSchema = z.object({
  kind: z.literal("health"),
  state: z.enum(deviceStates),
  /** A code of faults.ts; present unless all is well. */
  fault: z.string().max(64).optional(),
  /** Bytes that belonged to no frame, since the agent started. */
  noiseBytes: z.number().int().nonnegative(),
  /** Readings that had to be dropped because nothing took them, since the agent started. */
  droppedReadings: z.number().int().nonnegative(),
});

/** Every kind of thing that a device can observe; a new kind is added here and nowhere else. */
export const observationSchema = z.discriminatedUnion("kind", [
  tagSchema,
  scanSchema,
  weightSchema,
  buttonSchema,
  passageSchema,
  presenceSchema,
  printerSchema,
  answerSchema,
  actionSchema,
  healthSchema,
]);
export type Observation = z.infer<typeof observationSchema>;
export type ObservationKind = Observation["kind"];

/**
 * What a device observed, as it leaves the agent.
 * `(agent, epoch, sequence)` is its place in the agent's own stream: it rises within an epoch without
 * reordering, so a receiver keeps only the highest one to drop what it has already stored.
 */
export const readingSchema = z.object({
  id: z.uuid(),
  agent: nameSchema,
  epoch: z.string().min(1).max(64),
  sequence: z.number().int().positive(),
  device: nameSchema,
  readPoint: nameSchema,
  at: stampSchema,
  observation: observationSchema,
});
export type Reading = z.infer<typeof readingSchema>;

/** Readings in one message on the store broker; more is a fault of the sender. */
export const readingsPerMessageMax = 256;
export const readingBatchSchema = z.array(readingSchema).min(1).max(readingsPerMessageMax);

/** Where an agent hands its readings: the gateway in the same process, or a spool in front of MQTT. */
export interface ReadingSink {
  /**
   * Fulfilled when the readings are on disk; rejected when they are not, and then none of them is.
   * The readings' order is kept. Repeating a call is harmless: what is already stored is dropped.
   */
  accept(readings: readonly Reading[]): Promise<void>;
  /**
   * Undefined: the sink would write at once what it is given now. Otherwise its card has to be spared, and what
   * comes until this is fulfilled goes along.
   */
  gather?(): Promise<void> | undefined;
}
