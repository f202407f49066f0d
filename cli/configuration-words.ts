import type { JsonSchema } from "../protocols/config/json-schema.ts";
import type { Path } from "./yaml-places.ts";

/** Longer values are cut: an error stays one line. */
const foundCharactersMax = 60;

/** A value as the user wrote it. */
export function foundWords(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a section";
  const written = JSON.stringify(value);
  const cut = written.length > foundCharactersMax ? `${written.slice(0, foundCharactersMax)}...` : written;
  return typeof value === "string" ? `the text ${cut}` : cut;
}

/** What may stand where the schema says this. */
export function allowedWords(schema: JsonSchema | undefined): string {
  if (schema === undefined) return "something else";
  const choices = choicesOf(schema);
  if (choices.length > 0) return choices.join(", ");
  if (schema.description !== undefined) return schema.description;
  return (wordsOfType[schema.type ?? ""] ?? sectionWords)(schema);
}

/** The values that an enumeration or a union of constants lists. */
function choicesOf(schema: JsonSchema): readonly string[] {
  if (schema.const !== undefined) return [String(schema.const)];
  if (schema.enum) return schema.enum.map(String);
  const constants = (schema.anyOf ?? []).map((option) => option.const);
  return constants.every((constant) => constant !== undefined) ? constants.map(String) : [];
}

const wordsOfType: Readonly<Record<string, (schema: JsonSchema) => string>> = {
  integer: ({ minimum, maximum }) => `a whole number${between(minimum, maximum, "")}`,
  number: ({ minimum, maximum }) => `a number${between(minimum, maximum, "")}`,
  boolean: () => "true or false",
  string: ({ minLength, maxLength }) => `text${between(minLength, maxLength, " characters")}`,
  array: ({ minItems, maxItems }) => `a list${between(minItems, maxItems, " entries")}`,
};

function sectionWords(schema: JsonSchema): string {
  const keys = Object.keys(schema.properties ?? schema.oneOf?.[0]?.properties ?? {});
  return keys.length === 0 ? "a section of names and values" : `a section with ${keys.join(", ")}`;
}

function between(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}${unit}`;
  if (least !== undefined) return ` of at least ${least}${unit}`;
  return most === undefined ? "" : ` of at most ${most}${unit}`;
}

/** The schema of the place `path` inside `value`; a union is decided by what stands there. */
export function schemaAt(root: JsonSchema, value: unknown, path: Path): JsonSchema | undefined {
  let schema: JsonSchema | undefined = root;
  let here: unknown = value;
  for (const step of path) {
    schema = stepInto(chosen(schema, here), step);
    here = (here as Readonly<Record<string | number, unknown>> | null | undefined)?.[step];
  }
  return chosen(schema, here);
}

function stepInto(schema: JsonSchema | undefined, step: string | number): JsonSchema | undefined {
  if (typeof step === "number") return schema?.items;
  const named = schema?.properties?.[step];
  if (named) return named;
  const rest = schema?.additionalProperties;
  return typeof rest === "object" ? rest : undefined;
}

/** The option of a discriminated union whose constant the value bears; the union itself where none fits. */
function chosen(schema: JsonSchema | undefined, value: unknown): JsonSchema | undefined {
  if (!schema?.oneOf || typeof value !== "object" || value === null) return schema;
  const written = value as Readonly<Record<string, unknown>>;
  const fits = ({ properties = {} }: JsonSchema): boolean =>
    Object.entries(properties).some(
      ([key, { const: constant }]) => constant !== undefined && constant === written[key],
    );
  return schema.oneOf.find(fits) ?? schema;
}

/** The word that was probably meant: its beginning was written, or all but a third of its letters. */
export function closestWord(word: string, words: readonly string[]): string | undefined {
  let closest = words.find((candidate) => word !== "" && candidate.startsWith(word));
  if (closest !== undefined) return closest;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [closest, least] = [candidate, distance];
  }
  return closest;
}

/** Insertions, deletions and substitutions that make one word of the other. */
function editDistance(left: string, right: string): number {
  let above = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [row, letter] of left.split("").entries()) {
    const current = [row + 1];
    for (let column = 1; column <= right.length; column += 1) {
      const substituted = (above[column - 1] ?? 0) + (letter === right[column - 1] ? 0 : 1);
      current[column] = Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substituted);
    }
    above = current;
  }
  return above[right.length] ?? 0;
}
