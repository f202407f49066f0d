import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
} from "yaml";

/** Names and indexes from the file's root to one place in it. */
export type Path = readonly (string | number)[];

interface Entry {
  /** Absent in lists. */
  readonly key?: Node | undefined;
  readonly value: Node | undefined;
}

/**
 * Where `path` begins in the text; for what is missing, the section that misses it.
 * A section is found by its name, a value by itself unless `atKey` asks for the name.
 */
export function placeOf(document: Document.Parsed, path: Path, atKey = false): number {
  let entry: Entry = { value: document.contents ?? undefined };
  for (const step of path) {
    const next = entryOf(isAlias(entry.value) ? entry.value.resolve(document) : entry.value, step);
    if (next === undefined) return startOf(entry, false);
    entry = next;
  }
  return startOf(entry, atKey);
}

function entryOf(node: Node | undefined, step: string | number): Entry | undefined {
  if (isSeq<ParsedNode>(node) && typeof step === "number") {
    const value = node.items[step];
    return value && { value };
  }
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
  return pair && { key: pair.key, value: pair.value ?? undefined };
}

function startOf({ key, value }: Entry, atKey: boolean): number {
  const byName = atKey || value === undefined || isCollection(value);
  const node = byName ? (key ?? value) : value;
  return node?.range?.[0] ?? 0;
}

/** `devices[2].transport.baudRate` */
export function pathWords(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}
