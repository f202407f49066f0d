import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChafonCfSession } from "../../../drivers/families/chafon-cf.ts";
import type { ChafonCfContent } from "../../../protocols/codecs/chafon-cf.ts";
import { chafonCf } from "../../../protocols/codecs/chafon-cf.ts";
import { fromHex, join, toHex } from "../../../protocols/stream/bytes.ts";
import type { ChafonCfOptions } from "../../../simulators/devices/chafon-cf.ts";
import { chafonCfDefaults, createChafonCf } from "../../../simulators/devices/chafon-cf.ts";
import { Pump, splitAt } from "./pump.ts";

const epcHex = "30340789000c0f4000000001";
/** It looks like the head of a frame. */
const trickyEpcHex = "cf00000112cf000001ff";

interface Set {
  readonly settings?: Partial<ConstructorParameters<typeof ChafonCfSession>[0]>;
  readonly options?: Partial<ChafonCfOptions>;
}
const pump = ({ settings = {}, options = {} }: Set = {}) =>
  new Pump(
    new ChafonCfSession({ address: 255, antennas: [1], restMs: 0, ...settings }),
    createChafonCf({ ...chafonCfDefaults, ...options }),
  );
const answer = (command: number, content: ChafonCfContent, address = 0) =>
  chafonCf.encode({ address, command, content });
const reply = (status: number, data = ""): ChafonCfContent => ({ kind: "reply", status, data });
const epcs = (reader: ReturnType<typeof pump>) => [
  ...new Set(reader.observations.map((seen) => (seen.kind === "tag" ? seen.epcHex : seen.kind))),
];
const sentCommands = (reader: ReturnType<typeof pump>) =>
  reader.sent.map((bytes) => toHex(bytes.subarray(2, 4)));

