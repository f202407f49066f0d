import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MercurySession } from "../../../drivers/families/mercury-ff.ts";
import type { MercuryContent } from "../../../protocols/codecs/mercury/content.ts";
import { mercuryFf } from "../../../protocols/codecs/mercury-ff.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import type { MercuryOptions } from "../../../simulators/devices/mercury-ff.ts";
import { createMercury, mercuryDefaults } from "../../../simulators/devices/mercury-ff.ts";
import { Pump, splitAt } from "./pump.ts";

const epcHex = "30340789000c0f4000000001";
/** A splitter on FF would break it. */
const trickyEpcHex = "ff0022ffff0022ffff002f00";

interface Set {
  readonly settings?: Partial<ConstructorParameters<typeof MercurySession>[0]>;
  readonly options?: Partial<MercuryOptions>;
}
const pump = ({ settings = {}, options = {} }: Set = {}) =>
  new Pump(
    new MercurySession({ antennas: [1], ...settings }),
    createMercury({ ...mercuryDefaults, ...options }),
  );
const answer = (opcode: number, status: number, content: MercuryContent = { kind: "data", data: "" }) =>
  mercuryFf.encode({ from: "module", opcode, status, content });
const epcs = (reader: ReturnType<typeof pump>) => [
  ...new Set(reader.observations.map((seen) => (seen.kind === "tag" ? seen.epcHex : seen.kind))),
];
const sentOpcodes = (reader: ReturnType<typeof pump>) =>
  reader.sent.map((bytes) => toHex(bytes.subarray(2, 3)));

