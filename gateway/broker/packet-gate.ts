import type { Socket } from "node:net";
import { deadLetterBytesMax } from "../dead-letters.ts";

/** A PUBLISH that was too long to be taken, kept as far as people and its acknowledgement need it. */
export interface LongPublish {
  /** The fixed header's first byte: packet type and flags (MQTT 3.1.1 section 2.2). */
  readonly firstByte: number;
  /** Of everything behind the fixed header. */
  readonly byteCount: number;
  /** The first of these bytes. */
  readonly start: Uint8Array;
}

/** What a chunk was: bytes for the broker, and long packets that end in it. */
export interface GatePass {
  readonly passed: Uint8Array;
  readonly swallowed: readonly LongPublish[];
}

interface FixedHeader {
  readonly firstByte: number;
  readonly headerBytes: number;
  readonly remaining: number;
}

const publishType = 3;
const lengthBytesMax = 4;
/** Two lengths of two bytes, the longest topic, and as much of the payload as a dead letter shows. */
const startBytesMax = 2 + 0xffff + 2 + deadLetterBytesMax;
const nothing = new Uint8Array();

/**
 * Follows a client's packets through its bytes, whose lengths are 1 to 4 bytes of 7 bits each, lowest first
 * (MQTT 3.1.1 section 2.2.3). A PUBLISH that announces more than `packetBytesMax` is swallowed: cut off, its
 * client would send it again for ever. Anything else that long is not worth an answer.
 */
export class PacketGate {
  readonly #packetBytesMax: number;
  /** The start of a fixed header that is not whole yet; the broker gets it with the rest. */
  #held: Uint8Array = nothing;
  /** Of the packet that has begun. */
  #remaining = 0;
  #long: LongPublish | undefined;

  constructor(packetBytesMax: number) {
    this.#packetBytesMax = packetBytesMax;
  }

  /** Undefined when the client is to be cut off. */
  pass(chunk: Uint8Array): GatePass | undefined {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const passed: Uint8Array[] = [];
    const swallowed: LongPublish[] = [];
    let offset = 0;
    let passing = 0;
    while (offset < bytes.length) {
      if (this.#remaining > 0) {
        offset += this.#body(bytes.subarray(offset, offset + this.#remaining), swallowed);
        continue;
      }
      if (this.#long !== undefined) {
        this.#long = undefined;
        passing = offset;
      }
      const header = fixedHeader(bytes, offset);
      if (header === "more") break;
      if (header === undefined || !this.#begin(header)) return undefined;
      if (this.#long !== undefined) passed.push(bytes.subarray(passing, offset));
      offset += header.headerBytes;
    }
    if (this.#long === undefined) passed.push(bytes.subarray(passing, offset));
    this.#held = Uint8Array.from(bytes.subarray(offset));
    return { passed: joined(passed), swallowed };
  }

  #begin({ firstByte, remaining }: FixedHeader): boolean {
    this.#remaining = remaining;
    if (remaining <= this.#packetBytesMax) return true;
    this.#long = { firstByte, byteCount: remaining, start: nothing };
    return firstByte >> 4 === publishType;
  }

  #body(bytes: Uint8Array, swallowed: LongPublish[]): number {
    this.#remaining -= bytes.length;
    if (this.#long === undefined) return bytes.length;
    const missing = startBytesMax - this.#long.start.length;
    if (missing > 0) {
      this.#long = { ...this.#long, start: joined([this.#long.start, bytes.subarray(0, missing)]) };
    }
    if (this.#remaining === 0) swallowed.push(this.#long);
    return bytes.length;
  }
}

function fixedHeader(bytes: Uint8Array, offset: number): FixedHeader | "more" | undefined {
  let remaining = 0;
  for (let index = 0; index < lengthBytesMax; index += 1) {
    const byte = bytes[offset + 1 + index];
    if (byte === undefined) return "more";
    remaining += (byte & 0x7f) * 128 ** index;
    if ((byte & 0x80) === 0) return { firstByte: bytes[offset] ?? 0, headerBytes: index + 2, remaining };
  }
  return undefined;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  parts.length === 1 ? (parts[0] ?? nothing) : Buffer.concat(parts);

/** What a swallowed PUBLISH says of itself. */
export interface LongMessage {
  readonly topic: string;
  readonly qos: number;
  readonly packetId: number;
  readonly payloadStart: Uint8Array;
  readonly payloadBytes: number;
}

/** Topic, packet identifier, payload (MQTT 3.1.1 section 3.3); `start` reaches beyond the first two. */
export function readLongPublish({ firstByte, byteCount, start }: LongPublish): LongMessage {
  const view = Buffer.from(start);
  const qos = (firstByte >> 1) & 3;
  const topicEnd = 2 + view.readUInt16BE(0);
  const payloadAt = topicEnd + (qos > 0 ? 2 : 0);
  return {
    topic: view.toString("utf8", 2, topicEnd),
    qos,
    packetId: qos > 0 ? view.readUInt16BE(topicEnd) : 0,
    payloadStart: view.subarray(payloadAt),
    payloadBytes: byteCount - payloadAt,
  };
}

/** PUBACK (MQTT 3.1.1 section 3.4). */
export const acknowledgement = (packetId: number): Uint8Array =>
  Uint8Array.of(0x40, 2, packetId >> 8, packetId & 0xff);

/**
 * Stands between a socket and aedes, which has no limit of its own and would gather up to 256 MiB; it takes
 * its bytes by `read`.
 */
export function guardSocket(
  socket: Socket,
  packetBytesMax: number,
  listener: { refused(): void; swallowed(publish: LongPublish): void },
): void {
  const gate = new PacketGate(packetBytesMax);
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const chunk: unknown = read(size);
    if (!(chunk instanceof Uint8Array)) return chunk;
    const pass = gate.pass(chunk);
    if (pass === undefined) {
      listener.refused();
      socket.destroy();
      return null;
    }
    for (const publish of pass.swallowed) listener.swallowed(publish);
    return pass.passed.length === 0 ? null : pass.passed;
  };
}
