import fc from "fast-check";
import type { LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import type { Field, LlrpFields } from "../../../protocols/codecs/llrp/fields.ts";
import { kinds, type LlrpValue } from "../../../protocols/codecs/llrp/kinds.ts";
import { messagesByName } from "../../../protocols/codecs/llrp/messages.ts";
import { longByName, shortByName } from "../../../protocols/codecs/llrp/parameters.ts";
import type { LlrpMessage } from "../../../protocols/codecs/llrp.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";

const hexOf = (minBytes: number, maxBytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: minBytes, maxLength: maxBytes }).map(toHex);
const number = (bytes: number): fc.Arbitrary<number> => fc.nat({ max: 256 ** bytes - 1 });
const long = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** Every value that a field of a kind can have. */
const valuesOf: Readonly<Record<string, fc.Arbitrary<LlrpValue>>> = {
  u8: number(1),
  u16: number(2),
  u32: number(4),
  u64: long.map((value) => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value)),
  s8: fc.integer({ min: -128, max: 127 }),
  s16: fc.integer({ min: -32_768, max: 32_767 }),
  hex12: hexOf(12, 12),
  flag: fc.boolean(),
  "2bits": fc.nat({ max: 3 }),
  "u16-pair": fc.tuple(number(2), number(2)),
  "u8[]": fc.array(number(1), { maxLength: 3 }),
  "u16[]": fc.array(number(2), { maxLength: 3 }),
  "u32[]": fc.array(number(4), { maxLength: 3 }),
  "bytes[]": hexOf(0, 4),
  "words[]": fc.nat({ max: 3 }).chain((words) => hexOf(words * 2, words * 2)),
  text: fc.uint8Array({ maxLength: 8 }).map((bytes) => String.fromCharCode(...bytes)),
  "bits[]": fc
    .nat({ max: 200 })
    .chain((bits) => hexOf(Math.ceil(bits / 8), Math.ceil(bits / 8)).map((all) => ({ bits, hex: all }))),
  rest: hexOf(0, 6),
};

const valueOf = ({ kind }: Field): fc.Arbitrary<LlrpValue> => {
  const name = Object.keys(kinds).find((each) => kinds[each] === kind) ?? "";
  const values = valuesOf[name];
  if (values === undefined) throw new Error(`no values for the kind ${name}`);
  return values;
};
const fieldsFor = (fields: readonly Field[]): fc.Arbitrary<LlrpFields> =>
  fc.record(
    Object.fromEntries(
      fields.flatMap((field) => (field.name === undefined ? [] : [[field.name, valueOf(field)]])),
    ),
  );

const shorts = [...shortByName.values()].map(({ name, kind }) =>
  fc.record({ name: fc.constant(name), value: valueOf({ name, kind }) }),
);
const unknown = fc.record({ type: fc.constantFrom(127, 176, 364, 900), payload: hexOf(0, 5) });
const parametersAt = (depth: number): fc.Arbitrary<LlrpParameter[]> =>
  depth === 0 ? fc.constant([]) : fc.array(fc.oneof(...shorts, unknown, longAt(depth - 1)), { maxLength: 3 });
const longAt = (depth: number): fc.Arbitrary<LlrpParameter> =>
  fc.constantFrom(...longByName.values()).chain(({ name, fields }) =>
    fc.record({
      name: fc.constant(name),
      fields: fieldsFor(fields),
      parameters: name === "Custom" ? fc.constant([]) : parametersAt(depth),
    }),
  );
/** Every message that the tables can express. */
export const llrpMessage: fc.Arbitrary<LlrpMessage> = fc
  .constantFrom(...messagesByName.values())
  .chain(({ name, fields }) =>
    fc.record({
      version: fc.constantFrom(1, 2),
      name: fc.constant(name),
      id: number(4),
      fields: fieldsFor(fields),
      parameters: name === "CUSTOM_MESSAGE" ? fc.constant([]) : parametersAt(3),
    }),
  );

const size = (bytes: number, digits: string): string => bytes.toString(16).padStart(digits.length, "0");
const bare = (digits: string): string => digits.replaceAll(" ", "");
/** A parameter with a length of its own, from its type and content in hex. */
export const longHex = (type: number, content: string): string =>
  `${size(type, "0000")}${size(4 + bare(content).length / 2, "0000")}${bare(content)}`;
export const messageOf = (type: number, content: string): string =>
  `${size(1024 + type, "0000")}${size(10 + bare(content).length / 2, "00000000")}00000007${bare(content)}`;
export const report = (content: string): string => messageOf(61, content);
