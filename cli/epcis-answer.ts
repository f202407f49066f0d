import { epcisEventIds, epcisFindings } from "../protocols/epcis/epcis-check.ts";
import type { HashProfile } from "../protocols/epcis/pre-hash.ts";
import type { EpcisFinding, Members } from "../protocols/epcis/schema/checks.ts";
import { type BoundedLine, boundedLines } from "./bounded-lines.ts";

/** One JSON line of `storewire epcis check`. */
export type EpcisAnswer =
  | { readonly ok: true; readonly eventIDs: readonly string[] }
  | { readonly ok: false; readonly errors: readonly EpcisFinding[] };

/** A hundred thousand events of 300 characters; in memory it is some ten times as much for a moment. */
export const documentCharactersMax = 32 * 1024 * 1024;
/** Documents nest some ten levels, and extensions some more; beyond it somebody tries what breaks. */
const nestingMax = 500;

const refuse = (found: string, allowed: string): EpcisAnswer => ({
  ok: false,
  errors: [{ path: "$", found, allowed }],
});
const whole = "one EPCIS document or event as JSON";

/** The verdict on one document, and what its events are called by their content. */
export function epcisAnswer(line: BoundedLine, profile: HashProfile): EpcisAnswer {
  if (!line.ok) {
    return refuse(`${line.characters} characters`, `${documentCharactersMax} characters at most`);
  }
  const text = line.text.replace(/^\uFEFF/, "");
  const nesting = nestingOf(text);
  if (nesting > nestingMax) return refuse(`${nesting} levels of members`, `${nestingMax} levels at most`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return refuse(`no JSON: ${error instanceof Error ? error.message : String(error)}`, whole);
  }
  const errors = epcisFindings(document);
  return errors.length > 0
    ? { ok: false, errors }
    : { ok: true, eventIDs: epcisEventIds(document as Members, profile) };
}

/** Answers each line with one line of JSON, blank ones included, so that question and answer stay in step. */
export async function answerEpcisLines(
  pieces: AsyncIterable<string>,
  write: (line: string) => Promise<void> | void,
  profile: HashProfile,
): Promise<void> {
  for await (const line of boundedLines(pieces, documentCharactersMax)) {
    await write(JSON.stringify(epcisAnswer(line, profile)));
  }
}

const quote = 0x22;
const backslash = 0x5c;

/** How many braces and brackets are open at once at most; those within texts do not count. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === quote) index = endOfText(text, index);
    else if (character === 0x7b || character === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (character === 0x7d || character === 0x5d) depth--;
  }
  return deepest;
}

/** Where the text ends that begins here. */
function endOfText(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === backslash) index++;
    else if (character === quote) return index;
  }
  return text.length;
}