describe("mercury-ff", () => {
  it("ends what was begun, leaves the boot loader, sets up what is not yet so, and reads", async () => {
    const reader = await pump().open(2_000);
    expect(reader.ready).toBe(true);
    // The halt meets the boot loader; region, protocol, filter; antennas; begin.
    expect(sentOpcodes(reader)).toEqual([
      "2f",
      "03",
      "67",
      "04",
      "03",
      "67",
      "63",
      "93",
      "6a",
      "9a",
      "91",
      "2f",
    ]);
    expect(toHex(reader.sent.at(-1) ?? new Uint8Array()).slice(0, -4)).toBe(
      "ff102f00000122000005072210001b03e801ff",
    );
    expect([reader.noiseBytes, reader.degraded]).toEqual([0, []]);
  });

  it("does not start a module that runs, and takes its invalid opcodes for what they are", async () => {
    const reader = await pump({ options: { startsIn: "application" } }).open(1_000);
    expect(sentOpcodes(reader)).toEqual(["2f", "03", "67", "63", "93", "6a", "9a", "91", "2f"]);
    const old = pump({ options: { startsIn: "application" } });
    old.line = (bytes) => [{ bytes: bytes[2] === 0x6a ? answer(0x6a, 0x0101) : bytes }];
    await old.open(3_000);
    expect(sentOpcodes(old).filter((opcode) => opcode === "04")).toHaveLength(1);
    expect(old.degraded).toEqual([
      { code: "reader-error", detail: "filter: invalid opcode, or still in the boot loader (0x0101)" },
    ]);
    expect(old.device.streaming).toBe(true);
  });

  it("reads tags with antenna, signal and frequency, at every cut of the line", async () => {
    for (let position = 0; position <= 50; position += 2) {
      const reader = pump({ settings: { antennas: [2, 3] } });
      reader.line = splitAt(position);
      reader.stimulate({ kind: "tag-near", epcHex: trickyEpcHex, antenna: 3, rssiDbm: -47 });
      reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
      await reader.open(2_000);
      expect(epcs(reader)).toEqual([trickyEpcHex]);
      const seen = { kind: "tag", change: "seen", epcHex: trickyEpcHex, antenna: 3, rssiDbm: -47 };
      expect(reader.observations[0]).toEqual({ ...seen, frequencyMhz: 920.625 });
      expect(reader.noiseBytes).toBe(0);
    }
  });

  it("lives on the module's signs of life, also while it tells its temperature", async () => {
    const reader = await pump().open(2_000);
    reader.stimulate({ kind: "flaw", flaw: "temperature", times: 20 });
    await reader.clock.turn(60_000);
    expect([reader.givenUp, reader.degraded, reader.noiseBytes]).toEqual([[], [], 0]);
    expect(sentOpcodes(reader).filter((opcode) => opcode === "2f")).toHaveLength(2);
  });

  it.each([
    ["too-hot", "reader-error", "the module is too hot and reads less until it has cooled"],
    [
      "high-return-loss",
      "antenna-missing",
      "an antenna throws the power back: it is not connected, or broken",
    ],
  ] as const)(
    "tells %s as the device's health, and takes it back after three quiet seconds",
    async (flaw, code, detail) => {
      const reader = await pump().open(2_000);
      reader.stimulate({ kind: "flaw", flaw, times: 2 });
      reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
      await reader.clock.turn(4_000);
      expect([reader.degraded, reader.healthyCount]).toEqual([[{ code, detail }], 0]);
      expect(epcs(reader)).toEqual([epcHex]);
      await reader.clock.turn(4_000);
      expect([reader.degraded.length, reader.healthyCount]).toEqual([1, 1]);
    },
  );

  it("begins anew when the module stops to read without a word", async () => {
    const reader = await pump().open(2_000);
    reader.stimulate({ kind: "flaw", flaw: "stream-ends", times: 1 });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.clock.turn(5_000);
    expect([epcs(reader), reader.givenUp]).toEqual([[epcHex], []]);
    // What was set is still so, and is not written again.
    expect(reader.device.writes).toBe(2);
  });

  it("lives through a restart into the boot loader, more than once", async () => {
    const reader = await pump().open(2_000);
    for (let count = 0; count < 2; count += 1) {
      reader.stimulate({ kind: "restart" });
      await reader.clock.turn(8_000);
      expect([reader.device.streaming, reader.givenUp]).toEqual([true, []]);
    }
  });

  it("writes a setting only when it is another", async () => {
    const settings = { region: "prc", powerDbm: 27, session: 0, target: "a" } as const;
    const same = await pump({ settings }).open(2_000);
    // Protocol and filter are not as they have to be after a start.
    expect(same.device.writes).toBe(2);
    const others = { region: "eu3", powerDbm: 20.5, session: 2, target: "b" } as const;
    const changed = await pump({ settings: others }).open(2_000);
    expect([...changed.device.settings.values()]).toEqual(["08", "0005", "00", "02", "0101", "0802"]);
    expect([changed.device.writes, changed.degraded]).toEqual([6, []]);
  });

  it("says that a module without region reads nothing until the configuration names one", async () => {
    const reader = await pump({ options: { region: 0 } }).open(5_000);
    expect(reader.degraded[0]).toEqual({
      code: "reader-error",
      detail: "the module has no region, and the configuration names none",
    });
    expect([reader.device.streaming, reader.givenUp]).toEqual([false, []]);
    const named = await pump({ settings: { region: "prc" }, options: { region: 0 } }).open(2_000);
    expect([named.device.streaming, named.degraded]).toEqual([true, []]);
  });

  it("says what is refused, and tries again after a pause", async () => {
    const reader = pump({ settings: { antennas: [9] } });
    reader.stimulate({ kind: "fail-next", error: 0x0105 });
    await reader.open(1_600);
    expect(reader.degraded).toEqual([
      { code: "reader-error", detail: "antennas: invalid parameter (0x0105)" },
      { code: "reader-error", detail: "reading: invalid parameter (0x0105)" },
    ]);
    await reader.clock.turn(3_000);
    expect(reader.device.streaming).toBe(true);
    expect(sentOpcodes(reader).filter((opcode) => opcode === "2f").length).toBeLessThan(6);
  });

  it("takes no tag whose own CRC is wrong", async () => {
    const reader = pump();
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    reader.stimulate({ kind: "flaw", flaw: "bad-tag-crc", times: 1_000 });
    await reader.open(3_000);
    expect(reader.observations).toEqual([]);
    expect(reader.noiseBytes).toBeGreaterThan(40);
  });

  it("does not take a late answer to another opcode for this one's, nor its own echo", async () => {
    const reader = pump();
    reader.hostHeard = false;
    await reader.open();
    reader.arrive(answer(0x63, 0));
    for (const bytes of reader.sent.slice()) reader.arrive(bytes);
    expect(reader.state.asked).toBe("halt");
    reader.arrive(answer(0x2f, 0));
    reader.arrive(answer(0x67, 0, { kind: "data", data: "06" }));
    expect(reader.state.asked).toBe("version");
  });

  it("greets three times before it gives up, and gives up when a module that worked falls silent", async () => {
    const reader = pump();
    reader.hostHeard = false;
    await reader.open(3_000);
    expect(sentOpcodes(reader)).toEqual(["2f", "03", "03"]);
    expect(reader.givenUp).toEqual([{ code: "handshake-timeout", detail: "no answer to version" }]);
    const working = await pump().open(2_000);
    working.line = () => [];
    await working.clock.turn(6_000);
    expect(working.givenUp).toMatchObject([{ code: "silent" }]);
  });

  it("ends the stream when the connection ends", async () => {
    const session = new MercurySession({ antennas: [1] });
    const reader = await pump().open(2_000);
    expect(toHex(session.farewell(reader.state) ?? new Uint8Array())).toBe("ff032f0000025e86");
  });

  it("counts a flipped bit and a false start as noise and reads on", async () => {
    const reader = pump();
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    let spoiled = 0;
    reader.line = (bytes) => {
      spoiled += 1;
      const wrong = bytes.slice();
      if (spoiled % 9 === 0) wrong[7] = (wrong[7] ?? 0) ^ 4;
      const falseStart = Uint8Array.from([0xff, 0x20, ...bytes]);
      return [{ bytes: spoiled % 11 === 0 ? falseStart : wrong }];
    };
    await reader.open(30_000);
    expect([epcs(reader), reader.givenUp]).toEqual([[epcHex], []]);
    expect(reader.observations.length).toBeGreaterThan(50);
    expect(reader.noiseBytes).toBeGreaterThan(100);
  });

  it("never throws and keeps a small rest, whatever arrives", () => {
    const own = fc.constantFrom(0xff, 0x00, 0x03, 0x22, 0x2f, 0x04, 0x05, 0x0f);
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(own).map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const reader = pump();
        reader.toHost({ kind: "opened" });
        for (const bytes of chunks) reader.arrive(bytes);
        expect(reader.state.rest.length).toBeLessThan(mercuryFf.frameBytesMax);
      }),
    );
  });
});
