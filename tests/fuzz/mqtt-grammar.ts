import {
  type Connect,
  connect,
  disconnect,
  number,
  type Publish,
  packet,
  pingreq,
  publish,
  type Quality,
  remainingLength,
  subscribe,
  unsubscribe,
} from "../mqtt/packets.ts";
import type { Chance } from "./chance.ts";

/** What one connection does: pieces of bytes, each as one write, and how it ends. */
export interface Script {
  readonly pieces: readonly Buffer[];
  readonly ending: "reset" | "end" | "stay";
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Packets as a client sends them, bent here and there, and cut into pieces anywhere. */
export function drawScript(chance: Chance, login: Credentials | undefined): Script {
  const packets = [firstPacket(chance, login)];
  for (let count = chance.below(24); count > 0; count -= 1) packets.push(drawPacket(chance));
  const bent = chance.oneIn(4)
    ? packets
    : packets.flatMap((one) => (chance.oneIn(3) ? bend(chance, one) : [one]));
  const stream = Buffer.concat(bent);
  return {
    pieces: cut(chance, chance.oneIn(6) ? scramble(chance, stream) : stream),
    ending: chance.of("reset", "end", "stay"),
  };
}

/** Mostly one that is let in: behind a CONNECT that is refused nothing is ever looked at. */
function firstPacket(chance: Chance, login: Credentials | undefined): Buffer {
  if (chance.oneIn(12)) return drawPacket(chance);
  const options: Connect = {
    clientId: chance.of(
      "",
      `fuzz-${chance.below(8)}`,
      `fuzz-${chance.below(1e9)}`,
      "agent-agent1",
      "x".repeat(300),
    ),
    clean: !chance.oneIn(4),
    keepaliveSeconds: chance.of(0, 1, 60, 65_535),
    ...(chance.oneIn(5) ? { will: drawWill(chance) } : {}),
    ...(login === undefined || chance.oneIn(10) ? {} : login),
    ...(chance.oneIn(10) ? { level: chance.of(0, 3, 5, 6, 132) } : {}),
    ...(chance.oneIn(10) ? { flip: 1 << chance.below(8) } : {}),
  };
  const bytes = connect(options);
  return chance.oneIn(8) ? Buffer.concat(bend(chance, bytes)) : bytes;
}

const drawWill = (chance: Chance) => ({
  topic: drawTopic(chance),
  payload: drawPayload(chance).subarray(0, 60_000),
  qos: chance.of<Quality>(0, 1, 2),
  retain: chance.oneIn(2),
});

type Draw = (chance: Chance) => Buffer;

const drawPublish: Draw = (chance) => {
  const message: Publish = {
    topic: drawTopic(chance),
    payload: drawPayload(chance),
    qos: chance.of<Quality>(0, 1, 1, 2),
    retain: chance.oneIn(5),
    duplicate: chance.oneIn(8),
    id: drawIdentifier(chance),
  };
  return publish(message);
};

const kinds: readonly [Draw, ...Draw[]] = [
  drawPublish,
  drawPublish,
  drawPublish,
  (chance) =>
    subscribe(
      drawIdentifier(chance),
      ...Array.from({ length: chance.below(4) }, () => [drawFilter(chance), chance.below(4)] as const),
    ),
  (chance) =>
    unsubscribe(drawIdentifier(chance), ...Array.from({ length: chance.below(4) }, () => drawFilter(chance))),
  // PUBACK, PUBREC, PUBREL, PUBCOMP.
  (chance) => packet(chance.of(0x40, 0x50, 0x62, 0x70), number(drawIdentifier(chance))),
  pingreq,
  pingreq,
  (chance) => (chance.oneIn(4) ? disconnect() : pingreq()),
  (chance) => (chance.oneIn(4) ? connect({ clientId: "again" }) : pingreq()),
  (chance) => packet(chance.below(256), chance.bytes(chance.below(12))),
];

const drawPacket: Draw = (chance) => chance.of(...kinds)(chance);

const drawIdentifier = (chance: Chance): number => chance.of(chance.below(5), chance.below(65_536));

const drawTopic = (chance: Chance): string =>
  chance.of(
    "local/v1/agent2/reading",
    "local/v1/agent2/reading",
    "local/v1/agent1/reading",
    "local/v1/agent2/cmd/print",
    "$SYS/x/new/clients",
    "$SYS/x/heartbeat",
    "a/b",
    "/",
    "",
    "a/#",
    "ü/€/😀",
    "nul\0",
    "l/".repeat(chance.below(200)),
    "t".repeat(chance.below(5_000)),
  );

const drawFilter = (chance: Chance): string =>
  chance.of(
    "local/v1/agent2/cmd/#",
    "#",
    "+",
    "+/+",
    "$SYS/#",
    "a#",
    "#/a",
    "a/+/b",
    "",
    "local/v1/+/cmd/#",
    "f/".repeat(120),
  );

function drawPayload(chance: Chance): Buffer {
  const draw = chance.of<Draw>(
    () => Buffer.from(JSON.stringify([drawReading(chance)])),
    () => Buffer.from(JSON.stringify(Array.from({ length: chance.below(300) }, () => drawReading(chance)))),
    () => bendText(chance, JSON.stringify([drawReading(chance), drawReading(chance)])),
    () => chance.bytes(chance.below(200)),
    () => Buffer.from(chance.of("", "[", "[]", "{}", "null", "[null]", "[[[[]]]]", '"', "1e999", "[{}]")),
    () => nested(chance.below(chance.of(20, 100_000))),
    // Names that mean something to a broker's inside.
    () => Buffer.from(chance.of("agent-agent1", "user-agent1/agent-agent1", "fuzz-1", "__proto__")),
    () =>
      Buffer.alloc(
        chance.oneIn(10) ? chance.below(400_000) : chance.below(4_000),
        chance.of("x", "\0", '"', "\\"),
      ),
  );
  return draw(chance);
}

const nested = (depth: number): Buffer => Buffer.from("[".repeat(depth) + "]".repeat(depth));

/** Of the other agent: the honest one's are its own. */
function drawReading(chance: Chance): Record<string, unknown> {
  const hex = chance.bytes(6).toString("hex");
  const reading: Record<string, unknown> = {
    id: `01900000-0000-7000-8000-${hex}`,
    agent: "agent2",
    epoch: `epoch${chance.below(4)}`,
    sequence: chance.below(1_000) + 1,
    device: `fuzz-${chance.below(20)}`,
    readPoint: chance.of("desk", "kiosk", "nowhere"),
    at: {
      wallMs: chance.below(2e12),
      monotonicMs: chance.below(1e9),
      boot: "b",
      clock: chance.of("synced", "estimated"),
    },
    observation: chance.of<unknown>(
      { kind: "scan", text: "4006381333931", bytesHex: "34" },
      { kind: "tag", change: chance.of("arrived", "departed"), epcHex: chance.bytes(12).toString("hex") },
      { kind: "weight", value: "1.250", unit: "kg", stable: true },
      { kind: "health", state: "faulted", fault: "silent", noiseBytes: 1, droppedReadings: 0 },
      { kind: "answer", command: "c", outcome: "done" },
      { kind: "printer", online: true, paper: "ok", cover: "closed", error: false },
      { kind: chance.of("scan", "constructor", "__proto__") },
    ),
  };
  if (chance.oneIn(6)) {
    const field = chance.of("id", "agent", "sequence", "at", "observation", "__proto__", "device");
    reading[field] = chance.of<unknown>(null, -1, 1e308, "x".repeat(500), [], {}, "toString");
  }
  return reading;
}

function bendText(chance: Chance, text: string): Buffer {
  const bytes = Buffer.from(text);
  for (let count = 1 + chance.below(4); count > 0; count -= 1) {
    bytes[chance.below(bytes.length)] = chance.of(
      0x22,
      0x7b,
      0x5b,
      0x2c,
      0x00,
      0xff,
      0x5c,
      chance.below(256),
    );
  }
  return bytes;
}

type Bend = (chance: Chance, bytes: Buffer) => readonly Buffer[];

/** Ways in which one packet goes wrong. */
const bends: readonly [Bend, ...Bend[]] = [
  (chance, bytes) => [flipped(chance, bytes)],
  // Another type or other flags over the same body; the first byte stays one that a parser enters.
  (chance, bytes) => [
    Buffer.concat([
      Uint8Array.of(chance.below(16) * 16 + chance.of(0, 2, chance.below(16))),
      bytes.subarray(1),
    ]),
  ],
  // A remaining length that is too long, too short, or in more bytes than it needs.
  (chance, bytes) => [
    relengthened(bytes, remainingLength(chance.of(0, 1, chance.below(200), chance.below(300_000)))),
  ],
  (_chance, bytes) => [relengthened(bytes, Uint8Array.of(0x80, 0x80, 0x80, 0x01))],
  (_chance, bytes) => [relengthened(bytes, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f))],
  (_chance, bytes) => [relengthened(bytes, Uint8Array.of((bytes[1] ?? 0) | 0x80, 0))],
  (chance, bytes) => [bytes.subarray(0, chance.below(bytes.length))],
  (_chance, bytes) => [bytes, bytes],
  (chance, bytes) => [bytes, chance.bytes(1 + chance.below(8))],
];

