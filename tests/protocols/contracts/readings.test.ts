import { describe, expect, it } from "vitest";
import {
  type Observation,
  type ObservationKind,
  observationSchema,
  type Reading,
  readingBatchSchema,
  readingSchema,
  readingsPerMessageMax,
} from "../../../protocols/readings.ts";

/** One of each kind; the compiler asks for a new one when a kind is added. */
const samples: { readonly [Kind in ObservationKind]: Extract<Observation, { kind: Kind }> } = {
  tag: { kind: "tag", change: "seen", epcHex: "302db319a000004000000003", antenna: 1, rssiDbm: -51.5 },
  scan: { kind: "scan", aim: "]E0", text: "4006381333931", bytesHex: "34303036333831333333393331" },
  weight: { kind: "weight", value: "-0.125", unit: "kg", stable: true, mode: "net" },
  button: { kind: "button", change: "pressed", button: "returns" },
  passage: { kind: "passage", direction: "in" },
  presence: { kind: "presence", present: true },
  printer: { kind: "printer", online: true, paper: "near-end", cover: "closed", error: false },
  answer: { kind: "answer", command: "c-1", outcome: "in-doubt", fault: "silent" },
  action: { kind: "action", action: { kind: "issue", service: "returns", priorityClass: "elderly" } },
  health: { kind: "health", state: "degraded", fault: "noisy", noiseBytes: 12, droppedReadings: 0 },
};

const reading: Reading = {
  id: "01932f3e-7a5c-7b6d-8e9f-0a1b2c3d4e5f",
  agent: "agent-1",
  epoch: "e1",
  sequence: 1,
  device: "desk-rfid",
  readPoint: "returns-desk",
  at: { wallMs: 1_795_000_000_000, monotonicMs: 12.5, boot: "b", clock: "synced" },
  observation: samples.tag,
};

describe("readings", () => {
  it.each(Object.entries(samples))("a %s survives its way over JSON", (_, observation) => {
    const sent = JSON.stringify({ ...reading, observation });
    expect(readingSchema.parse(JSON.parse(sent))).toEqual({ ...reading, observation });
  });

  it.each<[string, unknown]>([
    ["a float as a weight", { ...samples.weight, value: 1.25 }],
    ["an exponent as a weight", { ...samples.weight, value: "1e3" }],
    ["an EPC of half a byte", { ...samples.tag, epcHex: "302" }],
    ["an EPC in capitals", { ...samples.tag, epcHex: "302DB319" }],
    ["an EPC beyond 496 bits", { ...samples.tag, epcHex: "00".repeat(63) }],
    ["an AIM prefix without its bracket's length", { ...samples.scan, aim: "E0" }],
    ["a negative count", { ...samples.health, noiseBytes: -1 }],
    ["a state that is none", { ...samples.health, state: "asleep" }],
    ["a passage without direction", { kind: "passage" }],
    ["a passage sideways", { kind: "passage", direction: "both" }],
    ["a presence that counts", { kind: "presence", present: 2 }],
    ["a decision that is none", { kind: "action", action: { kind: "leave" } }],
    ["a decision about more than it is about", { kind: "action", action: { kind: "recall", ticket: "t" } }],
    ["a face that there is not", { kind: "action", action: { kind: "rate", score: 6 } }],
    ["a kind that is none", { kind: "smell" }],
  ])("refuse %s", (_, observation) => {
    expect(observationSchema.safeParse(observation).success).toBe(false);
  });

  it.each<[string, object]>([
    ["an id that is no UUID", { id: "1" }],
    ["sequence 0", { sequence: 0 }],
    ["half a sequence", { sequence: 1.5 }],
    ["a device whose name would be two topic levels", { device: "desk/rfid" }],
    ["a device named like a wildcard", { device: "+" }],
    ["wall time in fractions", { at: { ...reading.at, wallMs: 0.5 } }],
    ["a clock of unknown worth", { at: { ...reading.at, clock: "perhaps" } }],
  ])("refuse %s", (_, change) => {
    expect(readingSchema.safeParse(reading).success).toBe(true);
    expect(readingSchema.safeParse({ ...reading, ...change }).success).toBe(false);
  });

  it("come 1 to 256 at a time", () => {
    const batch = (count: number): boolean =>
      readingBatchSchema.safeParse(Array.from({ length: count }, () => reading)).success;
    expect([batch(0), batch(1), batch(readingsPerMessageMax), batch(readingsPerMessageMax + 1)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
