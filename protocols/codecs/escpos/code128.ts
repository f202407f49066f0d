import { fromLatin1, toLatin1 } from "../../stream/bytes.ts";

/** What a Code 128 holds; with FNC1 in front it is a GS1-128, whose GS is FNC1 as well. */
export interface Code128 {
  readonly content: string;
  readonly gs1?: true;
}

const groupSeparator = "\u001d";
/** ESC/POS `GS k` m=73: `{A`, `{B`, `{C` change the set, `{1` is FNC1, `{{` a brace. */
const functionOne = "{1";
/** Digits in pairs from so many on: half as wide, and the change of set costs two symbols. */
const pairDigitsMin = 4;
/** DLE: printers obey a status request wherever its bytes come, so this pair is written in set B. */
const pairNeverSent = "16";

/** The argument of the order, or undefined where the code cannot hold the text. */
export function code128Argument({ content, gs1 }: Code128): Uint8Array | undefined {
  const plain = gs1 === true ? content.replaceAll(groupSeparator, "") : content;
  if (!/^[ -~]+$/.test(plain)) return undefined;
  if (gs1 !== true) return fromLatin1(`{B${braced(content)}`);
  return fromLatin1(gs1Sets(content));
}

const braced = (text: string): string => text.replaceAll("{", "{{");

/** A pair of digits as one symbol of set C, or a character of set B. */
interface Symbol128 {
  readonly set: "B" | "C";
  readonly characters: string;
}

const inB = (characters: string): Symbol128 => ({ set: "B", characters });

/** Runs of digits in pairs, the odd one out and everything else one by one. */
function symbolsOf(part: string): readonly Symbol128[] {
  if (part.length < pairDigitsMin) return [inB(braced(part))];
  return (part.match(/\d\d?/g) ?? []).map((pair) =>
    pair.length < 2 || pair === pairNeverSent
      ? inB(pair)
      : { set: "C", characters: String.fromCharCode(Number(pair)) },
  );
}

/** Begins with FNC1; changes the set where it has to. */
function gs1Sets(content: string): string {
  let set = "";
  let text = "";
  for (const part of content.match(/\d+|[^\d]/g) ?? []) {
    if (part === groupSeparator) {
      text += functionOne;
      continue;
    }
    for (const symbol of symbolsOf(part)) {
      if (symbol.set !== set) text += `{${symbol.set}${set === "" ? functionOne : ""}`;
      text += symbol.characters;
      set = symbol.set;
    }
  }
  return text;
}

/** Start, check digit and stop have so many modules beside eleven for each symbol (ISO/IEC 15417). */
const modulesAround = 11 + 11 + 13;
const modulesPerSymbol = 11;

/** How wide an argument is printed, in modules, without quiet zones. */
export function code128Modules(argument: Uint8Array): number {
  // An order is one symbol, as a character is; the first of them is the start.
  const symbols = toLatin1(argument).replaceAll(/\{./gs, "?").length;
  return modulesAround + (symbols - 1) * modulesPerSymbol;
}

/** What a printer prints for an argument; what is no order of a set stands as it is. */
export function readCode128(argument: Uint8Array): Code128 {
  let set = "B";
  let content = "";
  const text = toLatin1(argument);
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "{") {
      index += 1;
      const order = text.charAt(index);
      if (order === "1") content += groupSeparator;
      else if (order === "{") content += "{";
      else set = order;
    } else content += set === "C" ? String(character.charCodeAt(0)).padStart(2, "0") : character;
  }
  return content.startsWith(groupSeparator) ? { content: content.slice(1), gs1: true } : { content };
}
