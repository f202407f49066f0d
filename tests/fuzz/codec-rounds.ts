import { lineDecoders, streamCodecs } from "../../protocols/codecs.ts";
import { identityOfScan, identityOfTag } from "../../protocols/gs1/item-identity.ts";
import { fromLatin1, join, toHex, toLatin1 } from "../../protocols/stream/bytes.ts";
import { cut, cutIdle, type Piece } from "../../protocols/stream/cut.ts";
import { ordinaryFrames } from "../protocols/codecs/ordinary-frames.ts";
import { reportRows, vectorRows } from "../protocols/codecs/vectors.ts";
import type { Chance } from "./chance.ts";

const gs = "\u001d";
/** Of the decoders that read no stream: whole messages, from which the mutated ones are made. */
const messages: Readonly<Record<string, readonly Uint8Array[]>> = {
  epc: ["3074257BF7194E4000001A85", "F73795211411234538566CB0AFC4", "36300DD7F5B5C0C1833060C183060000"].map(
    bytesOf,
  ),
  gs1: [
    `]d20104012345123456${gs}21A-1`,
    `]C1010401234512345610LOT/7${gs}3103001250`,
    "]E04006381333931",
    "]Q1https://id.gs1.org/01/04012345123456/21/A1?17=270131",
  ].map(fromLatin1),
  "hid-8d": ["03040BFFA000", "03020C00FF01"].map(bytesOf),
  "serial-scanner": ["]d20104012345123456\r", "REVINF\u0006.", "4006381333931\r\n"].map(fromLatin1),
};

function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

/** Good bytes of a codec: the ordinary ones, and the recorded ones where they are there. */
function seedsOf(name: string): readonly Uint8Array[] {
  const recorded = vectorRows.filter(({ protocol }) => protocol === name).map(({ hex }) => bytesOf(hex));
  const reports = name.startsWith("hid-")
    ? reportRows.map(({ reportsHex }) => join(...reportsHex.map(bytesOf)))
    : [];
  const all = [...(messages[name] ?? []), ...(ordinaryFrames[name] ?? []), ...recorded, ...reports];
  return all.length === 0 ? [Uint8Array.of(0x02, 0x1b, 0x40, 0x10, 0x04, 0x01)] : all;
}
const seeds = new Map(Object.keys(lineDecoders).map((name) => [name, seedsOf(name)]));

/** Every codec that a round goes through. */
export const fuzzedCodecs: readonly string[] = [...seeds.keys()];

const messageBytesMax = 4_096;

/** A message, bent: as noise on the line, another firmware or somebody with intent would send it. */
function bend(bytes: Uint8Array, own: readonly Uint8Array[], chance: Chance): Uint8Array {
  const at = chance.below(bytes.length + 1);
  const other = own[chance.below(own.length)] ?? bytes;
  switch (chance.below(7)) {
    case 0:
      return Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ (1 << chance.below(8)) : byte));
    case 1:
      return Uint8Array.from(bytes, (byte, index) =>
        index === at ? chance.of(0, 1, 0x7f, 0x80, 0xff) : byte,
      );
    case 2:
      return join(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + chance.below(4))));
    case 3:
      return join(
        bytes.subarray(0, at),
        Uint8Array.from(chance.bytes(1 + chance.below(4))),
        bytes.subarray(at),
      );
    case 4:
      return join(bytes.subarray(0, at), other.subarray(chance.below(other.length + 1)));
    case 5:
      return join(...Array.from({ length: 1 + chance.below(12) }, () => bytes.subarray(0, at)));
    default:
      return join(bytes, other);
  }
}

function draw(name: string, chance: Chance): Uint8Array {
  const own = seeds.get(name) ?? [];
  if (chance.oneIn(12)) return Uint8Array.from(chance.bytes(chance.below(64)));
  let bytes = own[chance.below(own.length)] ?? new Uint8Array();
  for (let bends = chance.below(5); bends > 0; bends -= 1) bytes = bend(bytes, own, chance);
  return bytes.subarray(0, messageBytesMax);
}

/**
 * One round of one codec: a stream of bent messages in chunks of chance, and each message by itself. Everything
 * in it follows from `chance`. Throws where a promise of codecs is broken.
 */
export function fuzzCodec(name: string, chance: Chance): void {
  const drawn = Array.from({ length: 1 + chance.below(6) }, () => draw(name, chance));
  for (const bytes of drawn) readWhole(name, bytes, chance);
  if (Object.hasOwn(streamCodecs, name)) readStream(name, join(...drawn), chance);
}

function readWhole(name: string, bytes: Uint8Array, chance: Chance): void {
  const answer = lineDecoders[name]?.(bytes, { relaxed: chance.oneIn(2) });
  if (answer === undefined) throw new Error(`no decoder is called ${name}`);
  if (!answer.ok && (answer.code.length === 0 || answer.error === ""))
    throw new Error("refused without a reason");
  // What is answered must be such that it can be written down.
  JSON.stringify(answer);
  if (name === "gs1") identityOfScan({ text: toLatin1(bytes) });
  if (name === "epc") identityOfTag(toHex(bytes));
}

function readStream(name: string, stream: Uint8Array, chance: Chance): void {
  const codec = streamCodecs[name];
  if (codec === undefined) throw new Error(`no stream codec is called ${name}`);
  let rest: Uint8Array = new Uint8Array();
  const pieces: Piece[] = [];
  for (let from = 0; from < stream.length; ) {
    const to = from + 1 + chance.below(40);
    const step = cut(join(rest, stream.subarray(from, to)), codec.probe, codec.frameBytesMax);
    pieces.push(...step.pieces);
    rest = step.rest;
    if (rest.length >= codec.frameBytesMax) throw new Error("what is left over has no bound");
    if (chance.oneIn(20)) {
      pieces.push(...cutIdle(rest, codec.probe));
      rest = new Uint8Array();
    }
    from = to;
  }
  pieces.push(...cutIdle(rest, codec.probe));
  if (toHex(join(...pieces.map(({ bytes }) => bytes))) !== toHex(stream)) throw new Error("a byte was lost");
  for (const { kind, bytes } of pieces) if (kind === "frame") readFrame(name, bytes);
}

/** What was read is the same when it is written and read once more. */
function readFrame(name: string, bytes: Uint8Array): void {
  const codec = streamCodecs[name];
  const frame = codec?.decode(bytes);
  if (codec === undefined || frame === undefined || !frame.ok) return;
  const again = codec.decode(codec.encode(frame.value));
  if (!again.ok || !sameJson(again.value, frame.value))
    throw new Error(`read, written and read again it is another frame: ${toHex(bytes)}`);
}

const plain = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? String(value) : value instanceof Uint8Array ? toHex(value) : value;
const sameJson = (left: unknown, right: unknown): boolean =>
  JSON.stringify(left, plain) === JSON.stringify(right, plain);
