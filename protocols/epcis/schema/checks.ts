import { isUri } from "./text-formats.ts";

/** One thing that is wrong: where, what, and what would be right. */
export interface EpcisFinding {
  /** `$.epcisBody.eventList[0].bizStep`; `$` is the whole. */
  readonly path: string;
  readonly found: string;
  readonly allowed: string;
}

/** One walk over one document. The path is kept as it goes, and written only for what is wrong. */
export class Walk {
  readonly findings: EpcisFinding[] = [];
  readonly #path: (string | number)[] = [];

  /** Nobody reads on after so many; a document of another kind would make one for each of its members. */
  get full(): boolean {
    return this.findings.length >= findingsMax;
  }

  wrong(found: string, allowed: string): void {
    if (!this.full) this.findings.push({ path: pathText(this.#path), found, allowed });
  }

  below(key: string | number, check: Check, value: unknown): void {
    this.#path.push(key);
    check(value, this);
    this.#path.pop();
  }
}

/** More than a person repairs before trying again. */
const findingsMax = 100;

/** Looks at a value and tells the walk what is wrong with it. */
export type Check = (value: unknown, walk: Walk) => void;

export const anything: Check = () => {};

export const text =
  (allowed: string, accepts: (text: string) => boolean = () => true): Check =>
  (value, walk) => {
    if (typeof value !== "string") walk.wrong(kindOf(value), allowed);
    else if (!accepts(value)) walk.wrong(quoted(value), allowed);
  };

/** One of the bare words of a vocabulary, or a URI of somebody else's. */
export function word(words: ReadonlySet<string>, reserved: RegExp, reservedWords: string): Check {
  return text(
    `one of ${[...words].join(", ")}; or a URI that does not begin with ${reservedWords}`,
    (value) => words.has(value) || (isUri(value) && !reserved.test(value)),
  );
}

export const oneOf = (words: ReadonlySet<string>): Check =>
  text(`one of ${[...words].join(", ")}`, (value) => words.has(value));

export const number: Check = (value, walk) => {
  if (typeof value !== "number") walk.wrong(kindOf(value), "a number");
};

export const boolean: Check = (value, walk) => {
  if (typeof value !== "boolean") walk.wrong(kindOf(value), "true or false");
};

/** What this check says of a text, and the other one of anything else. */
export const textOr =
  (ofText: Check, other: Check): Check =>
  (value, walk) =>
    typeof value === "string" ? ofText(value, walk) : other(value, walk);

interface ListRules {
  readonly itemsMin?: number;
  /** No two items may be equal. */
  readonly distinct?: boolean;
}

export function list(item: Check, { itemsMin = 0, distinct = false }: ListRules = {}): Check {
  return (value, walk) => {
    if (!Array.isArray(value)) {
      walk.wrong(kindOf(value), "a list");
      return;
    }
    const items = value as unknown[];
    if (items.length < itemsMin) walk.wrong("an empty list", "a list of at least one item");
    items.forEach((each, index) => {
      if (!walk.full) walk.below(index, item, each);
    });
    const repeated = distinct ? firstRepeated(items) : undefined;
    if (repeated !== undefined) {
      walk.below(
        repeated,
        (_, at) => at.wrong("an item that stands before it as well", "each item once"),
        undefined,
      );
    }
  };
}

function firstRepeated(items: readonly unknown[]): number | undefined {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const key = JSON.stringify(item, sortedMembers);
    if (seen.has(key)) return index;
    seen.add(key);
  }
  return undefined;
}

/** Objects are equal whatever the order of their members. */
const sortedMembers = (_: string, value: unknown): unknown =>
  isMembers(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)))
    : value;

export type Members = Readonly<Record<string, unknown>>;

interface MembersRules {
  readonly members: Readonly<Record<string, Check>>;
  readonly required?: readonly string[];
  /** What else may stand there: nothing, members whose name is a URI (an extension), or whatever likes to. */
  readonly others: "none" | "uri" | "any";
  /** What no single member can tell. */
  readonly rules?: readonly ((members: Members, walk: Walk) => void)[];
}

export function object({ members, required = [], others, rules = [] }: MembersRules): Check {
  const known = new Map(Object.entries(members));
  const allowedNames = `${[...known.keys()].join(", ")}${others === "uri" ? "; or prefix:name of an extension" : ""}`;
  const checkOther: Check = (_, walk) => walk.wrong("a member that is none of this", allowedNames);
  const isAllowed = { none: () => false, uri: isUri, any: () => true }[others];
  return (value, walk) => {
    if (!isMembers(value)) {
      walk.wrong(kindOf(value), "an object");
      return;
    }
    for (const name of required) {
      if (!Object.hasOwn(value, name)) walk.wrong(`no ${name}`, `an object with ${required.join(", ")}`);
    }
    for (const name of Object.keys(value)) {
      if (walk.full) return;
      const check = known.get(name);
      if (check !== undefined) walk.below(name, check, value[name]);
      else if (!isAllowed(name)) walk.below(name, checkOther, undefined);
    }
    for (const rule of rules) rule(value, walk);
  };
}

export const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const hasItems = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a text";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** A value that somebody else wrote may be of any length. */
const quotedCharacters = 80;
const quoted = (value: string): string =>
  JSON.stringify(value.length > quotedCharacters ? `${value.slice(0, quotedCharacters)}...` : value);

function pathText(path: readonly (string | number)[]): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^@?\w{1,80}$/.test(step) ? `.${step}` : `[${quoted(step)}]`;
  });
  return `$${steps.join("")}`;
}
