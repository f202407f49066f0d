import { fromHex } from "../../stream/bytes.ts";
import type { LlrpFields } from "./fields.ts";
import { readFields, writeFields } from "./fields.ts";
import type { LlrpValue } from "./kinds.ts";
import type { Reader, Writer } from "./octets.ts";
import { fail, numberOf2, take, takeHex, writeWhole } from "./octets.ts";
import { longByName, longByType, shortByName, shortByType } from "./parameters.ts";

/** A parameter of one value, of those that come with each tag. */
export interface LlrpShort {
  readonly name: string;
  readonly value: LlrpValue;
}

export interface LlrpLong {
  readonly name: string;
  readonly fields: LlrpFields;
  /** In the order of the bytes, which the standard does not fix. */
  readonly parameters: readonly LlrpParameter[];
}

/** A parameter that no table names; its length tells where it ends. */
export interface LlrpUnknown {
  readonly type: number;
  readonly payload: string;
}

export type LlrpParameter = LlrpShort | LlrpLong | LlrpUnknown;

/** The deepest of the standard is six; a parameter of errors may hold itself, and a stack has an end. */
const depthMax = 16;
const headBytes = 4;
const shortMark = 0x80;
const nothing: LlrpUnknown = { type: 0, payload: "" };

export function readParameters(reader: Reader, depth = 0): readonly LlrpParameter[] {
  const parameters: LlrpParameter[] = [];
  if (depth > depthMax) fail(reader, "field", `parameters within parameters, more than ${depthMax} deep`);
  while (reader.at < reader.end) {
    const first = reader.bytes[reader.at] ?? 0;
    parameters.push(first < shortMark ? readLong(reader, depth) : readShort(reader, first - shortMark));
  }
  return parameters;
}

function readShort(reader: Reader, type: number): LlrpParameter {
  const definition = shortByType[type];
  if (definition === undefined) {
    fail(reader, "field", `parameter ${type} has no length of its own and is not known`);
    return nothing;
  }
  reader.at += 1;
  return { name: definition.name, value: definition.kind.read(reader) };
}

function readLong(reader: Reader, depth: number): LlrpParameter {
  const start = take(reader, headBytes);
  const type = numberOf2(reader.bytes, start) & 0x3ff;
  const length = numberOf2(reader.bytes, start + 2);
  const outerEnd = reader.end;
  if (length < headBytes || start + length > outerEnd) {
    fail(reader, "length", `parameter ${type} announces ${length} bytes of ${outerEnd - start}`);
    return nothing;
  }
  reader.end = start + length;
  const parameter = readBody(reader, type, depth);
  reader.end = outerEnd;
  if (reader.fault !== undefined) reader.at = outerEnd;
  return parameter;
}

function readBody(reader: Reader, type: number, depth: number): LlrpParameter {
  const definition = longByType[type];
  if (definition === undefined) return { type, payload: takeHex(reader, reader.end - reader.at) };
  const fields = readFields(reader, definition.fields);
  return { name: definition.name, fields, parameters: readParameters(reader, depth + 1) };
}

export function writeParameter(writer: Writer, parameter: LlrpParameter): void {
  if ("payload" in parameter) writeUnknown(writer, parameter);
  else if ("value" in parameter) writeShort(writer, parameter);
  else writeLong(writer, parameter);
}

function writeShort(writer: Writer, { name, value }: LlrpShort): void {
  const definition = shortByName.get(name);
  if (definition === undefined) throw new Error(`no parameter of one value is called ${name}`);
  writer.octets.push(shortMark + definition.type);
  definition.kind.write(writer, value);
}

function writeLong(writer: Writer, { name, fields, parameters }: LlrpLong): void {
  const definition = longByName.get(name);
  if (definition === undefined) throw new Error(`no parameter is called ${name}`);
  writeHeaded(writer, definition.type, () => {
    writeFields(writer, definition.fields, fields);
    for (const parameter of parameters) writeParameter(writer, parameter);
  });
}

function writeUnknown(writer: Writer, { type, payload }: LlrpUnknown): void {
  const content = fromHex(payload);
  if (content === undefined) throw new Error(`not hex: ${payload}`);
  writeHeaded(writer, type, () => {
    for (const octet of content) writer.octets.push(octet);
  });
}

function writeHeaded(writer: Writer, type: number, writeContent: () => void): void {
  const start = writer.octets.length;
  writeWhole(writer, type, 2);
  writeWhole(writer, 0, 2);
  writeContent();
  const length = writer.octets.length - start;
  if (length > 0xffff) throw new Error(`${length} bytes do not fit into parameter ${type}`);
  writer.octets[start + 2] = length >> 8;
  writer.octets[start + 3] = length & 0xff;
}
