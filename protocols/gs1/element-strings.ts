import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import type { RuledElement } from "./associations.ts";
import { lintValue } from "./component.ts";
import { aiAtStart, lengthOf, ruleOf } from "./dictionary.ts";

/** What FNC1 becomes on its way out of a scanner. */
export const groupSeparator = "\u001d";
/** No carrier holds more; the reference engine stops here too. */
export const elementsMax = 64;

type Elements = Decoded<readonly RuledElement[]>;

/** Element strings as a scanner sends them: the leading FNC1 gone, those inside as U+001D. */
export function readElementStrings(text: string, unknownAis: boolean): Elements {
  const elements: RuledElement[] = [];
  let rest = text;
  if (rest === "") return refused("empty", "no element strings at all");
  while (rest !== "") {
    const ai = aiAtStart(rest);
    if (ai === undefined) return refused("field", `no AI begins with ${rest.slice(0, 4)}`);
    const rule = ruleOf(ai, unknownAis);
    if (rule === undefined) return refused("field", `AI (${ai}) is unknown`);
    const separator = rest.indexOf(groupSeparator);
    const end = Math.min(
      separator < 0 ? rest.length : separator,
      rule.fixed ? ai.length + lengthOf(rule) : rest.length,
    );
    const added = addElement(elements, { ai, value: rest.slice(ai.length, end), rule });
    if (added !== undefined) return added;
    rest = rest.slice(rest[end] === groupSeparator ? end + 1 : end);
  }
  return decoded(elements);
}

/** Element strings as people read them, `(01)...(21)...`; a bracket inside a value has a backslash before it. */
export function readBracketed(text: string, unknownAis: boolean): Elements {
  const elements: RuledElement[] = [];
  let rest = text;
  do {
    const [whole, ai = "", escaped = ""] = /^\(([^()]*)\)((?:[^(\\]|\\\(|\\)*)/.exec(rest) ?? [];
    if (whole === undefined) return refused("field", "not a row of (AI)value");
    const rule = ruleOf(ai, unknownAis);
    if (rule === undefined) return refused("field", `AI (${ai}) is unknown`);
    const added = addElement(elements, { ai, value: escaped.replaceAll("\\(", "("), rule });
    if (added !== undefined) return added;
    rest = rest.slice(whole.length);
  } while (rest !== "");
  return decoded(elements);
}

/** A refusal when the value is not what its rule says. */
export function addElement(
  elements: RuledElement[],
  element: RuledElement,
): Decoded<readonly RuledElement[]> | undefined {
  const wrong = lintValue(element.value, element.rule.components);
  if (wrong !== undefined) return refused("field", `AI (${element.ai}): ${wrong}`);
  if (elements.length >= elementsMax) return refused("length", `more than ${elementsMax} AIs`);
  elements.push(element);
  return undefined;
}
