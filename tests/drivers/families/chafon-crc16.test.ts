import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChafonSession } from "../../../drivers/families/chafon-crc16.ts";
import type { ChafonContent } from "../../../protocols/codecs/chafon/content.ts";
import { chafonCrc16 } from "../../../protocols/codecs/chafon-crc16.ts";
import { join, toHex } from "../../../protocols/stream/bytes.ts";
import type { ChafonOptions } from "../../../simulators/devices/chafon-crc16.ts";
import { chafonDefaults, createChafon } from "../../../simulators/devices/chafon-crc16.ts";
import { Pump, splitAt } from "./pump.ts";

const epcHex = "30340789000c0f4000000001";
/** It begins like a frame of this protocol, and its length claims more than it has. */
const trickyEpcHex = "15000103010104003230";
const uhfReader18 = { readerType: 0x09, antennaCount: 1 } as const;

interface Set {
  readonly settings?: Partial<ConstructorParameters<typeof ChafonSession>[0]>;
  readonly options?: Partial<ChafonOptions>;
}
const pump = ({ settings = {}, options = {} }: Set = {}) =>
  new Pump(
    new ChafonSession({ address: 0, antennas: [1], restMs: 0, ...settings }),
    createChafon({ ...chafonDefaults, ...options }),
  );
const answer = (command: number, content: ChafonContent, address = 0) =>
  chafonCrc16.encode({ address, command, content });
const epcs = (reader: ReturnType<typeof pump>) => [
  ...new Set(reader.observations.map((seen) => (seen.kind === "tag" ? seen.epcHex : seen.kind))),
];
const sentCommands = (reader: ReturnType<typeof pump>) =>
  reader.sent.map((bytes) => toHex(bytes.subarray(2, 3)));
const information: ChafonContent = {
  kind: "information",
  status: 0,
  major: 0,
  minor: 22,
  readerType: 0x0c,
  protocols: 3,
  highest: 0x4e,
  lowest: 0,
  powerDbm: 30,
  rest: "0a",
};

