import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { R2000Session } from "../../../drivers/families/r2000-a0.ts";
import type { R2000Content } from "../../../protocols/codecs/r2000-a0.ts";
import { r2000A0 } from "../../../protocols/codecs/r2000-a0.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { join, toHex } from "../../../protocols/stream/bytes.ts";
import type { ReaderOptions } from "../../../simulators/devices/r2000-a0.ts";
import { R2000Simulator, readerDefaults } from "../../../simulators/devices/r2000-a0.ts";
import { Pump, splitAt } from "./pump.ts";

const epcHex = "30340789000c0f4000000001";
/** An EPC that looks like the beginning of a tag packet. */
const trickyEpcHex = "a0130189a0130189a0130189";

interface Set {
  readonly antennas?: number[];
  readonly powerDbm?: number;
  readonly address?: number;
  readonly options?: Partial<ReaderOptions>;
}
const pump = ({ antennas = [1], powerDbm, address = 1, options = {} }: Set = {}) =>
  new Pump(
    new R2000Session({ address, antennas, ...(powerDbm === undefined ? {} : { powerDbm }) }),
    new R2000Simulator({ ...readerDefaults, ...options }, seededRandom(1)),
  );
const answer = (command: number, content: R2000Content, address = 1) =>
  r2000A0.encode({ address, command, content });
const epcs = (reader: ReturnType<typeof pump>) => [
  ...new Set(reader.observations.map((seen) => (seen.kind === "tag" ? seen.epcHex : seen.kind))),
];
const sentCommands = (reader: ReturnType<typeof pump>) =>
  reader.sent.map((bytes) => toHex(bytes.subarray(3, 4)));

