import { z } from "zod";
import { deviceCommandSchema } from "./commands.ts";
import { type DeviceConfig, deviceSchema } from "./config/devices.ts";
import { type FaultCode, faults } from "./faults.ts";
import { clockQualitySchema, nameSchema } from "./readings.ts";
import { fromHex } from "./stream/bytes.ts";

/** The format's number, in each recording's first line; a change that an old reader would misread raises it. */
export const recordingVersion = 1;

/** Forty minutes of a full line at 115,200 baud, whose bytes take two digits each; nobody looks through more. */
export const recordingBytesMax = 67_108_864;

const hexSchema = z.string().regex(/^([0-9a-f]{2})*$/, "lower-case hex");
const faultCodeSchema = z.custom<FaultCode>(
  (code) => typeof code === "string" && Object.hasOwn(faults, code),
  "a code of protocols/faults",
);

/** The first line: what was recorded, and when. */
export const recordingHeaderSchema = z.object({
  recording: z.literal(recordingVersion),
  /** Driver, settings, transport and smoothing, as configured; without secrets. */
  device: deviceSchema,
  /** The zero of every `t`, in this boot's monotonic time, and the wall time at that moment. */
  start: z.object({
    monotonicMs: z.number(),
    wallMs: z.number(),
    boot: z.string().max(64),
    clock: clockQualitySchema,
  }),
  /** The Storewire that recorded it. */
  version: z.string().max(64),
});
export type RecordingHeader = z.infer<typeof recordingHeaderSchema>;

/** Milliseconds since the header's start, to the microsecond. */
const t = z.number().nonnegative();

/** One line each: `in` came from the device, `out` went to it. */
export const recordingEntrySchema = z.discriminatedUnion("kind", [
  /** A chunk of a stream, or one HID report with its id first. */
  z.object({ t, direction: z.enum(["in", "out"]), kind: z.literal("bytes"), hex: hexSchema }),
  /** A HID feature report, id first. */
  z.object({ t, direction: z.literal("out"), kind: z.literal("feature"), hex: hexSchema }),
  /** A GPIO input's debounced edge. */
  z.object({
    t,
    direction: z.literal("in"),
    kind: z.literal("edge"),
    line: nameSchema,
    active: z.boolean(),
  }),
  /** A GPIO output as it was driven. */
  z.object({
    t,
    direction: z.literal("out"),
    kind: z.literal("line"),
    line: nameSchema,
    active: z.boolean(),
  }),
  /** A connection begins. */
  z.object({ t, direction: z.literal("in"), kind: z.literal("opened") }),
  /** It could not be opened; said once while the reason stays the same. */
  z.object({
    t,
    direction: z.literal("in"),
    kind: z.literal("refused"),
    fault: faultCodeSchema,
    detail: z.string(),
  }),
  /** The connection ended: by itself with a fault (`in`), or because we closed it (`out`). */
  z.object({
    t,
    direction: z.enum(["in", "out"]),
    kind: z.literal("closed"),
    fault: faultCodeSchema.optional(),
    detail: z.string().optional(),
  }),
  /** A command that the driver was given; what it made of it are the bytes behind. */
  z.object({ t, direction: z.literal("out"), kind: z.literal("command"), command: deviceCommandSchema }),
  /** What stood here is no longer known: the ring had no room for it. */
  z.object({
    t,
    direction: z.literal("in"),
    kind: z.literal("gap"),
    entries: z.number().int().positive(),
  }),
  /** The recording was saved here, and nothing had come since. */
  z.object({ t, direction: z.literal("out"), kind: z.literal("end") }),
]);
export type RecordingEntry = z.infer<typeof recordingEntrySchema>;

/** An entry by its content alone, before somebody says when it was. */
export type RecordedFact = RecordingEntry extends infer Entry
  ? Entry extends unknown
    ? Omit<Entry, "t">
    : never
  : never;

export interface Recording {
  readonly header: RecordingHeader;
  readonly entries: readonly RecordingEntry[];
}

export type RecordingRead =
  | { readonly ok: true; readonly recording: Recording }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** Reads a whole recording; the first line that is wrong is named. A last line that was cut off is left out. */
export function readRecording(text: string): RecordingRead {
  if (text.length > recordingBytesMax)
    return { ok: false, line: 1, reason: `more than ${recordingBytesMax} bytes` };
  const lines = text.split("\n");
  const cutOff = lines.at(-1) !== "" ? lines.pop() : undefined;
  const header = parseLine(recordingHeaderSchema, lines[0] ?? cutOff ?? "");
  if (!header.ok) return { ok: false, line: 1, reason: header.reason };
  const entries = readEntries(lines);
  return entries.ok ? { ok: true, recording: { header: header.value, entries: entries.value } } : entries;
}

/** Those behind the header, which is the first line; their times never go back. */
function readEntries(
  lines: readonly string[],
): { readonly ok: true; readonly value: readonly RecordingEntry[] } | Extract<RecordingRead, { ok: false }> {
  const entries: RecordingEntry[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === "") continue;
    const entry = parseLine(recordingEntrySchema, line);
    if (!entry.ok) return { ok: false, line: index + 1, reason: entry.reason };
    const before = entries.at(-1);
    if (before !== undefined && entry.value.t < before.t)
      return { ok: false, line: index + 1, reason: `t ${entry.value.t} is before ${before.t}` };
    entries.push(entry.value);
  }
  return { ok: true, value: entries };
}

type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

function parseLine<Value>(schema: z.ZodType<Value>, line: string): Parsed<Value> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, reason: "no JSON" };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, reason: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not as it should be"}` };
}

/** The bytes of an entry that has some; the schema has seen to it that they are hex. */
export const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

/** Settings that may be known to the device and its owner only. */
const secretName = /password|passphrase|secret|token|credential|private/i;

/** The device as a recording may tell it: what is secret is not in it. */
export function withoutSecrets(device: DeviceConfig): DeviceConfig {
  return strip(device) as DeviceConfig;
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== "object" || value === null) return value;
  const open = Object.entries(value).filter(([name]) => !secretName.test(name));
  return Object.fromEntries(open.map(([name, inner]) => [name, strip(inner)]));
}
