import type { Observation, Reading } from "../../protocols/readings.ts";

/** A reading of no matter what; the sequence tells them apart. */
export function readingOf(sequence: number, observation: Observation = scanOf(`${sequence}`)): Reading {
  return {
    id: `01900000-0000-7000-8000-${String(sequence).padStart(12, "0")}`,
    agent: "agent1",
    epoch: "epoch1",
    sequence,
    device: "reader",
    readPoint: "desk",
    at: { wallMs: 1_767_600_000_000, monotonicMs: sequence, boot: "boot1", clock: "synced" },
    observation,
  };
}

export const scanOf = (text: string): Observation => ({ kind: "scan", text, bytesHex: "" });
export const presentTag: Observation = { kind: "tag", change: "present", epcHex: "aabb" };
export const arrivedTag: Observation = { kind: "tag", change: "arrived", epcHex: "aabb" };

export const sequencesOf = (readings: readonly { readonly sequence: number }[]): readonly number[] =>
  readings.map(({ sequence }) => sequence);
export const upTo = (last: number, first = 1): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