const bend: Bend = (chance, bytes) => (bytes.length < 2 ? [bytes] : chance.of(...bends)(chance, bytes));

const relengthened = (bytes: Buffer, length: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, 1), length, bytes.subarray(2)]);

function flipped(chance: Chance, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let count = 1 + chance.below(3); count > 0; count -= 1) {
    const at = chance.below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << chance.below(8));
  }
  return copy;
}

/** Parts of the stream change places, come twice or not at all. */
function scramble(chance: Chance, stream: Buffer): Buffer {
  const [one, other] = [chance.below(stream.length + 1), chance.below(stream.length + 1)];
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  const part = stream.subarray(from, to);
  return chance.of(
    Buffer.concat([stream.subarray(0, from), stream.subarray(to)]),
    Buffer.concat([stream.subarray(0, to), part, stream.subarray(to)]),
    Buffer.concat([stream.subarray(0, from), stream.subarray(to), part]),
    Buffer.concat([stream.subarray(0, from), chance.bytes(part.length % 1_000), stream.subarray(to)]),
  );
}

/** In one piece, in a few, or byte by byte at its beginning. */
function cut(chance: Chance, stream: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  const byteByByte = chance.oneIn(8) ? Math.min(40, stream.length) : 0;
  for (; at < byteByByte; at += 1) pieces.push(stream.subarray(at, at + 1));
  while (at < stream.length) {
    const length = 1 + chance.below(chance.of(16, 300, 20_000, stream.length));
    pieces.push(stream.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
