import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { YaohuaCmdFrame } from "../../../protocols/codecs/yaohua-cmd.ts";
import { describeYaohuaCmd, yaohuaCmd, yaohuaCmdWeight } from "../../../protocols/codecs/yaohua-cmd.ts";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { itAgreesWithTheVectors } from "./scale-vectors.ts";

itAgreesWithTheVectors(yaohuaCmd, describeYaohuaCmd);

const number = { negative: false, digits: "008880", decimals: 3 };
const codeOf = (text: string): string => {
  const frame = yaohuaCmd.decode(fromLatin1(text));
  return frame.ok ? frame.value.kind : frame.code;
};

describe("what is said on the line", () => {
  it("the commands that ask for a weight", () => {
    const asks = ["B", "C", "D"].map((command) =>
      yaohuaCmd.encode({ kind: "command", address: "A", command }),
    );
    expect(asks.map(toLatin1)).toEqual(["\x02AB03\x03", "\x02AC02\x03", "\x02AD05\x03"]);
    expect(toLatin1(yaohuaCmd.encode({ kind: "command", address: "Z", command: "B" }))).toBe("\x02ZB18\x03");
  });

  it("gross and net are weights, a tare is none", () => {
    const answer = (command: string): YaohuaCmdFrame => ({ kind: "weight", address: "A", command, number });
    expect(yaohuaCmdWeight(answer("B"))).toEqual({ value: "8.880", unit: null, stable: null, mode: "gross" });
    expect(yaohuaCmdWeight(answer("D"))).toEqual({ value: "8.880", unit: null, stable: null, mode: "net" });
    expect(yaohuaCmdWeight(answer("C"))).toBeUndefined();
    expect(yaohuaCmdWeight({ kind: "command", address: "A", command: "B" })).toBeUndefined();
    expect(describeYaohuaCmd(answer("C"))).toMatchObject({ command: "C", value: "8.880" });
  });

  it("a weight below zero", () => {
    const frame = {
      kind: "weight",
      address: "B",
      command: "D",
      number: { ...number, negative: true },
    } as const;
    expect(describeYaohuaCmd(frame)).toEqual({ address: "B", command: "D", value: "-8.880", decimals: 3 });
  });

  it.each([
    ["", "empty"],
    ["AA00\x03", "start"],
    ["\x02AA", "length"],
    ["\x02AA00", "length"],
    ["\x02AA000\x03", "length"],
    ["\x02AB+00888031\x03", "length"],
    ["\x02AA00\r", "end"],
    ["\x02AA01\x03", "checksum"],
    ["\x02AB+008880312\x03", "checksum"],
    ["\x02aA20\x03", "field"],
    ["\x02Aa20\x03", "field"],
    ["\x02AE+008880314\x03", "field"],
    ["\x02AB+008880515\x03", "field"],
  ])("%j is refused: %s", (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it("an answer glued to the command and behind a broken one is found", () => {
    const stream = fromLatin1("\x02AB03\x03\x02AB+0088\x02AB+008880313\x03");
    const frames = framesOf(cutChunks([stream], yaohuaCmd.probe, yaohuaCmd.frameBytesMax));
    expect(frames.map(toLatin1)).toEqual(["\x02AB03\x03", "\x02AB+008880313\x03"]);
  });
});

const address = fc.constantFrom("A", "B", "K", "Z");
const frame: fc.Arbitrary<YaohuaCmdFrame> = fc.oneof(
  fc.record({ kind: fc.constant("command" as const), address, command: fc.constantFrom("A", "B", "D", "F") }),
  fc.record({
    kind: fc.constant("weight" as const),
    address,
    command: fc.constantFrom("B", "C", "D"),
    number: fc.record({
      negative: fc.boolean(),
      digits: fc.stringMatching(/^\d{6}$/),
      decimals: fc.integer({ min: 0, max: 4 }),
    }),
  }),
);

itIsACodec({ codec: yaohuaCmd, frame, ownBytes: Array.from(fromLatin1("\x02\x03AB+-0013")) });
