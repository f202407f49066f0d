import type { AiRule } from "./ai-rule.ts";
import type { ElementString } from "./digital-link-uri.ts";

/** An element string with the rule that it was read by. */
export interface RuledElement {
  readonly ai: string;
  readonly value: string;
  readonly rule: AiRule;
}

/** The keys whose serial part is optional, and how long they are without it. */
const keysWithSerial: Readonly<Record<string, number>> = { "253": 13, "255": 13, "8003": 14 };

/** What no reader may overlook: one AI with two values, a signature over a class of things. */
export function contradictionIn(elements: readonly RuledElement[]): string | undefined {
  const values = new Map<string, string>();
  for (const { ai, value } of elements) {
    if ((values.get(ai) ?? value) !== value) return `AI (${ai}) has two values`;
    values.set(ai, value);
  }
  if (!values.has("8030")) return undefined;
  const key = elements.find(({ ai, value }) => keysWithSerial[ai] === value.length);
  return key && `AI (${key.ai}) needs its serial part together with AI (8030)`;
}

/** AIs that must not stand together. */
export function exclusionIn(elements: readonly RuledElement[]): string | undefined {
  for (const { ai, rule } of elements) {
    const patterns = rule.excludes?.split(",") ?? [];
    const other = elements.find(
      (element) => element.ai !== ai && patterns.some((p) => matches(element.ai, p)),
    );
    if (other !== undefined) return `AI (${ai}) must not stand with AI (${other.ai})`;
  }
  return undefined;
}

/** An AI without the ones that it says something about. */
export function requirementMissingIn(elements: readonly RuledElement[]): string | undefined {
  for (const { ai, rule } of elements) {
    const missing = rule.requires?.find((alternatives) => !isMet(alternatives, elements));
    if (missing !== undefined) return `AI (${ai}) needs ${missing.replaceAll(",", " or ")}`;
  }
  return undefined;
}

export const pairsOf = (elements: readonly RuledElement[]): ElementString[] =>
  elements.map(({ ai, value }) => [ai, value]);

const isMet = (alternatives: string, elements: readonly RuledElement[]): boolean =>
  alternatives
    .split(",")
    .some((group) => group.split("+").every((pattern) => elements.some(({ ai }) => matches(ai, pattern))));

/** `n` in a pattern stands for any digit. */
function matches(ai: string, pattern: string): boolean {
  if (ai.length !== pattern.length) return false;
  for (let index = 0; index < ai.length; index++) {
    if (pattern[index] !== "n" && pattern[index] !== ai[index]) return false;
  }
  return true;
}
