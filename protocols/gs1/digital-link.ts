import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import type { AiRule } from "./ai-rule.ts";
import type { RuledElement } from "./associations.ts";
import { pairsOf } from "./associations.ts";
import { gtin14 } from "./check-digit.ts";
import { dictionary, ruleOf } from "./dictionary.ts";
import { digitalLinkUri } from "./digital-link-uri.ts";
import { addElement } from "./element-strings.ts";

/** How forgiving a reader is. */
export interface LinkTolerance {
  readonly unknownAis: boolean;
  /** GTIN-8, -12 and -13 where 14 digits belong. */
  readonly shortGtins: boolean;
}

/** The elements of a link: those of its path, the key first, and those of its query. */
export interface DigitalLink {
  readonly path: readonly RuledElement[];
  readonly query: readonly RuledElement[];
}

export const looksLikeLink = (text: string): boolean => /^(https?|HTTPS?):\/\//.test(text);

/** Letters, digits and the punctuation of RFC 3986; a scanner may send anything. */
const uriCharacters = /^[!#$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]*$/;
const linkShape = /^[a-z]+:\/\/([^/?#]+)(\/[^?#]*)(?:\?([^#]*))?(?:#.*)?$/i;

/** A GS1 Digital Link URI of any domain (GS1 Digital Link Standard: URI Syntax). */
export function readDigitalLink(uri: string, tolerance: LinkTolerance): Decoded<DigitalLink> {
  if (!uriCharacters.test(uri)) return refused("character", "the link holds characters that no URI may hold");
  const [, domain = "", path = "", query = ""] = linkShape.exec(uri) ?? [];
  if (domain === "") return refused("field", "the link has no domain and path");
  if (!/^[-.:0-9A-Z[\]a-z]+$/.test(domain)) return refused("character", `"${domain}" is no domain`);
  const pathElements = readPath(path, tolerance);
  if (!pathElements.ok) return pathElements;
  const queryElements = readQuery(query, tolerance, pathElements.value);
  return queryElements.ok ? decoded({ path: pathElements.value, query: queryElements.value }) : queryElements;
}

/** The canonical URI of what a link said; the place of each AI stays as it was. */
export function canonicalUriOf({ path, query }: DigitalLink): string {
  return digitalLinkUri(pairsOf(path), pairsOf(inQueryOrder(query)));
}

/** The canonical URI of elements from elsewhere; undefined when they do not fit into one link. */
export function canonicalUri(elements: readonly RuledElement[]): string | undefined {
  const seen = new Map(elements.map((element) => [element.ai, element]));
  const key = elements.find(({ rule }) => rule.key !== undefined);
  if (key === undefined) return undefined;
  let qualifiers: RuledElement[] = [];
  for (const sequence of key.rule.key ?? []) {
    const present = sequence.split(",").flatMap((ai) => seen.get(ai) ?? []);
    if (present.length > qualifiers.length) qualifiers = present;
  }
  const path = [key, ...qualifiers];
  const inPath = new Set(path.map(({ ai }) => ai));
  const query = [...seen.values()].filter(({ ai }) => !inPath.has(ai));
  return query.every(({ ai, rule }) => rule.attribute && dictionary.has(ai))
    ? canonicalUriOf({ path, query })
    : undefined;
}

/** Those of predefined length stand first, as in a barcode. */
const inQueryOrder = (query: readonly RuledElement[]): readonly RuledElement[] => [
  ...query.filter(({ rule }) => rule.fixed),
  ...query.filter(({ rule }) => !rule.fixed),
];

/** Backwards through the path, two segments at a time, up to the last key; what stands before is the stem. */
function readPath(path: string, tolerance: LinkTolerance): Decoded<readonly RuledElement[]> {
  const segments = path.slice(1).split("/");
  const found: { ai: string; text: string; rule: AiRule }[] = [];
  while (found[0]?.rule.key === undefined) {
    const text = segments.pop() ?? "";
    const ai = segments.pop() ?? "";
    const rule = ruleOf(ai, tolerance.unknownAis);
    if (rule === undefined) return refused("field", "no GS1 key in the path");
    found.unshift({ ai, text, rule });
  }
  const elements: RuledElement[] = [];
  for (const { ai, text, rule } of found) {
    const value = unescaped(text);
    const added = addElement(elements, { ai, value: padded(ai, value, tolerance), rule });
    if (added !== undefined) return added;
  }
  const sequence = found.slice(1).map(({ ai }) => ai);
  return sequence.length === 0 || found[0].rule.key.some((order) => isInOrder(sequence, order))
    ? decoded(elements)
    : refused("field", `${sequence.join(", ")} cannot follow ${found[0].ai} in a path`);
}

function readQuery(
  query: string,
  tolerance: LinkTolerance,
  path: readonly RuledElement[],
): Decoded<readonly RuledElement[]> {
  const elements: RuledElement[] = [];
  for (const parameter of query.split("&")) {
    // Names that are no numbers belong to the link's owner.
    const [, ai, text = ""] = /^(\d+)=(.*)$/.exec(parameter) ?? [];
    if (ai === undefined) continue;
    const rule = dictionary.get(ai);
    if (rule === undefined) return refused("field", `AI (${ai}) is unknown`);
    const misplaced = misplacedInQuery(ai, rule, path);
    if (misplaced !== undefined) return refused("field", misplaced);
    if (elements.some((element) => element.ai === ai)) return refused("field", `AI (${ai}) stands twice`);
    const value = unescaped(text.replaceAll("+", " "));
    const added = addElement(elements, { ai, value: padded(ai, value, tolerance), rule });
    if (added !== undefined) return added;
  }
  return decoded(elements);
}

function misplacedInQuery(ai: string, rule: AiRule, path: readonly RuledElement[]): string | undefined {
  if (!rule.attribute) return `AI (${ai}) must not stand in the query`;
  if (path.some((element) => element.ai === ai)) return `AI (${ai}) stands in the path already`;
  const [key, ...qualifiers] = path;
  const together = [...qualifiers.map((qualifier) => qualifier.ai), ai];
  const belongsInPath = key?.rule.key?.some((order) =>
    together.every((name) => order.split(",").includes(name)),
  );
  return belongsInPath === true ? `AI (${ai}) belongs in the path` : undefined;
}

function isInOrder(names: readonly string[], order: string): boolean {
  const places = names.map((name) => order.split(",").indexOf(name));
  return places.every((place, index) => place >= 0 && place > (places[index - 1] ?? -1));
}

const unescaped = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

const padded = (ai: string, value: string, { shortGtins }: LinkTolerance): string =>
  shortGtins && ai === "01" && /^(\d{8}|\d{12,13})$/.test(value) ? gtin14(value) : value;
