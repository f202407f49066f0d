import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ModbusFrame, modbusRtu } from "../../../protocols/codecs/modbus-rtu.ts";
import { fromHex, toHex } from "../../../protocols/stream/bytes.ts";
import { cutIdle } from "../../../protocols/stream/cut.ts";
import { itIsACodec } from "./codec-properties.ts";

const address = fc.nat({ max: 247 });
const word = fc.nat({ max: 0xffff });
const registers = (countMax: number): fc.Arbitrary<string> =>
  fc
    .integer({ min: 1, max: countMax })
    .chain((count) => fc.uint8Array({ minLength: 2 * count, maxLength: 2 * count }))
    .map(toHex);
const kind = <const Kind extends ModbusFrame["kind"]>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name);

const frame: fc.Arbitrary<ModbusFrame> = fc.oneof(
  fc.record({ address, kind: kind("read"), start: word, count: word }),
  fc.record({ address, kind: kind("registers"), data: registers(125) }),
  fc.record({ address, kind: kind("write-one"), register: word, value: word }),
  fc.record({ address, kind: kind("write"), start: word, data: registers(123) }),
  fc.record({ address, kind: kind("written"), start: word, count: word }),
  fc.record({
    address,
    kind: kind("refused"),
    function: fc.constantFrom(0x03, 0x06, 0x10),
    code: fc.nat({ max: 255 }),
  }),
);

itIsACodec({ codec: modbusRtu, frame, ownBytes: [0x01, 0x03, 0x06, 0x10, 0x90, 0x83, 0, 2, 4, 0xff] });

const hex = (text: string): Uint8Array => fromHex(text) ?? new Uint8Array();

describe("modbus-rtu", () => {
  /** CRCs worked out by hand from the polynomial; the third is the usual example of tutorials. */
  it.each<[string, ModbusFrame]>([
    ["01 03 0000 0001 840A", { address: 1, kind: "read", start: 0, count: 1 }],
    ["01 03 02 4130 8800", { address: 1, kind: "registers", data: "4130" }],
    ["11 03 006B 0003 7687", { address: 0x11, kind: "read", start: 0x6b, count: 3 }],
    ["11 06 0001 0003 9A9B", { address: 0x11, kind: "write-one", register: 1, value: 3 }],
    ["11 10 0001 0002 04 000A 0102 C6F0", { address: 0x11, kind: "write", start: 1, data: "000a0102" }],
    ["11 10 0001 0002 1298", { address: 0x11, kind: "written", start: 1, count: 2 }],
    ["01 90 02 CDC1", { address: 1, kind: "refused", function: 0x10, code: 2 }],
  ])("%s, both ways", (bytes, value) => {
    expect(modbusRtu.decode(hex(bytes))).toEqual({ ok: true, value });
    expect(toHex(modbusRtu.encode(value))).toBe(toHex(hex(bytes)));
  });

  it.each([
    ["another byte than the CRC was made of", "01 03 0000 0002 840A", "checksum"],
    ["the CRC's bytes the other way round", "01 03 0000 0001 0A84", "checksum"],
    ["a reserved address", "F8 03 0000 0001 840A", "field"],
    ["a function that is none of ours", "01 2B 0E01 00 70 77", "field"],
    ["an odd number of bytes in registers", "01 03 05 4130 3132 33 0000", "length"],
    ["fewer bytes written than registers", "01 10 0001 0002 02 000A 0000", "length"],
    ["nothing", "", "empty"],
  ])("refuses %s", (_, bytes, code) => {
    expect(modbusRtu.decode(hex(bytes))).toMatchObject({ ok: false, code });
  });

  it("tells a question that came back from its answer", () => {
    const heard = hex("11 10 0001 0002 04 000A 0102 C6F0 11 10 0001 0002 1298");
    const kinds = cutIdle(heard, modbusRtu.probe).map(({ bytes }) => {
      const piece = modbusRtu.decode(bytes);
      return piece.ok && piece.value.kind;
    });
    expect(kinds).toEqual(["write", "written"]);
  });

  it("writes no more registers than a frame holds", () => {
    const write = (count: number) =>
      modbusRtu.encode({ address: 1, kind: "write", start: 0, data: "41".repeat(2 * count) });
    expect(write(123)).toHaveLength(255);
    expect(() => write(124)).toThrow("no registers");
    expect(() => write(0)).toThrow("no registers");
    expect(() => modbusRtu.encode({ address: 1, kind: "registers", data: "414" })).toThrow("no registers");
  });
});