describe("r2000-a0", () => {
  it("asks for the firmware, sets the antenna, and then works in rounds", async () => {
    const reader = await pump({ antennas: [2] }).open(60);
    expect(reader.ready).toBe(true);
    expect(reader.sent.map(toHex).slice(0, 3)).toEqual(["a0030172ea", "a004017401e6", "a0040189ffd3"]);
    await reader.clock.turn(1_000);
    const rounds = sentCommands(reader).filter((command) => command === "89").length;
    expect(rounds).toBeGreaterThan(20);
    expect(rounds).toBeLessThan(30);
    expect(reader.noiseBytes).toBe(0);
  });

  it("reads tags on the antenna where they lie, with signal and frequency", async () => {
    const reader = pump({ antennas: [1, 6], options: { antennaCount: 8 } });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 6, rssiDbm: -47 });
    reader.stimulate({ kind: "tag-near", epcHex: trickyEpcHex, antenna: 3 });
    await reader.open(200);
    expect(epcs(reader)).toEqual([epcHex]);
    const [seen] = reader.observations;
    expect(seen).toMatchObject({ kind: "tag", change: "seen", antenna: 6 });
    if (seen?.kind !== "tag") throw new Error("a tag was seen");
    expect([-47, -48, -49]).toContain(seen.rssiDbm);
    expect(seen.frequencyMhz).toBeGreaterThanOrEqual(920);
    expect(seen.frequencyMhz).toBeLessThan(925);
  });

  it("understands both forms of end packets, with and without phase, at every cut of the line", async () => {
    for (const endPacket of ["with-rate", "short"] as const) {
      for (let position = 0; position <= 25; position += 1) {
        const reader = pump({ options: { endPacket, phase: position % 2 === 0 } });
        reader.line = splitAt(position);
        reader.stimulate({ kind: "tag-near", epcHex: trickyEpcHex, antenna: 1 });
        await reader.open(500);
        expect(epcs(reader)).toEqual([trickyEpcHex]);
        expect(reader.observations.length).toBeGreaterThan(8);
        expect(reader.noiseBytes).toBe(0);
      }
    }
  });

  it("writes the power only when it differs, because each writing wears the flash", async () => {
    const same = await pump({ powerDbm: 30 }).open(200);
    expect(same.device.powerWrites).toBe(0);
    const other = await pump({ powerDbm: 26 }).open(200);
    expect([other.device.powerWrites, other.device.powerDbm]).toEqual([1, 26]);
    const big = await pump({ antennas: [8], powerDbm: 25, options: { antennaCount: 8 } }).open(200);
    expect(sentCommands(big).slice(0, 4)).toEqual(["72", "97", "76", "74"]);
  });

  it("ignores what a reader in full flow sends before it has answered the greeting", async () => {
    const reader = pump();
    reader.toHost({ kind: "opened" });
    const tag = { kind: "tag", frequencyIndex: 1, antenna: 0, pc: "3000", epc: epcHex, rssiRaw: 69 } as const;
    const whole = answer(0x89, tag);
    reader.arrive(join(whole.subarray(9), whole, answer(0x74, { kind: "byte", value: 0x10 })));
    expect(reader.observations).toEqual([]);
    expect(reader.ready).toBe(false);
    await reader.clock.turn(100);
    expect(reader.ready).toBe(true);
    expect(reader.noiseBytes).toBe(whole.length - 9);
  });

  it("greets three times before it gives up", async () => {
    const reader = pump();
    reader.hostHeard = false;
    await reader.open(2_999);
    expect([sentCommands(reader), reader.givenUp]).toEqual([["72", "72", "72"], []]);
    await reader.clock.turn(1);
    expect(reader.givenUp).toEqual([{ code: "handshake-timeout", detail: "no answer to firmware" }]);
  });

  it("says so when another address answers", async () => {
    const reader = pump({ address: 9 });
    await reader.open();
    reader.arrive(answer(0x72, { kind: "firmware", major: 1, minor: 9 }, 4));
    await reader.clock.turn(3_000);
    expect(reader.ready).toBe(false);
    expect(reader.givenUp).toEqual([{ code: "wrong-device", detail: "a reader with address 4 answered" }]);
  });

  it("takes whoever answers when it asks everybody", async () => {
    const reader = await pump({ address: 255, options: { address: 42 } }).open(100);
    expect(reader.ready).toBe(true);
  });

  it("gives up when a reader that worked falls silent", async () => {
    const reader = await pump().open(500);
    reader.hostHeard = false;
    await reader.clock.turn(3_100);
    expect(reader.givenUp).toEqual([{ code: "silent", detail: "no answer to antenna" }]);
  });

  it("lives through a restart of the reader and sets the antenna again", async () => {
    const reader = await pump({ antennas: [3] }).open(500);
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 3 });
    reader.stimulate({ kind: "restart" });
    await reader.clock.turn(2_500);
    expect(reader.givenUp).toEqual([]);
    expect(epcs(reader)).toEqual([epcHex]);
    expect(reader.device.workAntenna).toBe(2);
  });

  it("does not take a late answer to another command for this one's", async () => {
    const reader = pump();
    reader.hostHeard = false;
    await reader.open();
    reader.arrive(answer(0x72, { kind: "firmware", major: 1, minor: 9 }));
    reader.arrive(answer(0x77, { kind: "byte", value: 30 }));
    reader.arrive(answer(0x72, { kind: "firmware", major: 1, minor: 9 }));
    reader.arrive(answer(0x89, { kind: "inventory-end", antenna: 0, totalReads: 0 }));
    expect(reader.state.asked).toBe("antenna");
    reader.arrive(answer(0x74, { kind: "byte", value: 0x10 }));
    expect(reader.state.asked).toBe("inventory");
    reader.arrive(answer(0x89, { kind: "inventory-end", antenna: 2, totalReads: 0 }));
    expect(reader.state.asked).toBe("inventory");
  });

  it("waits for the end of a long round as long as tags come", async () => {
    const reader = pump();
    await reader.open(10);
    reader.hostHeard = false;
    const tag = { kind: "tag", frequencyIndex: 1, antenna: 0, pc: "3000", epc: epcHex, rssiRaw: 69 } as const;
    await reader.clock.turn(40);
    reader.arrive(answer(0x74, { kind: "byte", value: 0x10 }));
    const asked = reader.sent.length;
    for (let count = 0; count < 5; count += 1) {
      await reader.clock.turn(900);
      reader.arrive(answer(0x89, tag));
    }
    expect(reader.sent.length).toBe(asked);
    expect(reader.state.asked).toBe("inventory");
    await reader.clock.turn(1_000);
    expect(reader.state.asked).toBe("antenna");
  });

  it("goes on with the other antennas when one is missing, and says when it is back", async () => {
    const reader = pump({ antennas: [1, 2] });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    reader.stimulate({ kind: "antenna-lost", antenna: 2 });
    await reader.open(2_000);
    expect(reader.degraded).toEqual([{ code: "antenna-missing", detail: "antenna 2 is not connected" }]);
    expect(reader.observations.length).toBeGreaterThan(5);
    reader.stimulate({ kind: "antenna-back", antenna: 2 });
    await reader.clock.turn(1_000);
    expect(reader.healthyCount).toBe(1);
  });

  it("reports an error code in words, once, and takes it back", async () => {
    const reader = await pump().open(100);
    reader.stimulate({ kind: "fail-next", error: 0x52 });
    await reader.clock.turn(100);
    expect(reader.degraded).toEqual([
      { code: "reader-error", detail: "antenna 1: synthesizer does not lock (0x52)" },
    ]);
    await reader.clock.turn(1_000);
    expect([reader.degraded.length, reader.healthyCount]).toEqual([1, 1]);
  });

  it("does not hammer a reader that refuses its antenna", async () => {
    const reader = await pump({ antennas: [4], options: { antennaCount: 1 } }).open(2_000);
    expect(reader.degraded).toEqual([
      { code: "reader-error", detail: "antenna 4: antenna out of range (0x47)" },
    ]);
    expect(reader.sent.length).toBeLessThan(15);
  });

  it("counts a flipped bit and a false start as noise and reads on", async () => {
    const reader = pump();
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    let spoiled = 0;
    reader.line = (bytes) => {
      spoiled += 1;
      const wrong = bytes.slice();
      if (spoiled % 5 === 0) wrong[7] = (wrong[7] ?? 0) ^ 4;
      return spoiled % 7 === 0 ? [{ bytes: join(Uint8Array.of(0xa0, 0xa0), bytes) }] : [{ bytes: wrong }];
    };
    await reader.open(20_000);
    expect(reader.givenUp).toEqual([]);
    expect(epcs(reader)).toEqual([epcHex]);
    expect(reader.observations.length).toBeGreaterThan(50);
    expect(reader.noiseBytes).toBeGreaterThan(100);
  });

  it("flushes a false start when the line is idle", async () => {
    const reader = pump();
    reader.hostHeard = false;
    await reader.open();
    reader.arrive(join(Uint8Array.of(0xa0, 0xa0), answer(0x72, { kind: "firmware", major: 1, minor: 9 })));
    expect(reader.ready).toBe(false);
    await reader.clock.turn(100);
    expect(reader.ready).toBe(true);
    expect(reader.noiseBytes).toBe(2);
  });

  it("never throws and keeps a small rest, whatever arrives", () => {
    const own = fc.constantFrom(0xa0, 0x03, 0x04, 0x13, 0x01, 0x72, 0x74, 0x89, 0x10, 0x22, 0x00);
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(own).map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const reader = pump();
        reader.toHost({ kind: "opened" });
        for (const bytes of chunks) reader.arrive(bytes);
        expect(reader.state.rest.length).toBeLessThan(r2000A0.frameBytesMax);
      }),
    );
  });

  it("answers a command that it cannot carry out", async () => {
    const reader = await pump().open(100);
    reader.command({ id: "c1", device: "r", task: { kind: "tare" } });
    expect(reader.answers).toEqual([
      { kind: "answer", command: "c1", outcome: "failed", fault: "command-unsupported" },
    ]);
  });
});
