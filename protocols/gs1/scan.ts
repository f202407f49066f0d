import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import type { RuledElement } from "./associations.ts";
import { contradictionIn, exclusionIn, pairsOf, requirementMissingIn } from "./associations.ts";
import { gtin14, hasValidCheckDigit } from "./check-digit.ts";
import type { DigitalLink, LinkTolerance } from "./digital-link.ts";
import { canonicalUri, canonicalUriOf, looksLikeLink, readDigitalLink } from "./digital-link.ts";
import type { ElementString } from "./digital-link-uri.ts";
import { groupSeparator, readBracketed, readElementStrings } from "./element-strings.ts";

/**
 * `strict` and `relaxed` answer as the GS1 reference engine does; `desk` is for a shop: it also takes codes
 * without AIM identifier and from carriers that GS1 leaves to others, and warns where AIs lack each other.
 */
export type ScanMode = "strict" | "relaxed" | "desk";

export interface ScannedCode {
  /** AIM symbology identifier, `]d2`; absent where the scanner does not send it. */
  readonly aim?: string;
  readonly text: string;
}

/** What a scan says. */
interface Content {
  /** The carrier by the reference engine's name; absent when nothing said it. */
  readonly symbology?: string;
  /** Null where the code holds no AIs: an EAN, or plain text. */
  readonly elements: readonly RuledElement[] | null;
  /** The link that the elements came from. */
  readonly link?: DigitalLink;
  /** 14 digits, of a code that is nothing but a GTIN. */
  readonly gtin?: string;
  /** AIs that stand without the ones that they need, or beside ones that they exclude. */
  readonly warnings: readonly string[];
}

/** What GS1 makes of a scan. */
export interface Gs1Scan extends Pick<Content, "symbology" | "warnings"> {
  /** Null where the code holds no AIs: an EAN, or plain text. */
  readonly ais: readonly ElementString[] | null;
  readonly canonicalDLuri: string | null;
  /** 14 digits. */
  readonly gtin?: string;
  readonly serial?: string;
}

interface Mode extends LinkTolerance {
  readonly requirements: "refuse" | "warn";
  readonly exclusions: "refuse" | "warn";
}
const modes: Readonly<Record<ScanMode, Mode>> = {
  strict: { unknownAis: false, shortGtins: false, requirements: "refuse", exclusions: "refuse" },
  relaxed: { unknownAis: true, shortGtins: true, requirements: "warn", exclusions: "refuse" },
  desk: { unknownAis: false, shortGtins: true, requirements: "warn", exclusions: "warn" },
};

type Form = "elements" | "text-or-link" | "digits-13" | "digits-8" | "digits-13-and-add-on" | "digits-14";
interface Carrier {
  readonly symbology: string;
  readonly form: Form;
  /** Not among the engine's carriers. */
  readonly deskOnly?: true;
}

/** By AIM identifier (ISO/IEC 15424; General Specifications figure 5.1.3-2). */
const carriers: Readonly<Record<string, Carrier>> = {
  "]C1": { symbology: "GS1_128_CCA", form: "elements" },
  "]e0": { symbology: "DataBarExpanded", form: "elements" },
  "]d2": { symbology: "DM", form: "elements" },
  "]Q3": { symbology: "QR", form: "elements" },
  "]J1": { symbology: "DotCode", form: "elements" },
  "]d1": { symbology: "DM", form: "text-or-link" },
  "]Q1": { symbology: "QR", form: "text-or-link" },
  "]J0": { symbology: "DotCode", form: "text-or-link" },
  "]E0": { symbology: "EAN13", form: "digits-13" },
  "]E4": { symbology: "EAN8", form: "digits-8" },
  "]E3": { symbology: "EAN13", form: "digits-13-and-add-on", deskOnly: true },
  "]I0": { symbology: "ITF14", form: "digits-14", deskOnly: true },
  "]I1": { symbology: "ITF14", form: "digits-14", deskOnly: true },
  "]I3": { symbology: "ITF14", form: "digits-14", deskOnly: true },
};

/** The code in front, and what a composite component says behind it. */
const fixedDigits: Readonly<Partial<Record<Form, RegExp>>> = {
  "digits-13": /^(\d{13})(?:\|\]e0(.*))?$/s,
  "digits-8": /^(\d{8})(?:\|\]e0(.*))?$/s,
  "digits-13-and-add-on": /^(\d{13})(?:\d{2}|\d{5})()$/,
  "digits-14": /^(\d{14})()$/,
};

/** What a scanner sent, as GS1 reads it. */
export function readGs1Scan(scan: ScannedCode, mode: ScanMode = "desk"): Decoded<Gs1Scan> {
  return whole(readScan(scan, mode));
}

/** `(01)...(21)...` as people type and print it. */
export function readGs1Bracketed(text: string, mode: ScanMode): Decoded<Gs1Scan> {
  return whole(readBracketedText(text, mode));
}

