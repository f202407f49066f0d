import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acknowledgement,
  type LongPublish,
  PacketGate,
  readLongPublish,
  type WholePacket,
} from "../../gateway/broker/packet-gate.ts";

const limits = { publishBytesMax: 200, otherPacketBytesMax: 100 };

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
  const gate = new PacketGate(limits);
  const places = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].toSorted((a, b) => a - b);
  const steps: (WholePacket | LongPublish)[] = [];
  let from = 0;
  for (const place of [...places, stream.length]) {
    gate.append(stream.subarray(from, place));
    from = place;
    for (let step = gate.next(); step !== "more"; step = gate.next()) {
      if (step === "broken") return undefined;
      steps.push(step);
    }
  }
  return { steps, isAmidPacket: gate.isAmidPacket };
}

const hexOf = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString("hex");
/** Bytes that look like packets themselves. */
const body = (minLength: number, maxLength: number) =>
  fc
    .array(fc.constantFrom(0x30, 0x32, 0x00, 0x7f, 0x80, 0xff, 0xc0), { minLength, maxLength })
    .map((bytes) => Uint8Array.from(bytes));
const short = fc.oneof(
  fc.tuple(fc.constantFrom(0x30, 0x32), body(0, limits.publishBytesMax)),
  fc.tuple(fc.constantFrom(0x10, 0x82, 0xc0), body(0, limits.otherPacketBytesMax)),
);
const long = fc.tuple(fc.constantFrom(0x30, 0x32, 0x3a), body(limits.publishBytesMax + 1, 700));
const cuts = fc.array(fc.nat(), { maxLength: 12 });
const bytesEqual = (bytes: Uint8Array) =>
  expect.toSatisfy((found: Uint8Array) => hexOf([found]) === hexOf([bytes]));

describe("the gate in front of the store broker", () => {
  it("gives out every packet whole, and swallows what is too long, wherever the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(short, long), { maxLength: 6 }), cuts, (packets, places) => {
        const stream = Buffer.concat(packets.map(([first, bytes]) => packet(first, bytes)));
        const steps = packets.map(([firstByte, bytes]) =>
          bytes.length > limits.publishBytesMax
            ? { kind: "long", firstByte, byteCount: bytes.length, start: bytesEqual(bytes) }
            : {
                kind: "whole",
                firstByte,
                bytes: bytesEqual(packet(firstByte, bytes)),
                body: bytesEqual(bytes),
              },
        );
        expect(through(stream, places)).toEqual({ steps, isAmidPacket: false });
      }),
    );
  });

  it("does the same at every single place where a stream can be cut", () => {
    const ping = packet(0xc0, new Uint8Array());
    const message = new Uint8Array(limits.publishBytesMax + 1);
    const stream = Buffer.concat([ping, packet(0x32, message), ping]);
    for (let place = 0; place <= stream.length; place += 1) {
      expect(through(stream, [place])?.steps).toMatchObject([
        { firstByte: 0xc0 },
        { kind: "long", firstByte: 0x32, byteCount: message.length },
        { firstByte: 0xc0 },
      ]);
    }
  });

  it("knows that a packet has begun", () => {
    const stream = packet(0x32, new Uint8Array(150));
    for (let length = 1; length < stream.length; length += 1) {
      expect(through(stream.subarray(0, length), [])).toEqual({ steps: [], isAmidPacket: true });
    }
  });

  it("cuts off who sends anything else that is too long, or a length that never ends", () => {
    for (const firstByte of [0x10, 0x82, 0xc0, 0x20]) {
      const wanted = packet(firstByte, new Uint8Array(limits.otherPacketBytesMax));
      expect(through(wanted, [])?.steps).toMatchObject([{ kind: "whole" }]);
      const surplus = packet(firstByte, new Uint8Array(limits.otherPacketBytesMax + 1));
      expect(through(surplus, [1, 2, 3])).toBeUndefined();
    }
    expect(through(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01), [2, 4])).toBeUndefined();
  });

  it("takes a packet that comes byte by byte without copying it at each of them", () => {
    const gate = new PacketGate({ ...limits, publishBytesMax: 1_000_000 });
    const stream = packet(0x32, new Uint8Array(300_000).fill(7));
    for (const byte of stream) {
      expect(gate.next()).toBe("more");
      gate.append(Uint8Array.of(byte));
    }
    expect(gate.next()).toMatchObject({ kind: "whole", bytes: bytesEqual(stream) });
  });

  it("keeps only the start of what it swallows", () => {
    const payload = Buffer.alloc(10_000_000, "y");
    const topic = Buffer.from("\0\x03a/b");
    const stream = packet(0x32, Buffer.concat([topic, Uint8Array.of(0x12, 0x34), payload]));
    const gate = new PacketGate(limits);
    const publishes: LongPublish[] = [];
    for (let from = 0; from < stream.length; from += 65_536) {
      gate.append(stream.subarray(from, from + 65_536));
      const step = gate.next();
      if (typeof step !== "string" && step.kind === "long") publishes.push(step);
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
    expect(
      readLongPublish({ kind: "long", firstByte: 0x30, byteCount: bytes.length, start: bytes }),
    ).toMatchObject({
      topic: "a/b",
      qos: 0,
      packetId: 0,
      payloadBytes: 5,
    });
  });
});
