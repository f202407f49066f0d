import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closePacket, openPacket } from "../../../protocols/codecs/r2000-a0/packet.ts";
import { r2000Requests } from "../../../protocols/codecs/r2000-a0/requests.ts";
import { frequencyMhz, r2000Errors, rssiDbm } from "../../../protocols/codecs/r2000-a0/tables.ts";
import type { R2000Content, R2000Frame } from "../../../protocols/codecs/r2000-a0.ts";
import { describeR2000, r2000A0 } from "../../../protocols/codecs/r2000-a0.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { cutChunks, framesOf } from "../stream/chunks.ts";
import { itIsACodec } from "./codec-properties.ts";
import { hex, rowsOf, vectorStreams, vectorsPresent } from "./vectors.ts";

function contentOf(digits: string): R2000Content {
  const frame = r2000A0.decode(hex(digits));
  if (!frame.ok) throw new Error(frame.error);
  return frame.value.content;
}

describe.skipIf(!vectorsPresent)("r2000-a0 against the vectors", () => {
  // Rows without a direction are the arguments of somebody's checksum function, not frames.
  const rows = rowsOf("r2000-a0");
  const frames = rows.filter((row) => row.dir !== "-");

  it.each(frames.map((row) => [row.id, row] as const))("%s both ways", (_, row) => {
    const frame = r2000A0.decode(hex(row.hex));
    if (!frame.ok) throw new Error(frame.error);
    expect(describeR2000(frame.value)).toEqual(row.decoded);
    expect(toHex(r2000A0.encode(frame.value))).toBe(row.hex);
  });

  it("refuses what is no frame", () => {
    const others = rows.filter((row) => row.dir === "-");
    expect(others).toHaveLength(4);
    for (const row of others)
      expect(r2000A0.decode(hex(row.hex))).toMatchObject({ ok: false, code: "start" });
  });

  const streams = vectorStreams.filter((stream) => stream.protocol === "r2000-a0");
  it("has streams to cut", () => {
    expect(streams).toHaveLength(4);
  });

  it.each(streams.map((stream) => [stream.name, stream] as const))("%s under every chunking", (_, stream) => {
    const all = hex(stream.chunksHex.join(""));
    const cuts = [
      stream.chunksHex.map(hex),
      [all],
      ...Array.from(all, (_byte, at) => [all.subarray(0, at), all.subarray(at)]),
    ];
    cuts.push(Array.from(all, (byte) => Uint8Array.of(byte)));
    for (const chunks of cuts) {
      const pieces = cutChunks(chunks, r2000A0.probe, r2000A0.frameBytesMax);
      expect(framesOf(pieces).map(toHex)).toEqual(stream.expectFrames);
    }
  });
});

describe("what a reader says", () => {
  it("ends a round in the form of older firmware", () => {
    expect(contentOf(toHex(closePacket({ address: 1, command: 0x89, payload: hex("0200000005") })))).toEqual({
      kind: "inventory-end",
      antenna: 2,
      totalReads: 5,
    });
  });

  it("ends a fast-switch round in both forms", () => {
    expect(contentOf("a00a018a0000050000008d39")).toEqual({
      kind: "switch-end",
      totalReads: 5,
      durationMs: 141,
    });
    const wide = closePacket({ address: 1, command: 0x8a, payload: hex("000000050000008d") });
    expect(contentOf(toHex(wide))).toEqual({
      kind: "switch-end",
      totalReads: 5,
      durationMs: 141,
      wide: true,
    });
  });

  it("names a missing antenna and a failed inventory", () => {
    expect(contentOf("a005018a0122ad")).toEqual({ kind: "antenna-failure", antenna: 1, error: 0x22 });
    const failed = closePacket({ address: 1, command: 0x89, payload: hex("31") });
    expect(contentOf(toHex(failed))).toEqual({ kind: "failure", error: 0x31 });
    expect(r2000Errors[0x31]).toBe("inventory failed");
  });

  it("leaves a single byte unread: antenna 0 is not an error", () => {
    expect(contentOf("a004017500e6")).toEqual({ kind: "byte", value: 0 });
  });

  it("has a temperature of either sign, and takes the minus of nothing for no temperature", () => {
    const frame = (payload: string) =>
      toHex(closePacket({ address: 1, command: 0x7b, payload: hex(payload) }));
    expect(contentOf(frame("0117"))).toEqual({ kind: "temperature", celsius: 23 });
    expect(contentOf(frame("0005"))).toEqual({ kind: "temperature", celsius: -5 });
    expect(contentOf(frame("0000"))).toEqual({ kind: "data", payload: "0000" });
  });

  it("has one power for each antenna where they differ", () => {
    const frame = closePacket({ address: 1, command: 0x77, payload: hex("1e1d1e1e") });
    expect(contentOf(toHex(frame))).toEqual({ kind: "powers", powersDbm: [30, 29, 30, 30] });
  });

  it("does not take a payload for a tag when the PC disagrees with its length", () => {
    const frame = closePacket({
      address: 1,
      command: 0x89,
      payload: hex("043000e20030166613012115507445"),
    });
    expect(contentOf(toHex(frame)).kind).toBe("data");
  });
});

describe("what bytes are refused", () => {
  it.each([
    ["", "empty"],
    ["a1030172e9", "start"],
    ["a0", "length"],
    ["a0020172eb", "length"],
    ["a0030172ea00", "length"],
    ["a005017201", "length"],
    ["a0030172eb", "checksum"],
  ])("%s: %s", (digits, code) => {
    expect(r2000A0.decode(hex(digits))).toMatchObject({ ok: false, code });
  });
});

