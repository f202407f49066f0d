/** MQTT 3.1.1 as bytes, written down for the tests alone, so that broken packets are as easy as good ones. */

export type Quality = 0 | 1 | 2;

export const packetType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

/** A packet as it stands on the wire (section 2.2). */
export function packet(firstByte: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(firstByte), remainingLength(body.length), body]);
}

/** Section 2.2.3. */
export function remainingLength(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push(rest > 127 ? (rest & 0x7f) | 0x80 : rest);
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

export const number = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);

/** A text or bytes behind their length (section 1.5.3). */
export function field(value: string | Uint8Array): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return Buffer.concat([number(bytes.length), bytes]);
}

export interface Will {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos?: Quality;
  readonly retain?: boolean;
}

export interface Connect {
  readonly clientId?: string | Uint8Array;
  readonly clean?: boolean;
  readonly keepaliveSeconds?: number;
  readonly will?: Will;
  readonly username?: string;
  readonly password?: string;
  readonly name?: string;
  readonly level?: number;
  /** Exclusive-or with the connect flags as they should be. */
  readonly flip?: number;
}

export function connect(options: Connect = {}): Buffer {
  const { clientId = "", keepaliveSeconds = 60, will, username, password } = options;
  const flags = connectFlags(options) ^ (options.flip ?? 0);
  return packet(
    packetType.connect << 4,
    field(options.name ?? "MQTT"),
    Uint8Array.of(options.level ?? 4, flags),
    number(keepaliveSeconds),
    field(clientId),
    ...(will === undefined ? [] : [field(will.topic), field(will.payload)]),
    ...(username === undefined ? [] : [field(username)]),
    ...(password === undefined ? [] : [field(password)]),
  );
}

function connectFlags({ clean = true, will, username, password }: Connect): number {
  const ofWill = will === undefined ? 0 : 4 | ((will.qos ?? 0) << 3) | (will.retain ? 0x20 : 0);
  return (clean ? 2 : 0) | ofWill | (password === undefined ? 0 : 0x40) | (username === undefined ? 0 : 0x80);
}

export interface Publish {
  readonly topic: string;
  readonly payload?: string | Uint8Array;
  readonly qos?: Quality;
  readonly retain?: boolean;
  readonly duplicate?: boolean;
  readonly id?: number;
}

export function publish({ topic, payload = "", qos = 0, retain, duplicate, id = 1 }: Publish): Buffer {
  const flags = (duplicate ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
  const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
  const identifier = qos > 0 ? [number(id)] : [];
  return packet((packetType.publish << 4) | flags, field(topic), ...identifier, bytes);
}

export function subscribe(
  id: number,
  ...wanted: readonly (readonly [filter: string, qos: number])[]
): Buffer {
  const pairs = wanted.map(([filter, qos]) => Buffer.concat([field(filter), Uint8Array.of(qos)]));
  return packet((packetType.subscribe << 4) | 2, number(id), ...pairs);
}

export const unsubscribe = (id: number, ...filters: readonly string[]): Buffer =>
  packet((packetType.unsubscribe << 4) | 2, number(id), ...filters.map(field));

export const puback = (id: number): Buffer => packet(packetType.puback << 4, number(id));
export const pubrec = (id: number): Buffer => packet(packetType.pubrec << 4, number(id));
export const pubrel = (id: number): Buffer => packet((packetType.pubrel << 4) | 2, number(id));
export const pubcomp = (id: number): Buffer => packet(packetType.pubcomp << 4, number(id));
export const pingreq = (): Buffer => packet(packetType.pingreq << 4);
export const disconnect = (): Buffer => packet(packetType.disconnect << 4);

/** What a broker sent. */
export interface Received {
  readonly type: number;
  readonly flags: number;
  readonly body: Buffer;
}

export interface ReceivedPublish {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly duplicate: boolean;
  readonly id: number | undefined;
}

export function readPublish({ type, flags, body }: Received): ReceivedPublish {
  if (type !== packetType.publish) throw new Error(`a PUBLISH was expected, not type ${type}`);
  const qos = (flags >> 1) & 3;
  const topicEnd = 2 + body.readUInt16BE(0);
  return {
    topic: body.toString("utf8", 2, topicEnd),
    payload: body.toString("utf8", topicEnd + (qos > 0 ? 2 : 0)),
    qos,
    retain: (flags & 1) !== 0,
    duplicate: (flags & 8) !== 0,
    id: qos > 0 ? body.readUInt16BE(topicEnd) : undefined,
  };
}

/** Takes whole packets out of a broker's bytes; the rest stays for the next time. */
export function splitPackets(bytes: Buffer): {
  readonly packets: readonly Received[];
  readonly rest: Buffer;
} {
  const packets: Received[] = [];
  let at = 0;
  for (;;) {
    const found = packetAt(bytes, at);
    if (found === undefined) return { packets, rest: bytes.subarray(at) };
    packets.push(found.received);
    at = found.end;
  }
}

function packetAt(bytes: Buffer, at: number): { received: Received; end: number } | undefined {
  let length = 0;
  for (let index = 0; index < 4; index += 1) {
    const byte = bytes[at + 1 + index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** index;
    if ((byte & 0x80) !== 0) continue;
    const start = at + 2 + index;
    if (start + length > bytes.length) return undefined;
    const firstByte = bytes[at] ?? 0;
    const body = bytes.subarray(start, start + length);
    return { received: { type: firstByte >> 4, flags: firstByte & 0x0f, body }, end: start + length };
  }
  throw new Error("a remaining length of more than four bytes");
}
