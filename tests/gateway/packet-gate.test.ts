import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acknowledgement,
  type LongPublish,
  PacketGate,
  readLongPublish,
} from "../../gateway/broker/packet-gate.ts";

const packetBytesMax = 200;

/** A packet as it stands on the wire (MQTT 3.1.1 section 2.2). */
function packet(firstByte: number, body: Uint8Array): Uint8Array {
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push(rest > 127 ? (rest & 0x7f) | 0x80 : rest);
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Uint8Array.of(firstByte, ...length), body]);
}

/** What comes out of the gate, however the stream is cut; undefined when it cut the client off. */
function through(stream: Uint8Array, cuts: readonly number[]) {
  const gate = new PacketGate(packetBytesMax);
  const places = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].toSorted((a, b) => a - b);
  const passed: Uint8Array[] = [];
  const swallowed: LongPublish[] = [];
  let from = 0;
  for (const place of [...places, stream.length]) {
    const pass = gate.pass(stream.subarray(from, place));
    if (pass === undefined) return undefined;
    passed.push(pass.passed);
    swallowed.push(...pass.swallowed);
    from = place;
  }
  return { passed: Buffer.concat(passed).toString("hex"), swallowed };
}

const hexOf = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString("hex");
/** Bytes that look like packets themselves. */
const body = (minLength: number, maxLength: number) =>
  fc
    .array(fc.constantFrom(0x30, 0x32, 0x00, 0x7f, 0x80, 0xff, 0xc0), { minLength, maxLength })
    .map((bytes) => Uint8Array.from(bytes));
const short = fc.tuple(fc.constantFrom(0x10, 0x32, 0x82, 0xc0), body(0, packetBytesMax));
const long = fc.tuple(fc.constantFrom(0x30, 0x32, 0x3a), body(packetBytesMax + 1, 700));
const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe("the gate in front of the store broker", () => {
  it("passes everything that is short enough, and swallows what is not, wherever the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(short, long), { maxLength: 6 }), cuts, (packets, places) => {
        const isShort = ([, bytes]: readonly [number, Uint8Array]) => bytes.length <= packetBytesMax;
        const stream = Buffer.concat(packets.map(([first, bytes]) => packet(first, bytes)));
        const expected = packets.filter(isShort).map(([first, bytes]) => packet(first, bytes));
        expect(through(stream, places)).toEqual({
          passed: hexOf(expected),
          swallowed: packets
            .filter((each) => !isShort(each))
            .map(([firstByte, bytes]) => ({
              firstByte,
              byteCount: bytes.length,
              start: expect.toSatisfy((start: Uint8Array) => hexOf([start]) === hexOf([bytes])),
            })),
        });
      }),
    );
  });

  it("does the same at every single place where a stream can be cut", () => {
    const ping = packet(0xc0, new Uint8Array());
    const message = new Uint8Array(packetBytesMax + 1);
    const stream = Buffer.concat([ping, packet(0x32, message), ping]);
    for (let place = 0; place <= stream.length; place += 1) {
      const outcome = through(stream, [place]);
      expect(outcome?.passed).toBe(hexOf([ping, ping]));
      expect(outcome?.swallowed).toMatchObject([{ firstByte: 0x32, byteCount: message.length }]);
    }
  });

  it("cuts off who sends anything else that is too long, or a length that never ends", () => {
    for (const firstByte of [0x10, 0x82, 0xc0, 0x20]) {
      expect(through(packet(firstByte, new Uint8Array(packetBytesMax + 1)), [1, 2, 3])).toBeUndefined();
    }
    expect(through(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01), [2, 4])).toBeUndefined();
    expect(through(packet(0x10, new Uint8Array(packetBytesMax)), [])).toMatchObject({ swallowed: [] });
  });

  it("keeps only the start of what it swallows", () => {
    const gate = new PacketGate(packetBytesMax);
    const payload = Buffer.alloc(10_000_000, "y");
    const topic = Buffer.from("\0\x03a/b");
    const stream = packet(0x32, Buffer.concat([topic, Uint8Array.of(0x12, 0x34), payload]));
    const publishes: LongPublish[] = [];
    for (let from = 0; from < stream.length; from += 65_536) {
      const pass = gate.pass(stream.subarray(from, from + 65_536));
      expect(pass?.passed).toHaveLength(0);
      publishes.push(...(pass?.swallowed ?? []));
    }
    expect(publishes).toHaveLength(1);
    const [publish] = publishes;
    if (publish === undefined) throw new Error("nothing was swallowed");
    expect(publish.start.length).toBeLessThan(70_000);
    const message = readLongPublish(publish);
    expect(message).toMatchObject({ topic: "a/b", qos: 1, packetId: 0x1234, payloadBytes: 10_000_000 });
    expect(Buffer.from(message.payloadStart.subarray(0, 3)).toString()).toBe("yyy");
    expect([...acknowledgement(message.packetId)]).toEqual([0x40, 2, 0x12, 0x34]);
  });

  it("reads a message without acknowledgement, which has no identifier", () => {
    const bytes = Buffer.from("\0\x03a/bhello");
    expect(readLongPublish({ firstByte: 0x30, byteCount: bytes.length, start: bytes })).toMatchObject({
      topic: "a/b",
      qos: 0,
      packetId: 0,
      payloadBytes: 5,
    });
  });
});