describe("chafon-crc16", () => {
  it("asks what the reader is, and then scans antenna by antenna", async () => {
    const reader = await pump({ settings: { antennas: [1, 3] } }).open(1_000);
    expect(reader.ready).toBe(true);
    expect(
      reader.sent
        .map(toHex)
        .slice(0, 3)
        .map((hex) => hex.slice(0, -4)),
    ).toEqual(["040021", "0d0001040001000000008003", "0d0001040001000000008203"]);
    expect([reader.noiseBytes, reader.degraded]).toEqual([0, []]);
  });

  it("reads tags on the antennas of the mask, at every cut of the line", async () => {
    for (let position = 0; position <= 24; position += 1) {
      const reader = pump({ settings: { antennas: [4, 8] }, options: { antennaCount: 8 } });
      reader.line = splitAt(position);
      reader.stimulate({ kind: "tag-near", epcHex, antenna: 4 });
      reader.stimulate({ kind: "tag-near", epcHex: trickyEpcHex, antenna: 8 });
      await reader.open(1_500);
      expect(epcs(reader).sort()).toEqual([trickyEpcHex, epcHex]);
      expect(reader.observations[0]).toEqual({ kind: "tag", change: "seen", epcHex, antenna: 4 });
      expect(reader.observations[1]).toMatchObject({ antenna: 8 });
      expect(reader.noiseBytes).toBe(0);
    }
  });

  it("asks a UHFReader18 for nothing that it does not know", async () => {
    const reader = pump({ settings: { antennas: [1, 2] }, options: uhfReader18 });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.open(1_000);
    expect(reader.sent.map(toHex)[1]?.slice(0, -4)).toBe("040001");
    expect(reader.observations[0]).toEqual({ kind: "tag", change: "seen", epcHex });
    expect(reader.degraded).toEqual([]);
  });

  it.each([{}, uhfReader18])(
    "reads frames of one tag each, and several in one frame: %o",
    async (options) => {
      const reader = pump({ options });
      const tags = [epcHex, "00323038", "1fb41f712ac9c37ab79d618173188324001a"];
      for (const each of tags) reader.stimulate({ kind: "tag-near", epcHex: each, antenna: 1 });
      await reader.open(500);
      expect(epcs(reader)).toEqual(tags);
      reader.stimulate({ kind: "flaw", flaw: "one-frame", times: 1 });
      reader.observations.length = 0;
      await reader.clock.turn(400);
      expect(epcs(reader)).toEqual(tags);
    },
  );

  it("does not take a reply to another command for this one's, however good its CRC is", async () => {
    const reader = pump();
    reader.stimulate({ kind: "flaw", flaw: "foreign-reply", times: 20 });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.open(2_000);
    expect([epcs(reader), reader.givenUp, reader.degraded]).toEqual([[epcHex], [], []]);
    const quiet = pump();
    quiet.hostHeard = false;
    await quiet.open();
    quiet.arrive(answer(0x21, information));
    expect(quiet.state.asked).toBe("inventory");
    // Seen in the field: CRC good, but reCmd is 02.
    quiet.arrive(answer(0x02, { kind: "reply", status: 3, data: "01010c" }));
    quiet.arrive(answer(0x21, information));
    expect(quiet.state.asked).toBe("inventory");
    expect(quiet.observations).toEqual([]);
  });

  it("says what the reader refuses, and scans all the same", async () => {
    const reader = pump({ settings: { powerDbm: 20, band: "us" } });
    const refusal = (command: number) => answer(command, { kind: "reply", status: 0xff, data: "" });
    reader.line = (bytes) => [{ bytes: bytes[2] === 0x2f || bytes[2] === 0x22 ? refusal(bytes[2]) : bytes }];
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.open(1_000);
    expect(reader.degraded.map(({ detail }) => detail)).toEqual([
      "power: parameter error (0xff)",
      "band: parameter error (0xff)",
    ]);
    expect(epcs(reader)).toEqual([epcHex]);
  });

  it("does not take the echo of its own question for the answer", async () => {
    const reader = pump({ settings: { powerDbm: 20 } });
    reader.hostHeard = false;
    await reader.open();
    reader.arrive(answer(0x21, information));
    for (const bytes of reader.sent.slice()) reader.arrive(bytes);
    expect(reader.state.asked).toBe("new-power");
  });

  it("counts a list with a wrong CRC as noise", async () => {
    const reader = pump();
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    reader.stimulate({ kind: "flaw", flaw: "bad-crc", times: 2 });
    await reader.open(1_500);
    expect(reader.noiseBytes).toBeGreaterThan(20);
    expect([epcs(reader), reader.givenUp]).toEqual([[epcHex], []]);
  });

  it("asks what the reader is when the end of a round is missing, for a reader at work hears nothing", async () => {
    const reader = await pump().open(100);
    reader.stimulate({ kind: "flaw", flaw: "end-missing", times: 1 });
    await reader.clock.turn(3_000);
    expect(sentCommands(reader).slice(0, 4)).toEqual(["21", "01", "21", "01"]);
    expect(reader.givenUp).toEqual([]);
  });

  it("gives up when rounds never end, though the reader says what it is", async () => {
    const reader = await pump().open(100);
    reader.stimulate({ kind: "flaw", flaw: "end-missing", times: 100 });
    await reader.clock.turn(10_000);
    expect(reader.givenUp).toEqual([{ code: "silent", detail: "no answer to inventory" }]);
  });

  it("takes statistics behind the end for what they are", async () => {
    const reader = await pump().open(100);
    reader.stimulate({ kind: "flaw", flaw: "statistics", times: 5 });
    await reader.clock.turn(3_000);
    expect([reader.degraded, reader.givenUp]).toEqual([[], []]);
  });

  it("writes power and band only when they are others, because each writing wears the flash", async () => {
    const same = await pump({ settings: { powerDbm: 30, band: "eu" } }).open(500);
    expect(same.device.writes).toBe(0);
    const other = await pump({ settings: { powerDbm: 20, band: "china-920" } }).open(500);
    expect(sentCommands(other).slice(0, 4)).toEqual(["21", "2f", "22", "01"]);
    expect([other.device.powerDbm, other.device.highest, other.device.lowest]).toEqual([20, 0x13, 0x40]);
    const us = await pump({ settings: { band: "us" } }).open(500);
    expect([us.device.highest, us.device.lowest]).toEqual([0x31, 0x80]);
  });

  it("goes on with the other antennas when one is missing, and says when it is back", async () => {
    const reader = pump({ settings: { antennas: [1, 2] } });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    reader.stimulate({ kind: "antenna-lost", antenna: 2 });
    await reader.open(2_000);
    expect(reader.degraded).toEqual([{ code: "antenna-missing", detail: "antenna 2 is not connected" }]);
    expect(epcs(reader)).toEqual([epcHex]);
    reader.stimulate({ kind: "antenna-back", antenna: 2 });
    await reader.clock.turn(2_000);
    expect(reader.healthyCount).toBe(1);
  });

  it("reports an error in words, once, and takes it back", async () => {
    const reader = await pump().open(100);
    reader.stimulate({ kind: "fail-next", error: 0xfe });
    await reader.clock.turn(1_000);
    expect(reader.degraded).toEqual([
      { code: "reader-error", detail: "antenna 1: unknown command or wrong CRC (0xfe)" },
    ]);
    await reader.clock.turn(1_000);
    expect([reader.degraded.length, reader.healthyCount]).toEqual([1, 1]);
  });

  it("greets three times before it gives up, and says so when another address answers", async () => {
    const reader = pump({ settings: { address: 9 } });
    reader.hostHeard = false;
    await reader.open(2_999);
    expect([sentCommands(reader), reader.givenUp]).toEqual([["21", "21", "21"], []]);
    await reader.clock.turn(1);
    expect(reader.givenUp).toEqual([{ code: "handshake-timeout", detail: "no answer to information" }]);
    const other = pump({ settings: { address: 9 } });
    await other.open();
    other.arrive(answer(0x21, information, 4));
    await other.clock.turn(3_000);
    expect(other.givenUp).toEqual([{ code: "wrong-device", detail: "a reader with address 4 answered" }]);
    const anybody = await pump({ settings: { address: 255 }, options: { address: 42 } }).open(500);
    expect(anybody.ready).toBe(true);
  });

  it("lives through a restart of the reader, and gives up when it falls silent", async () => {
    const reader = await pump().open(500);
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    reader.stimulate({ kind: "restart" });
    await reader.clock.turn(3_000);
    expect([epcs(reader), reader.givenUp]).toEqual([[epcHex], []]);
    reader.hostHeard = false;
    await reader.clock.turn(5_000);
    expect(reader.givenUp).toMatchObject([{ code: "silent" }]);
  });

  it("steps over a stale byte and a false start, which without a start byte is any length", async () => {
    const reader = pump();
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    let spoiled = 0;
    reader.line = (bytes) => {
      spoiled += 1;
      if (spoiled % 5 === 0) return [{ bytes: join(Uint8Array.of(0x15), bytes) }];
      const wrong = bytes.slice();
      if (spoiled % 7 === 0) wrong[6] = (wrong[6] ?? 0) ^ 4;
      return [{ bytes: wrong }];
    };
    await reader.open(30_000);
    expect(reader.givenUp).toEqual([]);
    expect(epcs(reader)).toEqual([epcHex]);
    expect(reader.observations.length).toBeGreaterThan(20);
    expect(reader.noiseBytes).toBeGreaterThan(10);
  });

  it("never throws and keeps a small rest, whatever arrives", () => {
    const own = fc.constantFrom(0x15, 0x04, 0x07, 0x00, 0x01, 0x03, 0x21, 0xff, 0xfb);
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(own).map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const reader = pump();
        reader.toHost({ kind: "opened" });
        for (const bytes of chunks) reader.arrive(bytes);
        expect(reader.state.rest.length).toBeLessThan(chafonCrc16.frameBytesMax);
      }),
    );
  });
});
