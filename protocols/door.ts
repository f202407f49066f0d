import { z } from "zod";
import type { CommandOutcome } from "./commands.ts";
import { printElementsSchema } from "./commands.ts";
import type { DriverName } from "./config/devices.ts";
import type { TransportConfig } from "./config/transport.ts";
import type { Fault } from "./faults.ts";
import { type DeviceState, nameSchema, type Observation, type Reading } from "./readings.ts";
import type { RecordingEntry, RecordingHeader } from "./recording.ts";

/** An hour; whoever needs more asks again. */
export const recordMsMax = 3_600_000;

/** What a command on the same box asks a running agent, as one line of JSON over its socket. */
export const doorQuestionSchema = z.discriminatedUnion("ask", [
  /** Which devices there are, and how they are. */
  z.strictObject({ ask: z.literal("devices") }),
  /** One device's condition, and then each reading as it is made; `raw`: also what is observed, before it is smoothed. */
  z.strictObject({ ask: z.literal("watch"), device: nameSchema, raw: z.boolean().default(false) }),
  /** A recording: what the ring holds (`past`), and what comes for so long. */
  z.strictObject({
    ask: z.literal("record"),
    device: nameSchema,
    past: z.boolean(),
    lastsMs: z.number().int().min(0).max(recordMsMax),
  }),
  /** Something to print, as a ticket is printed; its answer tells what became of it. */
  z.strictObject({ ask: z.literal("print"), device: nameSchema, elements: printElementsSchema }),
]);
export type DoorQuestion = z.infer<typeof doorQuestionSchema>;

/** A device as its agent sees it. */
export interface DeviceReport {
  readonly device: string;
  readonly driver: DriverName;
  readonly readPoint: string;
  readonly transport: TransportConfig;
  readonly state: DeviceState;
  readonly fault?: Fault;
  readonly noiseBytes: number;
  readonly droppedReadings: number;
  readonly connections: number;
  readonly readings: number;
}

/** One line of the answer. After the last the agent closes. */
export type DoorLine =
  | { readonly devices: readonly DeviceReport[] }
  | { readonly condition: DeviceReport }
  | { readonly reading: Reading }
  | { readonly observed: Observation }
  | RecordingHeader
  | RecordingEntry
  | { readonly outcome: CommandOutcome; readonly fault?: string }
  | { readonly refused: string };
