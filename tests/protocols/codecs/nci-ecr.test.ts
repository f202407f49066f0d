import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NciEcrFrame } from "../../../protocols/codecs/nci-ecr.ts";
import { describeNciEcr, nciEcr, nciEcrWeight } from "../../../protocols/codecs/nci-ecr.ts";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { itAgreesWithTheVectors } from "./scale-vectors.ts";

itAgreesWithTheVectors(nciEcr, describeNciEcr);

const describeText = (text: string): unknown => {
  const frame = nciEcr.decode(fromLatin1(text));
  return frame.ok ? describeNciEcr(frame.value) : frame.code;
};
const weightOf = (text: string): unknown => {
  const frame = nciEcr.decode(fromLatin1(text));
  return frame.ok ? nciEcrWeight(frame.value) : frame.code;
};

describe("what a scale says", () => {
  it.each([
    ["\n______KG\r\n01\r\x03", { underload: true }],
    ["\n^^^^^^KG\r\n00\r\x03", { overload: true }],
    ["\n------LB\r\n00\r\x03", { error: "zero" }],
    ["\n0001.50LB\r\n02\r\x03", { overload: true }],
    ["\n0001.50LB\r\n01\r\x03", { underload: true }],
    ["\n0001.50LB\r\n40\r\x03", { error: "ram" }],
    ["\n0001.50LB\r\n80\r\x03", { error: "eeprom" }],
    ["\n0001.50LB\r\n04\r\x03", { error: "rom" }],
    ["\n0001.50LB\r\n08\r\x03", { error: "calibration" }],
    ["\n0001.50LB\r\n0p8\r\x03", { error: "zero" }],
    ["\n-001.50kg\r\n00\r\x03", { value: "-1.50", unit: "kg", stable: true }],
    ["\n0001.50LB\r\n0p4\r\x03", { value: "1.50", unit: "LB", stable: true, net: true }],
    ["\n20\r\x03", { stable: true, atZero: true }],
    ["\n10\r\x03", { stable: false }],
    ["\n02\r\x03", { overload: true }],
    ["S\r", { command: "S" }],
    ["H\r", { command: "H" }],
  ])("%j", (text, described) => {
    expect(describeText(text)).toEqual(described);
  });

  it("a weight for a driver, with its mode where a third status byte tells it", () => {
    expect(weightOf("\n0001.50 g\r\n10\r\x03")).toEqual({ value: "1.50", unit: "g", stable: false });
    expect(weightOf("\n0001.50LB\r\n0p4\r\x03")).toMatchObject({ value: "1.50", mode: "net" });
    expect(weightOf("\n0001.50LB\r\n0p0\r\x03")).toMatchObject({ mode: "gross" });
    expect(weightOf("\n0001.50LB\r\n40\r\x03")).toBeUndefined();
    expect(weightOf("\n20\r\x03")).toBeUndefined();
  });

  it.each([
    ["", "empty"],
    ["0001.50LB\r\n00\r\x03", "start"],
    ["\n0001.50LB\r\n00\r", "end"],
    ["W", "end"],
    ["W\n", "end"],
    ["WW\r", "field"],
    ["\n0001.50LB\r\n0\r\x03", "field"],
    ["\n0001.50LB\r\n0p\r\x03", "field"],
    ["\n0001.50LB\r\n0A\r\x03", "field"],
    ["\n0001.50LB\r\n0A0\r\x03", "field"],
    ["\n20\n\x03", "field"],
    ["\n0001.50LB\r00\r\x03", "field"],
    ["\n00.1.50LB\r\n00\r\x03", "field"],
    ["\n^^^.50LB\r\n00\r\x03", "field"],
    ["\n0001.50\r\n00\r\x03", "field"],
    ["\n!\r\x03", "field"],
  ])("%j is refused: %s", (text, code) => {
    expect(describeText(text)).toBe(code);
  });

  it("a weight behind a broken one is found", () => {
    const stream = fromLatin1("\n0001.5\n0001.50LB\r\n00\r\x03W\r\n20\r\x03");
    const frames = framesOf(cutChunks([stream], nciEcr.probe, nciEcr.frameBytesMax));
    expect(frames.map(toLatin1)).toEqual(["\n0001.50LB\r\n00\r\x03", "W\r", "\n20\r\x03"]);
  });
});

const status = fc.constantFrom("00", "10", "20", "02", "0p4", "0pp0");
const frame: fc.Arbitrary<NciEcrFrame> = fc.oneof(
  fc.constantFrom("W", "Z", "S", "H").map((command) => ({ kind: "command" as const, command })),
  fc.constant({ kind: "unknown-command" as const }),
  fc.record({ kind: fc.constant("status" as const), status }),
  fc.record({
    kind: fc.constant("weight" as const),
    field: fc.oneof(
      fc.stringMatching(/^[-0-9]\d{3}\.\d{2}$/),
      fc.constantFrom("^^^^^^", "_______", "------"),
    ),
    unit: fc.constantFrom("LB", "KG", " g", "oz"),
    status,
  }),
);

/** A weight's line is noise before anything but a status, which makes it whole. */
const swallows = (noise: Uint8Array, bytes: Uint8Array): boolean =>
  toLatin1(noise).endsWith("\r") && /^\n[0-?]/.test(toLatin1(bytes)) && !toLatin1(bytes).includes(".");

itIsACodec({ codec: nciEcr, frame, ownBytes: Array.from(fromLatin1("\n\r\x03WS?0LB.")), swallows });
