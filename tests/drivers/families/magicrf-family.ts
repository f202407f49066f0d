import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { M100Session } from "../../../drivers/families/m100-bb.ts";
import { R200Session } from "../../../drivers/families/r200-aa.ts";
import { m100Bb } from "../../../protocols/codecs/m100-bb.ts";
import type { MagicrfContent } from "../../../protocols/codecs/magicrf/content.ts";
import { r200Aa } from "../../../protocols/codecs/r200-aa.ts";
import { join, toHex } from "../../../protocols/stream/bytes.ts";
import { createM100, m100Defaults } from "../../../simulators/devices/m100-bb.ts";
import type { MagicrfOptions } from "../../../simulators/devices/parts/magicrf.ts";
import { createR200, r200Defaults } from "../../../simulators/devices/r200-aa.ts";
import { Pump, splitAt } from "./pump.ts";

const families = {
  "m100-bb": {
    session: M100Session,
    create: createM100,
    defaults: m100Defaults,
    codec: m100Bb,
    other: r200Aa,
  },
  "r200-aa": {
    session: R200Session,
    create: createR200,
    defaults: r200Defaults,
    codec: r200Aa,
    other: m100Bb,
  },
} as const;

const epcHex = "30340789000c0f4000000001";
/** All marks of both firmwares inside of an EPC. */
const trickyEpcHex = "7ebbddaa7ebbddaabb01ff00";

interface Set {
  readonly settings?: Partial<ConstructorParameters<typeof M100Session>[0]>;
  readonly options?: Partial<MagicrfOptions>;
}

