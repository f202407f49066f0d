import { deadLetterBytesMax } from "../dead-letters.ts";

/** A control packet with its fixed header. */
export interface WholePacket {
  readonly kind: "whole";
  /** Packet type and flags (MQTT 3.1.1 section 2.2). */
  readonly firstByte: number;
  readonly bytes: Uint8Array;
  /** Everything behind the fixed header. */
  readonly body: Uint8Array;
}

/** A PUBLISH that was too long to be taken, kept as far as people and its acknowledgement need it. */
export interface LongPublish {
  readonly kind: "long";
  readonly firstByte: number;
  /** Of everything behind the fixed header. */
  readonly byteCount: number;
  /** The first of these bytes. */
  readonly start: Uint8Array;
}

/** `more`: the packet is not whole yet. `broken`: what comes is no packet that could be taken. */
export type GateStep = WholePacket | LongPublish | "more" | "broken";

export interface GateLimits {
  readonly publishBytesMax: number;
  readonly otherPacketBytesMax: number;
}

interface FixedHeader {
  readonly firstByte: number;
  readonly headerBytes: number;
  readonly remaining: number;
}

const publishType = 3;
/** MQTT 3.1.1 section 2.2.3: the remaining length has four bytes at most. */
const lengthBytesMax = 4;
/** Two lengths of two bytes, the longest topic, and as much of the payload as a dead letter shows. */
const startBytesMax = 2 + 0xffff + 2 + deadLetterBytesMax;
const nothing = new Uint8Array();

/**
 * Takes a client's packets out of its bytes, whose lengths are 1 to 4 bytes of 7 bits each, lowest first
 * (MQTT 3.1.1 section 2.2.3). A PUBLISH that announces too much is swallowed: cut off, its client would send
 * it again for ever. Anything else that long is not worth an answer.
 */
export class PacketGate {
  readonly #limits: GateLimits;
  #buffer: Uint8Array = nothing;
  #start = 0;
  #end = 0;
  /** Whether `#buffer` is ours to write behind `#end`, or a chunk as it came. */
  #owned = false;
  #long: LongPublish | undefined;
  /** Of the long one, what has not come yet. */
  #longRemaining = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  /** Whether a packet has begun and not ended. */
  get isAmidPacket(): boolean {
    return this.#end > this.#start || this.#long !== undefined;
  }

  /** Of the packet that has begun. */
  get firstByte(): number | undefined {
    return this.#long?.firstByte ?? (this.#end > this.#start ? this.#buffer[this.#start] : undefined);
  }

  append(chunk: Uint8Array): void {
    const held = this.#end - this.#start;
    if (held === 0) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.#end + chunk.length > this.#buffer.length) {
      // Doubled, so that a packet which comes byte by byte is not copied at each of them.
      const larger = new Uint8Array(2 * (held + chunk.length));
      larger.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = larger;
      this.#start = 0;
      this.#end = held;
      this.#owned = true;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  next(): GateStep {
    if (this.#long !== undefined) return this.#swallow(this.#long);
    const header = fixedHeader(this.#buffer.subarray(this.#start, this.#end));
    if (typeof header === "string") return header;
    const { firstByte, headerBytes, remaining } = header;
    const isPublish = firstByte >> 4 === publishType;
    const { publishBytesMax, otherPacketBytesMax } = this.#limits;
    if (remaining > (isPublish ? publishBytesMax : otherPacketBytesMax)) {
      if (!isPublish) return "broken";
      this.#start += headerBytes;
      this.#long = { kind: "long", firstByte, byteCount: remaining, start: nothing };
      this.#longRemaining = remaining;
      return this.#swallow(this.#long);
    }
    const packetEnd = this.#start + headerBytes + remaining;
    if (packetEnd > this.#end) return "more";
    const bytes = this.#buffer.subarray(this.#start, packetEnd);
    this.#start = packetEnd;
    return { kind: "whole", firstByte, bytes, body: bytes.subarray(headerBytes) };
  }

  #swallow(long: LongPublish): GateStep {
    const come = Math.min(this.#longRemaining, this.#end - this.#start);
    const bytes = this.#buffer.subarray(this.#start, this.#start + come);
    this.#start += come;
    this.#longRemaining -= come;
    const missing = startBytesMax - long.start.length;
    const start =
      missing > 0 && come > 0 ? Buffer.concat([long.start, bytes.subarray(0, missing)]) : long.start;
    const grown: LongPublish = { ...long, start };
    this.#long = this.#longRemaining > 0 ? grown : undefined;
    return this.#long === undefined ? grown : "more";
  }
}

function fixedHeader(bytes: Uint8Array): FixedHeader | "more" | "broken" {
  let remaining = 0;
  for (let index = 0; index < lengthBytesMax; index += 1) {
    const byte = bytes[1 + index];
    if (byte === undefined) return "more";
    remaining += (byte & 0x7f) * 128 ** index;
    if ((byte & 0x80) === 0) return { firstByte: bytes[0] ?? 0, headerBytes: index + 2, remaining };
  }
  return "broken";
}

/** What a PUBLISH that is put aside unread says of itself. */
export interface LongMessage {
  readonly topic: string;
  readonly qos: number;
  readonly packetId: number;
  readonly payloadStart: Uint8Array;
  readonly payloadBytes: number;
}

/** Topic, packet identifier, payload (MQTT 3.1.1 section 3.3); `start` reaches beyond the first two. */
export function readLongPublish({ firstByte, byteCount, start }: LongPublish): LongMessage {
  const view = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
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
