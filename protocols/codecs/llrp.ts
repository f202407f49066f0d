import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import type { Probe } from "../stream/cut.ts";
import type { LlrpParameter } from "./llrp/content.ts";
import { readParameters, writeParameter } from "./llrp/content.ts";
import type { LlrpFields } from "./llrp/fields.ts";
import { readFields, writeFields } from "./llrp/fields.ts";
import { messagesByName, messagesByType } from "./llrp/messages.ts";
import type { Reader, Writer } from "./llrp/octets.ts";
import { numberOf2, numberOf4, writeWhole } from "./llrp/octets.ts";

/*
 * LLRP 1.0.1 and 1.1, section 17.1 (binary encoding):
 *
 *   0 (3 bits) | Version (3) | Type (10) | Length (4), of all bytes | Message ID (4) | Fields | Parameters
 */
export interface LlrpMessage {
  /** 1 is LLRP 1.0.1, 2 is LLRP 1.1. */
  readonly version: number;
  readonly name: string;
  readonly id: number;
  readonly fields: LlrpFields;
  readonly parameters: readonly LlrpParameter[];
}

const headBytes = 10;
/** A report of 65,535 tags would be larger; readers send theirs long before, and memory is not theirs to claim. */
const messageBytesMax = 1_048_576;

const versionOf = (first: number): number => first >> 2;
const isVersion = (version: number): boolean => version === 1 || version === 2;

/** There is no mark to find the next message by: what drives a reader closes the connection at the first noise. */
const probe: Probe = (bytes) => {
  if (!isVersion(versionOf(bytes[0] ?? 0))) return { kind: "noise", length: 1 };
  if (bytes.length < 6) return "more";
  const length = numberOf4(bytes, 2);
  if (length < headBytes || length > messageBytesMax) return { kind: "noise", length: 1 };
  return bytes.length < length ? "more" : { kind: "frame", length };
};

function faultOf(bytes: Uint8Array): Decoded<never> | undefined {
  if (bytes.length === 0) return refused("empty", "no bytes");
  const first = bytes[0] ?? 0;
  if (first >= 0x20) return refused("start", "the first three bits are not 0");
  if (!isVersion(versionOf(first))) {
    return refused("unsupported", `LLRP version ${versionOf(first)} is neither 1 (1.0.1) nor 2 (1.1)`);
  }
  if (bytes.length < headBytes) return refused("length", "shorter than a message's head");
  const announced = numberOf4(bytes, 2);
  if (announced !== bytes.length) {
    return refused("length", `the length announces ${announced} bytes, got ${bytes.length}`);
  }
  return announced > messageBytesMax ? refused("length", `longer than ${messageBytesMax} bytes`) : undefined;
}

function decode(bytes: Uint8Array): Decoded<LlrpMessage> {
  const fault = faultOf(bytes);
  if (fault !== undefined) return fault;
  const type = numberOf2(bytes, 0) & 0x3ff;
  const definition = messagesByType.get(type);
  if (definition === undefined) return refused("unknown-command", `no message has the type ${type}`);
  const reader: Reader = { bytes, at: headBytes, end: bytes.length, bit: 0, fault: undefined };
  const fields = readFields(reader, definition.fields);
  const parameters = readParameters(reader);
  if (reader.fault !== undefined) return refused(reader.fault.code, reader.fault.error);
  const version = versionOf(bytes[0] ?? 0);
  return decoded({ version, name: definition.name, id: numberOf4(bytes, 6), fields, parameters });
}

function encode({ version, name, id, fields, parameters }: LlrpMessage): Uint8Array {
  const definition = messagesByName.get(name);
  if (definition === undefined) throw new Error(`no message is called ${name}`);
  const writer: Writer = { octets: [], bit: 0 };
  writeWhole(writer, version * 1024 + definition.type, 2);
  writeWhole(writer, 0, 4);
  writeWhole(writer, id, 4);
  writeFields(writer, definition.fields, fields);
  for (const parameter of parameters) writeParameter(writer, parameter);
  const bytes = Uint8Array.from(writer.octets);
  if (bytes.length > messageBytesMax) throw new Error(`${bytes.length} bytes are too many for a message`);
  new DataView(bytes.buffer).setUint32(2, bytes.length);
  return bytes;
}

/** Fixed readers of the vendor-neutral standard (Impinj, Zebra, Alien), over TCP. */
export const llrp: StreamCodec<LlrpMessage> = {
  name: "llrp",
  frameBytesMax: messageBytesMax,
  probe,
  decode,
  encode,
};
