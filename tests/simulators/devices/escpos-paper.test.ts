import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { receiptOf } from "../../../drivers/families/parts/receipt.ts";
import type { PrintElement } from "../../../protocols/commands.ts";
import { join, toHex } from "../../../protocols/stream/bytes.ts";
import type { PrinterState } from "../../../simulators/devices/escpos-printer.ts";
import { EscposSimulator } from "../../../simulators/devices/escpos-printer.ts";

const simulator = new EscposSimulator();

function print(chunks: readonly Uint8Array[], from: PrinterState = simulator.initial): PrinterState {
  return chunks.reduce((state, bytes) => simulator.step(state, { kind: "bytes", bytes }).state, from);
}

const character = fc.constantFrom("退", "货", "叫", "号", "A", "7", " ", "-", "{", "é");
const content = fc.string({ unit: character, minLength: 1, maxLength: 20 });
const element: fc.Arbitrary<PrintElement> = fc.oneof(
  fc.record({
    kind: fc.constant("text" as const),
    content,
    size: fc.integer({ min: 1, max: 8 }),
    align: fc.constantFrom("left", "center", "right"),
    bold: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("qr" as const), content, size: fc.integer({ min: 1, max: 16 }) }),
  fc.record({
    kind: fc.constant("code128" as const),
    content: fc.string({ unit: fc.constantFrom("A", "{", "9"), minLength: 1, maxLength: 20 }),
  }),
  fc.record({ kind: fc.constant("feed" as const), lines: fc.integer({ min: 1, max: 20 }) }),
);

describe("what the driver builds and the simulated printer reads", () => {
  it("is the same, however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 12 }), fc.array(fc.nat()), (elements, places) => {
        const { bytes } = receiptOf([...elements, { kind: "cut" }], { encoding: "gb18030", paperMm: 80 });
        const cuts = places.map((place) => place % bytes.length).sort((left, right) => left - right);
        const ends = [...cuts, bytes.length];
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        const state = print(chunks);
        expect(state.tickets).toEqual([{ elements: [...elements, { kind: "cut" }], cut: true }]);
        expect(state.buffer.length).toBe(0);
      }),
    );
  });

  it("is GB18030, with four bytes for rare characters", () => {
    const text = { kind: "text", content: "退㐀", size: 1, align: "left", bold: false } as const;
    expect(toHex(receiptOf([text], { encoding: "gb18030", paperMm: 80 }).bytes)).toBe(
      "1b401c26" + "1b6100" + "1b4500" + "1c5700" + "1d2100" + "cdcb8139ee39" + "0a",
    );
  });

  it("takes longer for more paper", () => {
    const feed = { kind: "feed", lines: 10 } as const;
    const short = receiptOf([{ kind: "cut" }], { encoding: "gbk", paperMm: 80 }).printMs;
    expect(receiptOf([feed, { kind: "cut" }], { encoding: "gbk", paperMm: 80 }).printMs).toBe(short + 553);
  });
});

describe("the simulated printer", () => {
  it("answers a status request even while it cannot print, and prints later what it was sent", () => {
    const open = simulator.step(simulator.initial, {
      kind: "stimulus",
      stimulus: { kind: "cover", cover: "open" },
    }).state;
    const text = { kind: "text", content: "A-1", size: 1, align: "left", bold: false } as const;
    const { bytes } = receiptOf([text, { kind: "cut" }], { encoding: "gb18030", paperMm: 80 });
    const asked = simulator.step(open, {
      kind: "bytes",
      bytes: join(bytes, Uint8Array.of(0x10, 0x04, 0x02)),
    });
    expect(asked.effects).toEqual([{ kind: "send", bytes: Uint8Array.of(0x16) }]);
    expect(asked.state.tickets).toEqual([]);
    const closed = simulator.step(asked.state, {
      kind: "stimulus",
      stimulus: { kind: "cover", cover: "closed" },
    });
    expect(closed.state.tickets).toEqual([{ elements: [text, { kind: "cut" }], cut: true }]);
  });

  it("loses what its buffer cannot hold", () => {
    const ended = simulator.step(simulator.initial, {
      kind: "stimulus",
      stimulus: { kind: "paper", paper: "end" },
    }).state;
    const full = print(
      Array.from({ length: 5 }, () => new Uint8Array(5_000).fill(0x41)),
      ended,
    );
    expect(full.buffer.length).toBe(16_384);
  });
});
