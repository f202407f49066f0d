import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paperInitial, paperStep } from "../../../protocols/codecs/escpos/paper.ts";
import { buildReceipt } from "../../../protocols/codecs/escpos/receipt.ts";
import type { EscposCommand } from "../../../protocols/codecs/escpos.ts";
import { describeEscpos, escpos } from "../../../protocols/codecs/escpos.ts";
import type { PrintElement } from "../../../protocols/commands.ts";
import { fromLatin1, toHex, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { cut } from "../../../protocols/stream/cut.ts";
import { chunked, cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { hex } from "./vectors.ts";

/** What a printer puts on paper for these bytes. */
function print(chunks: readonly Uint8Array[]): PrintElement[] {
  const printed: PrintElement[] = [];
  let state = paperInitial;
  for (const bytes of framesOf(cutChunks(chunks, escpos.probe, escpos.frameBytesMax))) {
    const command = escpos.decode(bytes);
    if (!command.ok) throw new Error(command.error);
    const step = paperStep(state, command.value, toLatin1);
    state = step.state;
    printed.push(...step.printed);
  }
  return printed;
}

const looks = { encodeText: fromLatin1, paperMm: 80 } as const;

const text = (content: string): PrintElement => ({
  kind: "text",
  content,
  size: 1,
  align: "left",
  bold: false,
});

describe("the bytes of a receipt", () => {
  const bytesOf = (element: PrintElement): string => toHex(buildReceipt([element], looks));
  /** ESC @, FS &. */
  const start = "1b401c26";

  it("sets every mode before each text", () => {
    expect(bytesOf(text("A1"))).toBe(`${start}1b61001b45001c57001d210041310a`);
    expect(bytesOf({ kind: "text", content: "A1", size: 3, align: "center", bold: true })).toBe(
      `${start}1b61011b45011c57011d212241310a`,
    );
  });

  it("hands text to the encoder of the printer's characters", () => {
    const bytes = buildReceipt([text("退")], {
      ...looks,
      encodeText: (content) => (content === "退" ? hex("cdcb") : hex("3f")),
    });
    expect(toHex(bytes)).toBe(`${start}1b61001b45001c57001d2100cdcb0a`);
  });

  it("lets no text give orders", () => {
    expect(bytesOf(text("A\x1b@\nB"))).toBe(`${start}1b61001b45001c57001d210041204020420a`);
  });

  it("prints a QR code of model 2, level M", () => {
    expect(bytesOf({ kind: "qr", content: "é1", size: 6 })).toBe(
      `${start}1b61011d286b0400314132001d286b03003143061d286b03003145311d286b0600315030c3a9311d286b0300315130`,
    );
  });

  it("prints Code 128 set B, with a brace doubled", () => {
    expect(bytesOf({ kind: "code128", content: "A{1" })).toBe(
      `${start}1b61011d68501d77021d48021d6b49067b42417b7b31`,
    );
  });

  it("prints what Code 128 cannot say as text", () => {
    expect(print([buildReceipt([{ kind: "code128", content: "Aé" }], looks)])).toEqual([
      { kind: "text", content: "Aé", size: 1, align: "center", bold: false },
    ]);
  });

  it("leaves out a barcode that is wider than the paper; a plain one stands there as text", () => {
    const plain = { kind: "code128", content: "RETURN-2026-0001" } as const;
    const words = { kind: "text", content: plain.content, size: 1, align: "center", bold: false } as const;
    const own = { kind: "code128", content: `8004${"952132110000100000000001"}`, gs1: true } as const;
    const longest = { kind: "code128", content: `8004${"9".repeat(30)}`, gs1: true } as const;
    const letters = { kind: "code128", content: `8004${"952132A".padEnd(30, "B")}`, gs1: true } as const;
    const on = (paperMm: 58 | 80) =>
      print([buildReceipt([plain, own, longest, letters], { ...looks, paperMm })]);
    expect(on(80)).toEqual([plain, own, longest]);
    expect(on(58)).toEqual([words]);
  });

  it("puts no text below a GS1-128, whose brackets only a line of its own can have", () => {
    expect(bytesOf({ kind: "code128", content: "0109", gs1: true })).toBe(
      `${start}1b61011d68501d77021d48001d6b49067b437b310109`,
    );
  });

  it("feeds and cuts", () => {
    expect(bytesOf({ kind: "feed", lines: 3 })).toBe(`${start}1b6403`);
    expect(bytesOf({ kind: "cut" })).toBe(`${start}1d564200`);
  });
});

describe("what a printer understands", () => {
  it("a line is printed when it ends, in the mode that then holds", () => {
    expect(print([hex("1b4041 1b4501 42 1d5600")])).toEqual([
      { kind: "text", content: "AB", size: 1, align: "left", bold: true },
      { kind: "cut" },
    ]);
    expect(print([hex("41 42")])).toEqual([]);
  });

  it("ESC @ empties the line", () => {
    expect(print([hex("41 1b40 42 0a")])).toEqual([text("B")]);
  });

  it("a QR code that was never stored prints nothing", () => {
    expect(print([hex("1d286b0300315130")])).toEqual([]);
  });

  it("a line without end is printed all the same", () => {
    expect(print([fromLatin1("x".repeat(5000))])).toEqual([text("x".repeat(4096))]);
  });

  it.each([
    ["", "empty"],
    ["1b7a", "unknown-command"],
    ["1b61", "length"],
    ["1b610101", "length"],
    ["1d6b4904414200", "length"],
  ])("refuses %s: %s", (digits, code) => {
    expect(escpos.decode(hex(digits))).toMatchObject({ ok: false, code });
  });

  it("is described order by order", () => {
    const described = ["1004 01", "4131"].map((digits) => {
      const command = escpos.decode(hex(digits));
      return command.ok ? describeEscpos(command.value) : command;
    });
    expect(described).toEqual([
      { kind: "status-request", argumentHex: "01" },
      { kind: "text", bytesHex: "4131" },
    ]);
  });

  it("has no order with the wrong number of bytes", () => {
    const align = { kind: "order", order: "align", argument: new Uint8Array() } as const;
    const code128 = { kind: "order", order: "code128", argument: new Uint8Array(256) } as const;
    expect(() => escpos.encode(align)).toThrow("align takes 1 bytes");
    expect(() => escpos.encode(code128)).toThrow("256 bytes are too many");
  });
});

const printable = fc.stringMatching(/^[ -~]{1,20}$/);
const element: fc.Arbitrary<PrintElement> = fc.oneof(
  fc.record({
    kind: fc.constant("text" as const),
    content: printable,
    size: fc.integer({ min: 1, max: 8 }),
    align: fc.constantFrom("left" as const, "center" as const, "right" as const),
    bold: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("qr" as const),
    content: fc.string({
      unit: fc.constantFrom("a", "退", "货", "\x10", "\x04"),
      minLength: 1,
      maxLength: 20,
    }),
    size: fc.integer({ min: 1, max: 16 }),
  }),
  fc.record({ kind: fc.constant("code128" as const), content: printable }),
  fc.record({ kind: fc.constant("feed" as const), lines: fc.integer({ min: 1, max: 20 }) }),
  fc.constant({ kind: "cut" as const }),
);

it("prints a QR code whose length takes two bytes", () => {
  const link: PrintElement = { kind: "qr", content: `https://example.org/${"x".repeat(400)}`, size: 6 };
  expect(print([buildReceipt([link], looks)])).toEqual([link]);
});

describe("a receipt, whatever is on it", () => {
  it("comes out on paper under every chunking", () => {
    const receipt = fc.array(element, { maxLength: 6 });
    fc.assert(
      fc.property(
        receipt.chain((elements) =>
          chunked(fc.constant(buildReceipt(elements, looks))).map((chunks) => ({ elements, chunks })),
        ),
        ({ elements, chunks }) => {
          expect(print(chunks)).toEqual(elements);
        },
      ),
    );
  });
});

const argument = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyOrder: fc.Arbitrary<EscposCommand> = fc.oneof(
  fc.record({
    kind: fc.constant("order" as const),
    order: fc.constantFrom(
      "initialize" as const,
      "line-feed" as const,
      "cut" as const,
      "chinese-on" as const,
    ),
    argument: argument(0),
  }),
  fc.record({
    kind: fc.constant("order" as const),
    order: fc.constantFrom(
      "align" as const,
      "size" as const,
      "status-request" as const,
      "feed-and-cut" as const,
    ),
    argument: argument(1),
  }),
  fc.record({
    kind: fc.constant("order" as const),
    order: fc.constantFrom("qr" as const, "code128" as const),
    argument: fc.uint8Array({ maxLength: 60 }),
  }),
);

itIsACodec({
  codec: escpos,
  frame: anyOrder,
  ownBytes: [0x1b, 0x40, 0x61, 0x1d, 0x56, 0x42, 0x28, 0x6b, 0x49, 0x10, 0x04, 0x0a, 0x00, 0x01],
  // No checksum: an order that lacks its argument takes what comes next for it, in a real printer too.
  swallows: (noise) => cut(noise, escpos.probe, escpos.frameBytesMax).rest.length > 0,
});
