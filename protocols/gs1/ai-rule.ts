import type { Component } from "./component.ts";

/** Which AIs a message must or must not hold together. `n` in a name stands for any digit. */
export interface Associations {
  /** Each must be met: one of the names between commas, all of those joined by `+`. */
  readonly requires?: readonly string[];
  /** None of these may be there. */
  readonly excludes?: string;
  /** It can lead a Digital Link; the sequences of qualifiers that may follow it, in order. */
  readonly key?: readonly string[];
}

/** What the GS1 Syntax Dictionary says of an AI or of a range of AIs, `3920-3929`. */
export interface AiRule extends Associations {
  readonly ai: string;
  /** Its length is predefined, so no separator follows it. */
  readonly fixed: boolean;
  /** It may stand in the query of a Digital Link. */
  readonly attribute: boolean;
  readonly components: readonly Component[];
}

type MakeRule = (ai: string, components: readonly Component[], associations?: Associations) => AiRule;

const rule =
  (isFixed: boolean, attribute: boolean): MakeRule =>
  (ai, components, associations) => ({ ai, fixed: isFixed, attribute, components, ...associations });

export const fixed = rule(true, true);
export const variable = rule(false, true);
/** Not allowed in the query of a Digital Link. */
export const fixedOnly = rule(true, false);
export const variableOnly = rule(false, false);