/** What is true of both firmwares, which differ in the first and last byte of their frames alone. */
export function itDrivesMagicrf(name: keyof typeof families): void {
  const { session: Session, create, defaults, codec, other } = families[name];
  const pump = ({ settings = {}, options = {} }: Set = {}) =>
    new Pump(new Session({ restMs: 0, ...settings }), create({ ...defaults, ...options }));
  const answer = (command: number, content: MagicrfContent) =>
    codec.encode({ type: "response", command, content });
  const epcs = (reader: ReturnType<typeof pump>) => [
    ...new Set(reader.observations.map((seen) => (seen.kind === "tag" ? seen.epcHex : seen.kind))),
  ];
  const sentCommands = (reader: ReturnType<typeof pump>) =>
    reader.sent.map((bytes) => toHex(bytes.subarray(2, 3)));

  describe(name, () => {
    it("stops what was begun, asks who is there, and polls", async () => {
      const reader = await pump().open(500);
      expect(reader.ready).toBe(true);
      expect(sentCommands(reader)).toEqual(["28", "03", "27"]);
      expect(reader.sent.map((bytes) => toHex(bytes.subarray(1, -1)))[2]).toBe("0027000322ffff4a");
      expect([reader.noiseBytes, reader.degraded]).toEqual([0, []]);
    });

    it("reads tags whose EPC has all marks of both firmwares, at every cut of the line", async () => {
      for (let position = 0; position <= 25; position += 1) {
        const reader = pump();
        reader.line = splitAt(position);
        reader.stimulate({ kind: "tag-near", epcHex: trickyEpcHex, antenna: 1, rssiDbm: -47 });
        await reader.open(500);
        expect(epcs(reader)).toEqual([trickyEpcHex]);
        expect(reader.observations.length).toBeGreaterThan(5);
        expect(reader.observations[0]).toEqual({
          kind: "tag",
          change: "seen",
          epcHex: trickyEpcHex,
          rssiDbm: -47,
        });
        expect(reader.noiseBytes).toBe(0);
      }
    });

    it("takes the flood of empty rounds for signs of life, and says nothing of them", async () => {
      const reader = await pump().open(60_000);
      expect(sentCommands(reader)).toEqual(["28", "03", "27"]);
      expect([reader.observations, reader.degraded, reader.givenUp, reader.healthyCount]).toEqual([
        [],
        [],
        [],
        0,
      ]);
    });

    it("begins the multi-poll anew when it ended by itself", async () => {
      const reader = await pump().open(500);
      reader.stimulate({ kind: "flaw", flaw: "poll-ends", times: 1 });
      await reader.clock.turn(1_000);
      expect(sentCommands(reader)).toEqual(["28", "03", "27", "27"]);
      reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
      await reader.clock.turn(100);
      expect(epcs(reader)).toEqual([epcHex]);
      expect(reader.givenUp).toEqual([]);
    });

    it("lets the module rest between short polls", async () => {
      const reader = await pump({ settings: { restMs: 2_000 } }).open(10_000);
      expect(reader.sent.map(toHex).filter((hex) => hex.slice(4, 6) === "27")[0]).toContain("22000a");
      const polls = sentCommands(reader).filter((command) => command === "27").length;
      expect(polls).toBeGreaterThan(3);
      expect(polls).toBeLessThan(6);
    });

    it("takes no tag whose own CRC is wrong, though the frame's sum is right", async () => {
      const reader = pump();
      reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
      reader.stimulate({ kind: "flaw", flaw: "bad-tag-crc", times: 1_000 });
      await reader.open(1_000);
      expect(reader.observations).toEqual([]);
      expect(reader.noiseBytes).toBeGreaterThan(24);
      reader.stimulate({ kind: "flaw", flaw: "bad-tag-crc", times: 0 });
      await reader.clock.turn(100);
      expect(epcs(reader)).toEqual([epcHex]);
    });

    it("writes a setting only when it is another, because each writing wears the flash", async () => {
      const settings = { powerDbm: 26, regionCode: 1, session: 0, target: "a" } as const;
      const same = await pump({ settings }).open(500);
      expect([same.device.writes, sentCommands(same)]).toEqual([0, ["28", "03", "b7", "08", "0d", "27"]]);
      const others = { powerDbm: 20, regionCode: 3, session: 1, target: "b" } as const;
      const changed = await pump({ settings: others }).open(500);
      expect(sentCommands(changed)).toEqual(["28", "03", "b7", "b6", "08", "07", "0d", "0e", "27"]);
      expect([...changed.device.settings.values()]).toEqual(["07d0", "03", "11a0"]);
      expect(changed.degraded).toEqual([]);
    });

    it("says what the module refuses, and reads all the same", async () => {
      const reader = pump({ settings: { powerDbm: 30 } });
      reader.line = (bytes) =>
        bytes[2] === 0xb6 ? [{ bytes: answer(0xff, { kind: "failure", error: 0x17 }) }] : [{ bytes }];
      reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
      await reader.open(500);
      expect(reader.degraded).toEqual([{ code: "reader-error", detail: "power: invalid command (0x17)" }]);
      expect(epcs(reader)).toEqual([epcHex]);
    });

    it("reports a failed inventory in words, once, and takes it back", async () => {
      const reader = pump();
      reader.stimulate({ kind: "fail-next", error: 0x20 });
      await reader.open(1_000);
      expect(reader.degraded).toEqual([
        { code: "reader-error", detail: "inventory: frequency hopping failed: no free channel (0x20)" },
      ]);
      expect(reader.healthyCount).toBe(1);
    });

    it("greets three times, the other firmware once, and gives up", async () => {
      const reader = pump();
      reader.hostHeard = false;
      await reader.open(3_999);
      expect(sentCommands(reader)).toEqual(["28", "03", "03", "03"]);
      expect(new Set(reader.sent.map(([head]) => head)).size).toBe(2);
      await reader.clock.turn(1);
      expect(reader.givenUp).toEqual([{ code: "handshake-timeout", detail: "no answer to information" }]);
    });

    it("says so when the other firmware is on the board", async () => {
      const reader = await pump({ options: { firmware: name === "m100-bb" ? "aa" : "bb" } }).open(4_001);
      expect(reader.ready).toBe(false);
      expect(reader.givenUp).toMatchObject([{ code: "wrong-device" }]);
      expect(reader.givenUp[0]?.detail).toContain(`its driver is ${other.name}`);
    });

    it("does not take a late answer to another command for this one's", async () => {
      const reader = pump({ settings: { powerDbm: 20 } });
      reader.hostHeard = false;
      await reader.open();
      reader.arrive(answer(0x03, { kind: "text", item: 0, text: "M100" }));
      expect(reader.state.asked).toBe("stop");
      reader.arrive(answer(0x28, { kind: "data", parameter: "00" }));
      reader.arrive(answer(0xb7, { kind: "power", centiDbm: 2_000 }));
      expect(reader.state.asked).toBe("information");
      reader.arrive(answer(0x03, { kind: "text", item: 0, text: "M100" }));
      reader.arrive(answer(0x03, { kind: "text", item: 0, text: "M100" }));
      // What a poll that was stopped still had to say.
      reader.arrive(answer(0xff, { kind: "failure", error: 0x15 }));
      expect(reader.state.asked).toBe("power");
    });

    it("does not take the echo of its own question for the answer", async () => {
      const reader = pump({ settings: { powerDbm: 20 } });
      reader.hostHeard = false;
      await reader.open();
      for (const bytes of reader.sent.slice()) reader.arrive(bytes);
      expect(reader.state.asked).toBe("stop");
    });

    it("hears no tags of a poll that somebody else began, until it has greeted", async () => {
      const reader = pump();
      reader.hostHeard = false;
      await reader.open();
      const tag = {
        kind: "tag",
        rssiDbm: -55,
        pc: "3400",
        epc: "30751feb705c5904e3d50d70",
        tagCrc: "3a76",
      } as const;
      const seen = codec.encode({ type: "notification", command: 0x22, content: tag });
      reader.arrive(seen);
      expect(reader.observations).toEqual([]);
      reader.arrive(answer(0x28, { kind: "data", parameter: "00" }));
      reader.arrive(answer(0x03, { kind: "text", item: 0, text: "M100" }));
      reader.arrive(seen);
      expect(epcs(reader)).toEqual(["30751feb705c5904e3d50d70"]);
    });

    it("gives up when a module that worked falls silent, and lives through a restart", async () => {
      const reader = await pump().open(500);
      reader.stimulate({ kind: "restart" });
      reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
      await reader.clock.turn(2_500);
      expect(epcs(reader)).toEqual([epcHex]);
      reader.stimulate({ kind: "flaw", flaw: "round-silent", times: 1_000 });
      await reader.clock.turn(3_400);
      expect(reader.givenUp).toEqual([{ code: "silent", detail: "no answer to inventory" }]);
    });

    it("stops the poll when the connection ends", async () => {
      const session = new Session({ restMs: 0 });
      const reader = new Pump(session, create(defaults));
      expect(session.farewell(reader.state)).toBe(undefined);
      await reader.open(100);
      expect(session.farewell(reader.state)?.[2]).toBe(0x28);
    });

    it("counts a flipped bit and a false start as noise and reads on", async () => {
      const reader = pump();
      reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
      let spoiled = 0;
      reader.line = (bytes) => {
        spoiled += 1;
        const wrong = bytes.slice();
        if (spoiled % 5 === 0) wrong[7] = (wrong[7] ?? 0) ^ 4;
        const head = Uint8Array.of(bytes[0] ?? 0, 2, 0x22, 0, 0x40);
        return spoiled % 7 === 0 ? [{ bytes: join(head, bytes) }] : [{ bytes: wrong }];
      };
      await reader.open(20_000);
      expect(reader.givenUp).toEqual([]);
      expect(epcs(reader)).toEqual([epcHex]);
      expect(reader.observations.length).toBeGreaterThan(50);
      expect(reader.noiseBytes).toBeGreaterThan(100);
    });

    it("never throws and keeps a small rest, whatever arrives", () => {
      const own = fc.constantFrom(0xbb, 0xaa, 0x7e, 0xdd, 0x00, 0x01, 0x02, 0x22, 0x28, 0xff, 0x15);
      const chunk = fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.array(own).map((bytes) => Uint8Array.from(bytes)),
      );
      fc.assert(
        fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
          const reader = pump();
          reader.toHost({ kind: "opened" });
          for (const bytes of chunks) reader.arrive(bytes);
          expect(reader.state.rest.length).toBeLessThan(codec.frameBytesMax);
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
}
