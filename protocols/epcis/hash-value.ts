import { elementsOfIdentityUri } from "../epc/identity-uri.ts";
import { digitalLinkUri } from "../gs1/digital-link-uri.ts";
import { canonicalLink } from "./hash-link.ts";

/** Prefix to namespace, as a JSON-LD context declares it. */
export type Namespaces = Readonly<Record<string, string>>;

/** A vocabulary of CBV 2.0: where its bare words live, and the URN form that EPCIS 1.2 wrote. */
export interface Vocabulary {
  readonly uri: string;
  readonly urn: string;
}

const cbv = (uri: string, urn: string): Vocabulary => ({
  uri: `https://ref.gs1.org/cbv/${uri}-`,
  urn: `urn:epcglobal:cbv:${urn}:`,
});
export const vocabularies = {
  bizStep: cbv("BizStep", "bizstep"),
  disposition: cbv("Disp", "disp"),
  transaction: cbv("BTT", "btt"),
  party: cbv("SDT", "sdt"),
  component: cbv("Comp", "comp"),
  sensor: { uri: "https://ref.gs1.org/voc/", urn: "urn:epcglobal:cbv:voc:" },
} as const satisfies Record<string, Vocabulary>;

/** A bare word of the vocabulary as a URI; anything else as any other value. */
export function hashedWord(value: unknown, vocabulary: Vocabulary, namespaces: Namespaces): string {
  if (typeof value !== "string") return hashedValue(value, namespaces);
  const word = value.trim();
  if (!word.includes(":")) return vocabulary.uri + word;
  return word.startsWith(vocabulary.urn)
    ? vocabulary.uri + word.slice(vocabulary.urn.length)
    : hashedText(word, namespaces);
}

/** A value as it enters the pre-hash string: one spelling for one meaning. */
export function hashedValue(value: unknown, namespaces: Namespaces): string {
  if (typeof value === "string") return hashedText(value.trim(), namespaces);
  return typeof value === "number" ? hashedNumber(value) : String(value);
}

const numberText = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function hashedText(text: string, namespaces: Namespaces): string {
  if (text.startsWith("urn:epc:")) return linkOfUrn(text) ?? text;
  if (text.startsWith("http") && /^https?:\/\//.test(text)) return canonicalLink(text) ?? text;
  if (numberText.test(text)) return hashedNumber(Number(text));
  return expanded(text, namespaces);
}

/** `cbv:BizStep-holding` in full, where the prefix is known. */
function expanded(text: string, namespaces: Namespaces): string {
  const colon = text.indexOf(":");
  const namespace = colon < 0 ? undefined : namespaces[text.slice(0, colon)];
  return namespace === undefined ? text : namespace + text.slice(colon + 1);
}

/** The places of a site come back in every event; beyond this many URNs it is not a site any more. */
const rememberedUrnsMax = 1024;
const linksOfUrns = new Map<string, string>();

function linkOfUrn(urn: string): string | undefined {
  const known = linksOfUrns.get(urn);
  if (known !== undefined) return known;
  const elements = elementsOfIdentityUri(urn);
  if (elements === undefined) return undefined;
  const link = digitalLinkUri(elements, [], escapeForHash);
  if (linksOfUrns.size >= rememberedUrnsMax) linksOfUrns.clear();
  linksOfUrns.set(urn, link);
  return link;
}

/** As the reference implementation prints a double: whole numbers in full, small ones as 1e-05. */
function hashedNumber(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  if (Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

/** What the reference escapes in a value that came from an EPC URN: its own escapes and `! ( ) * + , :`. */
function escapeForHash(value: string): string {
  return value.replace(
    /[!"%&()*+,/:<>?#]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** RFC 3339 as validators take it: a small `t` or a space between, a zone without its colon or minutes. */
const dateTime =
  /^(\d{4}-\d\d-\d\d)[Tt\s](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)$/;

/** UTC with three decimals; the fourth rounds. A leap second is the first of the next minute. */
export function hashedTime(value: unknown): string {
  const text = String(value).trim();
  if (milliseconds.test(text)) return text;
  const [whole, day, hours, minutes, seconds, fraction = "0", sign, zoneHours = 0, zoneMinutes = 0] =
    dateTime.exec(text) ?? [];
  if (whole === undefined) return text;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -1 : 1);
  const secondsOfDay = (Number(hours) * 60 + Number(minutes) - zone) * 60 + Number(seconds);
  const time = new Date(
    Date.parse(`${day}T00:00:00Z`) + secondsOfDay * 1000 + Math.round(Number(`0.${fraction}`) * 1000),
  );
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}
