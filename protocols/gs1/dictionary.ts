import type { AiRule } from "./ai-rule.ts";
import { variableOnly } from "./ai-rule.ts";
import { n, xUpTo } from "./component.ts";
import { logisticsRules } from "./rules-logistics.ts";
import { measureRules } from "./rules-measure.ts";
import { specialRules } from "./rules-special.ts";
import { tradeItemRules } from "./rules-trade-item.ts";

/** Every application identifier of the GS1 Syntax Dictionary, release 2026-01-27, by its digits. */
export const dictionary: ReadonlyMap<string, AiRule> = new Map(
  [...tradeItemRules, ...measureRules, ...logisticsRules, ...specialRules].flatMap(expanded),
);

/** All AIs with the same first two digits are equally long, and either all or none of predefined length. */
const familyOf = new Map(
  Array.from(dictionary, ([ai, rule]) => [ai.slice(0, 2), { length: ai.length, rule }]),
);

/** No AI of the dictionary may hold more (AIs 91 to 99). */
const unknownValueLengthMax = 90;

/** The rule for an AI as it stands in brackets or in a link. Unknown ones are only taken when told so. */
export function ruleOf(ai: string, unknownAis: boolean): AiRule | undefined {
  return dictionary.get(ai) ?? (unknownAis ? unknownRule(ai) : undefined);
}

/** The AI at the start of an element string; undefined when no family of AIs begins so. */
export function aiAtStart(text: string): string | undefined {
  const family = familyOf.get(text.slice(0, 2));
  const ai = text.slice(0, family?.length);
  return family !== undefined && ai.length === family.length && /^\d+$/.test(ai) ? ai : undefined;
}

/** An AI that may come with a later dictionary: as long as its family says, whatever it holds. */
function unknownRule(ai: string): AiRule | undefined {
  if (!/^\d{2,4}$/.test(ai)) return undefined;
  const family = familyOf.get(ai.slice(0, 2));
  if (family === undefined) return variableOnly(ai, [xUpTo(unknownValueLengthMax)]);
  if (family.length !== ai.length) return undefined;
  return family.rule.fixed
    ? { ...variableOnly(ai, [n(lengthOf(family.rule))]), fixed: true }
    : variableOnly(ai, [xUpTo(unknownValueLengthMax)]);
}

/** The longest value that a rule allows; for a fixed one the only length. */
export const lengthOf = (rule: AiRule): number =>
  rule.components.reduce((sum, component) => sum + component.lengthMax, 0);

function expanded(rule: AiRule): [string, AiRule][] {
  const [from = "", to = from] = rule.ai.split("-");
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => {
    const ai = String(Number(from) + index).padStart(from.length, "0");
    return [ai, rule];
  });
}
