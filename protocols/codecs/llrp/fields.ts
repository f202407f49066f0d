import type { Kind, LlrpValue } from "./kinds.ts";
import { kinds } from "./kinds.ts";
import type { Reader, Writer } from "./octets.ts";
import { takeBits, writeBits } from "./octets.ts";

export type LlrpFields = Readonly<Record<string, LlrpValue>>;

/** A field of a message or parameter, as a row of the tables names it; without a name it is reserved. */
export interface Field {
  readonly name: string | undefined;
  readonly kind: Kind;
}

const reservedBits = (bits: number): Kind => ({
  bits,
  read: (reader) => takeBits(reader, bits),
  write: (writer) => writeBits(writer, 0, bits),
});

export function kindOf(name: string): Kind {
  const kind = kinds[name];
  if (kind === undefined) throw new Error(`no kind of field is called ${name}`);
  return kind;
}

/** "Name kind, Name kind, 6": a number alone is so many reserved bits, eight at most. */
export function fieldsOf(words: string): readonly Field[] {
  if (words === "") return [];
  const fields = words.split(", ").map((word): Field => {
    const [name = "", kindName] = word.split(" ");
    if (kindName === undefined) return { name: undefined, kind: reservedBits(Number(name)) };
    return { name, kind: kindOf(kindName) };
  });
  const bits = fields.reduce((sum, { kind }) => sum + (kind.bits ?? 0), 0);
  if (bits % 8 !== 0) throw new Error(`the bits of "${words}" do not fill bytes`);
  return fields;
}

const noFields: LlrpFields = {};

export function readFields(reader: Reader, fields: readonly Field[]): LlrpFields {
  if (fields.length === 0) return noFields;
  const values: Record<string, LlrpValue> = {};
  for (const { name, kind } of fields) {
    const value = kind.read(reader);
    if (name !== undefined) values[name] = value;
  }
  return values;
}

export function writeFields(writer: Writer, fields: readonly Field[], values: LlrpFields): void {
  for (const { name, kind } of fields) {
    const value = name === undefined ? 0 : values[name];
    if (value === undefined) throw new Error(`the field ${name} is missing`);
    kind.write(writer, value);
  }
}
