import type { Namespaces } from "./hash-value.ts";
import { hashedValue } from "./hash-value.ts";

/** Never hashed, although their names have a colon. */
const excluded = new Set(["rdfs:comment"]);

/**
 * The extensions among the members of an element, those whose name has a colon: `{namespace}name=value`,
 * members of members behind their parent, siblings sorted.
 */
export function hashedExtensions(element: unknown, namespaces: Namespaces): string {
  if (typeof element !== "object" || element === null) return "";
  const members = element as Readonly<Record<string, unknown>>;
  let texts: string[] | undefined;
  // In place of Object.keys: most elements have no extension, and no list is made for them.
  for (const name in members) {
    if (!name.includes(":") || excluded.has(name)) continue;
    texts ??= [];
    collect(name, members[name], namespaces, texts);
  }
  return texts === undefined ? "" : joinSorted(texts);
}

/** What is undefined is absent. */
function collect(name: string, value: unknown, namespaces: Namespaces, texts: string[]): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) collect(name, item, namespaces, texts);
    return;
  }
  const key = hashedName(name, namespaces);
  texts.push(
    typeof value === "object" && value !== null
      ? key + hashedExtensions(value, namespaces)
      : `${key}=${hashedValue(value, namespaces)}`,
  );
}

/** `{namespace}local`; a name without a known prefix is a URI, its namespace ends at the last separator. */
function hashedName(name: string, namespaces: Namespaces): string {
  const colon = name.indexOf(":");
  const namespace = namespaces[name.slice(0, colon)];
  if (namespace !== undefined) return `{${namespace}}${name.slice(colon + 1)}`;
  const [, uri = "", local = name] = /^(.*[/#:])([^/#:]*)$/.exec(name) ?? [];
  return `{${uri}}${local}`;
}

/** Where the order of UTF-16 units and that of code points part: surrogates, and what lies behind them. */
const fromSurrogates = /[\ud800-\uffff]/;

/** Sorted by their UTF-8 bytes, which is the order of code points. */
export function joinSorted(texts: string[]): string {
  // JavaScript's own order is that of UTF-16 units, and quick; our own events are in it already.
  if (!isInOrder(texts)) texts.sort();
  const text = texts.join("");
  return fromSurrogates.test(text) ? texts.sort(compareUtf8).join("") : text;
}

function isInOrder(texts: readonly string[]): boolean {
  for (let index = 1; index < texts.length; index++) {
    if ((texts[index - 1] ?? "") > (texts[index] ?? "")) return false;
  }
  return true;
}

/** Order of the UTF-8 bytes: that of code points, while JavaScript's own is that of UTF-16 units. */
function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points beyond U+FFFF, so they come behind U+E000 to U+FFFF. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