/** What a scanner sent at a desk as elements and nothing more: a code that is nothing but a GTIN is one too. */
export function elementsOfScan(scan: ScannedCode): Decoded<readonly ElementString[]> {
  const read = readScan(scan, "desk");
  if (!read.ok) return read;
  const { elements, gtin } = read.value;
  const pairs = pairsOf(elements ?? []);
  return decoded(gtin === undefined ? pairs : [["01", gtin], ...pairs]);
}

function whole(read: Decoded<Content>): Decoded<Gs1Scan> {
  if (!read.ok) return read;
  const { elements, link, ...rest } = read.value;
  if (elements === null) return decoded({ ais: null, canonicalDLuri: null, ...rest });
  const ais = pairsOf(elements);
  const canonicalDLuri = link === undefined ? canonicalUri(elements) : canonicalUriOf(link);
  return decoded({
    ais,
    canonicalDLuri: canonicalDLuri ?? null,
    ...tradeItemIn(new Map(ais)),
    ...rest,
  });
}

function readScan(scan: ScannedCode, mode: ScanMode): Decoded<Content> {
  const { aim, text } = scan.aim === undefined ? splitAim(scan.text) : scan;
  if (aim !== undefined) return readCarrier(aim, text, mode);
  return mode === "desk" ? readWithoutAim(text) : refused("start", "no AIM identifier in front");
}

const readBracketedText = (text: string, mode: ScanMode): Decoded<Content> =>
  judged(readBracketed(text, modes[mode].unknownAis), modes[mode]);

/** A scanner may put the AIM identifier in front although nobody told us. */
function splitAim(text: string): ScannedCode {
  const [aim] = /^\][A-Za-z][0-9A-Za-z]/.exec(text) ?? [];
  return aim === undefined ? { text } : { aim, text: text.slice(aim.length) };
}

function readCarrier(aim: string, text: string, mode: ScanMode): Decoded<Content> {
  const carrier = carriers[aim];
  if (carrier === undefined || (carrier.deskOnly === true && mode !== "desk"))
    return refused("unsupported", `${aim} is no carrier of GS1 data`);
  const read = readContent(text, carrier.form, modes[mode]);
  return read.ok ? decoded({ symbology: carrier.symbology, ...read.value }) : read;
}

function readContent(text: string, form: Form, mode: Mode): Decoded<Content> {
  if (form === "elements") return judged(readElementStrings(text, mode.unknownAis), mode);
  if (form === "text-or-link") return readTextOrLink(text, mode);
  const [, digits, composite] = fixedDigits[form]?.exec(text) ?? [];
  if (digits === undefined) return refused("length", `${text.length} characters are not the code's digits`);
  if (!hasValidCheckDigit(digits)) return refused("checksum", `the check digit of ${digits} is wrong`);
  const gtin = gtin14(digits);
  if (composite === undefined || composite === "") return decoded({ ...plainText, gtin });
  const elements = judged(readElementStrings(composite, mode.unknownAis), mode);
  return elements.ok ? decoded({ ...elements.value, gtin }) : elements;
}

const plainText = { elements: null, warnings: [] } as const;

function readTextOrLink(text: string, mode: Mode): Decoded<Content> {
  if (!looksLikeLink(text)) return decoded(plainText);
  const link = readDigitalLink(text, mode);
  if (!link.ok) return link;
  return judged(decoded([...link.value.path, ...link.value.query]), mode, link.value);
}

/** Scanners are often delivered with AIM identifiers switched off; then the code's own shape must say it. */
function readWithoutAim(text: string): Decoded<Content> {
  if (/^(\d{8}|\d{12,14})$/.test(text)) {
    return hasValidCheckDigit(text)
      ? decoded({ ...plainText, gtin: gtin14(text) })
      : refused("checksum", `the check digit of ${text} is wrong`);
  }
  if (looksLikeLink(text)) return readTextOrLink(text, modes.desk);
  if (text.startsWith("(")) return readBracketedText(text, "desk");
  const data = text.startsWith(groupSeparator) ? text.slice(1) : text;
  return judged(readElementStrings(data, modes.desk.unknownAis), modes.desk);
}

/** The elements together: what contradicts is refused, what is missing is judged by the mode. */
function judged(read: Decoded<readonly RuledElement[]>, mode: Mode, link?: DigitalLink): Decoded<Content> {
  if (!read.ok) return read;
  const elements = read.value;
  const missing = requirementMissingIn(elements);
  const excluded = exclusionIn(elements);
  const wrong =
    contradictionIn(elements) ??
    (mode.exclusions === "refuse" ? excluded : undefined) ??
    (mode.requirements === "refuse" ? missing : undefined);
  if (wrong !== undefined) return refused("field", wrong);
  const warnings = [excluded, missing].filter((warning) => warning !== undefined);
  return decoded(link === undefined ? { elements, warnings } : { elements, link, warnings });
}

function tradeItemIn(valueOf: ReadonlyMap<string, string>): Pick<Gs1Scan, "gtin" | "serial"> {
  const gtin = valueOf.get("01");
  const serial = valueOf.get("21");
  return { ...(gtin !== undefined && { gtin }), ...(serial !== undefined && { serial }) };
}