describe("chafon-cf", () => {
  it("stops what was begun, asks for all parameters, and reads second by second", async () => {
    const reader = await pump().open(2_500);
    expect(reader.ready).toBe(true);
    expect(sentCommands(reader)).toEqual(["0002", "0072", "0001", "0001", "0001"]);
    expect(reader.sent.map(toHex).slice(0, 2)).toEqual(["cfff000200e761", "cfff00720017a5"]);
    expect(reader.device.writes).toBe(0);
    expect([reader.noiseBytes, reader.degraded]).toEqual([0, []]);
  });

  it("reads tags with antenna and signal, at every cut of the line", async () => {
    for (let position = 0; position <= 26; position += 1) {
      const reader = pump({ settings: { antennas: [1, 4] } });
      reader.line = splitAt(position);
      reader.stimulate({ kind: "tag-near", epcHex: trickyEpcHex, antenna: 4, rssiDbm: -47 });
      reader.stimulate({ kind: "tag-near", epcHex, antenna: 2 });
      await reader.open(500);
      expect(epcs(reader)).toEqual([trickyEpcHex]);
      expect(reader.observations[0]).toEqual({
        kind: "tag",
        change: "seen",
        epcHex: trickyEpcHex,
        antenna: 4,
        rssiDbm: -47,
      });
      expect(reader.noiseBytes).toBe(0);
    }
  });

  it("writes the parameters only when they are others, and touches no other one", async () => {
    const same = await pump({ settings: { powerDbm: 30, session: 0 } }).open(500);
    expect(same.device.writes).toBe(0);
    const before = pump({ settings: { antennas: [1, 3], powerDbm: 20, session: 2 } });
    const whole = [...(fromHex(before.device.parameters) ?? [])];
    await before.open(500);
    expect(sentCommands(before)).toEqual(["0002", "0072", "0071", "0001"]);
    const after = [...(fromHex(before.device.parameters) ?? [])];
    const changes = after.flatMap((byte, at) => (byte === whole[at] ? [] : [[at, byte]]));
    expect(changes).toEqual([
      [6, 0b101],
      [15, 20],
      [18, 2],
    ]);
  });

  it("goes on when nothing but silence ends a round", async () => {
    const reader = pump({ options: { saysEnd: false } });
    await reader.open(5_000);
    // Without tags there was not a word: the parameters are the sign of life.
    expect(sentCommands(reader)).toEqual([
      "0002",
      "0072",
      "0001",
      "0072",
      "0001",
      "0072",
      "0001",
      "0072",
      "0001",
    ]);
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.clock.turn(60_000);
    expect([epcs(reader), reader.givenUp]).toEqual([[epcHex], []]);
  });

  it("lets the reader rest between its rounds", async () => {
    const reader = await pump({ settings: { restMs: 3_000 } }).open(9_000);
    expect(sentCommands(reader).filter((command) => command === "0001")).toHaveLength(3);
  });

  it("does not take a reply to another command for this one's, however good its CRC is", async () => {
    const reader = pump();
    reader.stimulate({ kind: "flaw", flaw: "foreign-reply", times: 3 });
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.open(1_500);
    expect([epcs(reader), reader.givenUp, reader.degraded]).toEqual([[epcHex], [], []]);
    const quiet = pump();
    quiet.hostHeard = false;
    await quiet.open();
    quiet.arrive(answer(0x0072, reply(0, "00".repeat(25))));
    expect(quiet.state.asked).toBe("stop");
    quiet.arrive(answer(0x0002, reply(0)));
    quiet.arrive(answer(0x0001, reply(0x12)));
    expect(quiet.state.asked).toBe("parameters");
  });

  it.each(["bad-crc", "turned-crc"] as const)("counts a tag with a %s as noise", async (flaw) => {
    const reader = pump();
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    reader.stimulate({ kind: "flaw", flaw, times: 3 });
    await reader.open(1_000);
    expect(reader.noiseBytes).toBeGreaterThan(60);
    expect([epcs(reader), reader.givenUp]).toEqual([[epcHex], []]);
  });

  it("believes no signal that no tag can have", async () => {
    const reader = await pump().open(200);
    const tag = { kind: "tag", status: 0, rssiRaw: 0x7fff, antenna: 0, channel: 1, epc: epcHex } as const;
    reader.arrive(answer(0x0001, tag));
    expect(reader.observations).toEqual([{ kind: "tag", change: "seen", epcHex }]);
  });

  it("reports errors in words, once, and takes them back", async () => {
    const reader = await pump().open(100);
    reader.stimulate({ kind: "fail-next", error: 0x02 });
    await reader.clock.turn(3_000);
    expect(reader.degraded).toEqual([
      { code: "reader-error", detail: "inventory: the module failed (0x02)" },
    ]);
    expect(reader.healthyCount).toBe(1);
  });

  it("says so when the reader tells no parameters, and reads all the same", async () => {
    const reader = pump();
    reader.line = (bytes) => [{ bytes: bytes[3] === 0x72 ? answer(0x0072, reply(1)) : bytes }];
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    await reader.open(500);
    expect(reader.degraded).toEqual([{ code: "reader-error", detail: "parameters: parameter error (0x01)" }]);
    expect(epcs(reader)).toEqual([epcHex]);
  });

  it("greets three times before it gives up, and says so when another address answers", async () => {
    const reader = pump({ settings: { address: 9 } });
    reader.hostHeard = false;
    await reader.open(3_000);
    expect(sentCommands(reader)).toEqual(["0002", "0072", "0072"]);
    expect(reader.givenUp).toEqual([{ code: "handshake-timeout", detail: "no answer to parameters" }]);
    const other = pump({ settings: { address: 9 } });
    await other.open();
    other.arrive(answer(0x0002, reply(0), 4));
    await other.clock.turn(3_000);
    expect(other.givenUp).toEqual([{ code: "wrong-device", detail: "a reader with address 4 answered" }]);
  });

  it("lives through a restart, stops the round at the end, and gives up when the reader falls silent", async () => {
    const session = new ChafonCfSession({ address: 255, antennas: [1], restMs: 0 });
    const reader = await pump().open(500);
    reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    reader.stimulate({ kind: "restart" });
    await reader.clock.turn(3_000);
    expect([epcs(reader), reader.givenUp]).toEqual([[epcHex], []]);
    expect(toHex(session.farewell(reader.state) ?? new Uint8Array())).toBe("cfff000200e761");
    reader.stimulate({ kind: "tag-gone", epcHex });
    reader.hostHeard = false;
    await reader.clock.turn(8_000);
    expect(reader.givenUp).toMatchObject([{ code: "silent" }]);
  });

  it("flushes a false start when the line is idle", async () => {
    const reader = pump();
    reader.hostHeard = false;
    await reader.open();
    reader.arrive(join(Uint8Array.of(0xcf, 0, 0, 1, 0xff), answer(0x0002, reply(0))));
    expect(reader.state.asked).toBe("stop");
    await reader.clock.turn(100);
    expect([reader.state.asked, reader.noiseBytes]).toEqual(["parameters", 5]);
  });

  it("never throws and keeps a small rest, whatever arrives", () => {
    const own = fc.constantFrom(0xcf, 0x00, 0x01, 0x02, 0x12, 0x72, 0xff, 0x0c);
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(own).map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const reader = pump();
        reader.toHost({ kind: "opened" });
        for (const bytes of chunks) reader.arrive(bytes);
        expect(reader.state.rest.length).toBeLessThan(chafonCf.frameBytesMax);
      }),
    );
  });
});
