import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PrinterCondition, PrinterStatusFrame } from "../../../protocols/codecs/escpos-status.ts";
import {
  answerStatus,
  automaticStatus,
  describePrinterStatus,
  escposStatus,
  parseAutomaticStatus,
  parsePrinterStatus,
  statusRequest,
} from "../../../protocols/codecs/escpos-status.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { hex } from "./vectors.ts";

const condition: PrinterCondition = { online: true, paper: "ok", cover: "closed", error: false };
const requests = [1, 2, 3, 4] as const;

describe("the answer to DLE EOT", () => {
  it("is asked for with its number", () => {
    expect(requests.map((n) => toHex(statusRequest(n)))).toEqual(["100401", "100402", "100403", "100404"]);
  });

  it.each([
    [1, 0x12, { online: true }],
    [1, 0x1a, { online: false }],
    [2, 0x12, { cover: "closed", error: false }],
    [2, 0x16, { cover: "open", error: false }],
    [2, 0x32, { cover: "closed", error: false, paper: "end" }],
    [2, 0x52, { cover: "closed", error: true }],
    [3, 0x12, { error: false }],
    [3, 0x1a, { error: true }],
    [3, 0x32, { error: true }],
    [3, 0x52, { error: true }],
    [4, 0x12, { paper: "ok" }],
    [4, 0x1e, { paper: "near-end" }],
    [4, 0x16, { paper: "near-end" }],
    [4, 0x1a, { paper: "near-end" }],
    [4, 0x7e, { paper: "end" }],
    [4, 0x32, { paper: "end" }],
    [4, 0x52, { paper: "end" }],
  ] as const)("n = %i, byte %i", (n, byte, known) => {
    expect(parsePrinterStatus(n, byte)).toEqual({ ok: true, value: known });
  });

  it.each([0x00, 0x10, 0x11, 0x13, 0x92, 0xff])("is not %i", (byte) => {
    expect(parsePrinterStatus(1, byte)).toMatchObject({ ok: false, code: "field" });
  });
});

describe("the automatic status", () => {
  it.each([
    ["10000000", condition],
    ["18000000", { ...condition, online: false }],
    ["30000000", { ...condition, cover: "open" }],
    ["10040000", { ...condition, error: true }],
    ["10080000", { ...condition, error: true }],
    ["10200000", { ...condition, error: true }],
    ["10400000", { ...condition, error: true }],
    ["10000300", { ...condition, paper: "near-end" }],
    ["10000f00", { ...condition, paper: "end" }],
  ])("%s", (digits, expected) => {
    expect(parseAutomaticStatus(Array.from(hex(digits)))).toEqual(expected);
  });
});

describe("answers, automatic status and flow control on one line", () => {
  it("are told apart by their fixed bits", () => {
    const frames = framesOf(cutChunks([hex("12 11 10000f00 13 7e ff 10 16")], escposStatus.probe, 4));
    expect(frames.map(toHex)).toEqual(["12", "11", "10000f00", "13", "7e", "16"]);
    const decoded = frames.map((bytes) => escposStatus.decode(bytes));
    expect(decoded).toEqual(
      [
        { kind: "answer", byte: 0x12 },
        { kind: "flow", ready: true },
        { kind: "automatic", bytes: [0x10, 0, 0x0f, 0] },
        { kind: "flow", ready: false },
        { kind: "answer", byte: 0x7e },
        { kind: "answer", byte: 0x16 },
      ].map((value) => ({ ok: true, value })),
    );
  });

  it("an automatic status that breaks off leaves the answer behind it whole", () => {
    const frames = framesOf(cutChunks([hex("1000 12 00 1000001e 100000 10000f00")], escposStatus.probe, 4));
    expect(frames.map(toHex)).toEqual(["12", "1e", "10000f00"]);
  });

  it.each([
    ["", "empty"],
    ["ff", "start"],
    ["100000", "length"],
    ["1212", "length"],
  ])("%s is refused: %s", (digits, code) => {
    expect(escposStatus.decode(hex(digits))).toMatchObject({ ok: false, code });
  });

  it("are put in words; an answer under each request that it may belong to", () => {
    expect(describePrinterStatus({ kind: "flow", ready: false })).toEqual({ kind: "flow", ready: false });
    expect(describePrinterStatus({ kind: "automatic", bytes: [0x10, 0, 0, 0] })).toEqual({
      kind: "automatic",
      ...condition,
    });
    expect(describePrinterStatus({ kind: "answer", byte: 0x16 })).toEqual({
      kind: "answer",
      byte: 0x16,
      ifAsked: {
        1: { online: true },
        2: { cover: "open", error: false },
        3: { error: false },
        4: { paper: "near-end" },
      },
    });
  });
});

const anyCondition: fc.Arbitrary<PrinterCondition> = fc.record({
  online: fc.boolean(),
  paper: fc.constantFrom("ok" as const, "near-end" as const, "end" as const),
  cover: fc.constantFrom("closed" as const, "open" as const),
  error: fc.boolean(),
});

describe("a printer in any condition", () => {
  it("says with its four answers and with its automatic status what it is in", () => {
    fc.assert(
      fc.property(anyCondition, (some) => {
        const known = requests.map((n) => parsePrinterStatus(n, answerStatus(n, some)));
        expect(Object.assign({}, ...known.map((part) => (part.ok ? part.value : {})))).toEqual(some);
        const frame = automaticStatus(some);
        expect(frame.kind === "automatic" && parseAutomaticStatus(frame.bytes)).toEqual(some);
      }),
    );
  });
});

const frame: fc.Arbitrary<PrinterStatusFrame> = fc.oneof(
  fc.tuple(fc.constantFrom(1 as const, 2 as const, 4 as const), anyCondition).map(([n, some]) => ({
    kind: "answer" as const,
    byte: answerStatus(n, some),
  })),
  anyCondition.map(automaticStatus),
  fc.boolean().map((ready) => ({ kind: "flow" as const, ready })),
);

itIsACodec({
  codec: escposStatus,
  frame,
  ownBytes: [0x10, 0x12, 0x11, 0x13, 0x00, 0x0f, 0x1e, 0x18, 0xff],
  // No checksum: the start of an automatic status takes three bytes of any kind that fits.
  swallows: (noise) => noise.subarray(-3).some((byte) => (byte & 0x93) === 0x10),
});
