import type { Linter } from "./linters.ts";

/** Digits, character set 82, character set 39, or base64url. */
export type CharacterSet = "N" | "X" | "Y" | "Z";

/** A piece of an AI's value; only the last of the required ones may vary in length. */
export interface Component {
  readonly set: CharacterSet;
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** It, and all after it, may be left out. */
  readonly optional: boolean;
  readonly linters: readonly Linter[];
}

const exactly =
  (set: CharacterSet) =>
  (length: number, ...linters: Linter[]): Component => ({
    set,
    lengthMin: length,
    lengthMax: length,
    optional: false,
    linters,
  });
const atMost =
  (set: CharacterSet) =>
  (lengthMax: number, ...linters: Linter[]): Component => ({
    set,
    lengthMin: 1,
    lengthMax,
    optional: false,
    linters,
  });

export const n = exactly("N");
export const nUpTo = atMost("N");
export const x = exactly("X");
export const xUpTo = atMost("X");
export const yUpTo = atMost("Y");
export const zUpTo = atMost("Z");
export const optional = (component: Component): Component => ({ ...component, optional: true });

const characters: Readonly<Record<CharacterSet, { readonly all: RegExp; readonly name: string }>> = {
  N: { all: /^\d*$/, name: "digits" },
  X: { all: /^[!"%-?A-Z_a-z]*$/, name: "characters of set 82" },
  Y: { all: /^[-#/0-9A-Z]*$/, name: "characters of set 39" },
  Z: { all: /^[-0-9A-Z_a-z]*={0,2}$/, name: "base64url" },
};

/** What is wrong with `value` as these components in a row; undefined when nothing is. */
export function lintValue(value: string, components: readonly Component[]): string | undefined {
  const longest = components.reduce((sum, component) => sum + component.lengthMax, 0);
  if (value.length > longest) return "is too long";
  let rest = value;
  for (const component of components) {
    if (rest === "" && component.optional) break;
    const text = rest.slice(0, component.lengthMax);
    if (text.length < component.lengthMin) return value === "" ? "is empty" : "has the wrong length";
    const wrong = lintComponent(text, component);
    if (wrong !== undefined) return wrong;
    rest = rest.slice(component.lengthMax);
  }
  return undefined;
}

function lintComponent(text: string, { set, linters }: Component): string | undefined {
  const { all, name } = characters[set];
  if (!all.test(text)) return `may only hold ${name}`;
  // The reference engine counts groups of three characters with their "=", and we judge as it does.
  if (set === "Z" && text.includes("=") && text.length % 3 !== 0) return "has the wrong number of =";
  for (const linter of linters) {
    const wrong = linter(text);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