it("has no packet shorter than five bytes, even where the sum is right", () => {
  expect(r2000A0.probe(hex("a002015d"))).toEqual({ kind: "noise", length: 1 });
});

describe("what a driver asks", () => {
  it.each([
    [r2000Requests.reset(1), "a0030170ec"],
    [r2000Requests.getFirmware(1), "a0030172ea"],
    [r2000Requests.setWorkAntenna(1, 0), "a004017400e7"],
    [r2000Requests.getWorkAntenna(1), "a0030175e7"],
    [r2000Requests.setPower(1, 30), "a00401761ec7"],
    [r2000Requests.getPower(1), "a0030177e5"],
    [r2000Requests.getRegion(1), "a0030179e3"],
    [r2000Requests.getTemperature(1), "a003017be1"],
    [r2000Requests.setBeeper(1, 0), "a004017a00e1"],
    [r2000Requests.realTimeInventory(1, 1), "a004018901d1"],
    [r2000Requests.sessionInventory(255, 1, 0, 1), "a006ff8b010001ce"],
    [
      r2000Requests.fastSwitch(
        1,
        [
          { antenna: 0, stay: 1 },
          { antenna: 2, stay: 3 },
        ],
        10,
        5,
      ),
      "a00d018a00010203ff00ff00050ab5",
    ],
  ])("writes request %#", (bytes, expected) => {
    expect(toHex(bytes)).toBe(expected);
    expect(openPacket(bytes).ok).toBe(true);
  });

  it("has four places in a fast-switch round", () => {
    const stays = Array.from({ length: 5 }, (_, antenna) => ({ antenna, stay: 1 }));
    expect(() => r2000Requests.fastSwitch(1, stays, 1)).toThrow("four places");
  });
});

describe("tables", () => {
  it("has the frequencies of the vendor's table", () => {
    expect([0, 6, 7, 35, 43, 53, 59, 60].map(frequencyMhz)).toEqual([
      865,
      868,
      902,
      916,
      920,
      925,
      928,
      undefined,
    ]);
  });

  it("has the RSSI of the vendor's table, without the bit for antennas beyond four", () => {
    expect([0x62, 0x5a, 0x59, 0x45, 0x1f, 0xd3].map(rssiDbm)).toEqual([-31, -39, -41, -61, -99, -47]);
  });
});

const byte = fc.nat({ max: 255 });
const word = fc.nat({ max: 0xffff });
const longWord = fc.nat({ max: 0xffffffff });
const tag: fc.Arbitrary<R2000Content> = fc
  .record({
    frequencyIndex: fc.nat({ max: 63 }),
    antenna: fc.nat({ max: 7 }),
    words: fc.integer({ min: 1, max: 31 }),
    low: fc.nat({ max: 0x7ff }),
    rssi: fc.nat({ max: 127 }),
    phase: fc.option(word, { nil: undefined }),
    fill: byte,
  })
  .map(({ frequencyIndex, antenna, words, low, rssi, phase, fill }) => ({
    kind: "tag",
    frequencyIndex,
    antenna,
    pc: ((words << 11) | low).toString(16).padStart(4, "0"),
    epc: fill
      .toString(16)
      .padStart(2, "0")
      .repeat(words * 2),
    rssiRaw: rssi | (antenna > 3 ? 0x80 : 0),
    ...(phase === undefined ? {} : { phaseRaw: phase }),
  }));
const inventoryEnd = fc.record({
  kind: fc.constant("inventory-end" as const),
  antenna: byte,
  readRatePerSec: word,
  totalReads: longWord,
});
const frameOf = (
  commands: readonly number[],
  content: fc.Arbitrary<R2000Content>,
): fc.Arbitrary<R2000Frame> => fc.record({ address: byte, command: fc.constantFrom(...commands), content });
const anyFrame = fc.oneof(
  frameOf([0x89, 0x8a, 0x8b], tag),
  frameOf([0x89, 0x8b], inventoryEnd),
  frameOf(
    [0x8a],
    fc.record({
      kind: fc.constant("switch-end" as const),
      totalReads: fc.nat({ max: 0xffffff }),
      durationMs: longWord,
    }),
  ),
  frameOf([0x8a], fc.record({ kind: fc.constant("antenna-failure" as const), antenna: byte, error: byte })),
  frameOf([0x70, 0x72, 0x75, 0x77, 0x79, 0x7b], fc.constant({ kind: "bare" as const })),
  frameOf([0x74, 0x75, 0x76, 0x77, 0x7a], fc.record({ kind: fc.constant("byte" as const), value: byte })),
  frameOf([0x72], fc.record({ kind: fc.constant("firmware" as const), major: byte, minor: byte })),
  frameOf(
    [0x7b],
    fc.record({ kind: fc.constant("temperature" as const), celsius: fc.integer({ min: 1, max: 255 }) }),
  ),
  frameOf([0x79], fc.record({ kind: fc.constant("region" as const), region: byte, first: byte, last: byte })),
);

/** A plain sum over 5 bytes and more: a false start may prove right by chance, and then it is a frame by the rules. */
function swallows(noise: Uint8Array, frame: Uint8Array): boolean {
  const all = Uint8Array.from([...noise, ...frame]);
  return Array.from(noise.keys()).some((at) => {
    const end = at + (all[at + 1] ?? 0) + 2;
    return all[at] === 0xa0 && end > noise.length && openPacket(all.subarray(at, end)).ok;
  });
}

itIsACodec({
  codec: r2000A0,
  frame: anyFrame,
  ownBytes: [0xa0, 0x03, 0x04, 0x0a, 0x13, 0x01, 0x89, 0x8a, 0xea],
  swallows,
});
