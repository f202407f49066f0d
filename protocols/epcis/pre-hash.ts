import { hashedExtensions, joinSorted } from "./hash-extension.ts";
import type { Namespaces, Vocabulary } from "./hash-value.ts";
import { hashedTime, hashedValue, hashedWord, vocabularies } from "./hash-value.ts";

/**
 * Three dialects share the suffix `?ver=CBV2.0`; "CBV2.0" is the one of the reference code of 2026 and of
 * OpenEPCIS, "CBV2.1" the draft that follows it (the folder's README has the differences).
 */
export type HashProfile = "CBV2.0" | "CBV2.1";

export interface HashOptions {
  readonly profile: HashProfile;
  /** Of the document's or event's own context; those of GS1 are known. */
  readonly namespaces?: Namespaces;
}

type Json = Readonly<Record<string, unknown>>;

/** One walk over one event: what it has found so far of extensions that stand elsewhere than their parents. */
interface Walk {
  readonly profile: HashProfile;
  readonly namespaces: Namespaces;
  readonly displaced: string[];
}
type Print = (name: string, value: unknown, walk: Walk) => string;

const knownNamespaces: Namespaces = {
  epcis: "https://ref.gs1.org/epcis/",
  cbv: "https://ref.gs1.org/cbv/",
  cbvmda: "urn:epcglobal:cbv:mda:",
  gs1: "https://ref.gs1.org/voc/",
};

const plain: Print = (name, value, walk) => `${name}=${hashedValue(value, walk.namespaces)}`;
const time: Print = (name, value) => `${name}=${hashedTime(value)}`;
const word =
  (vocabulary: Vocabulary): Print =>
  (name, value, walk) =>
    `${name}=${hashedWord(value, vocabulary, walk.namespaces)}`;
const epcs: Print = (name, value, walk) => name + sorted(value, (item) => plain("epc", item, walk));

/** Items of a list, each printed by its own fields. */
const itemsOf =
  (fields: Fields, itemName = ""): Print =>
  (name, value, walk) =>
    name + sorted(value, (item) => itemName + printFields(item, fields, walk));

const place: Print = (name, value, walk) =>
  name + printFields(value, placeFields, walk) + placeExtensions(name, value, walk);

const sensors: Print = (name, value, walk) =>
  (walk.profile === "CBV2.0" ? "" : name) +
  sorted(value, (item) => {
    const inner = printFields(item, sensorElementFields, walk);
    return `sensorElement${inner}${placeExtensions("sensorElement", item, walk)}`;
  });

const metadata: Print = (name, value, walk) =>
  name + printFields(value, sensorMetadataFields, walk) + placeExtensions(name, value, walk);
const reports: Print = (name, value, walk) =>
  sorted(
    value,
    (item) => name + printFields(item, sensorReportFields, walk) + placeExtensions(name, item, walk),
  );

const persistent: Print = (name, value, walk) =>
  name +
  ["set", "unset"]
    .map((change) => {
      const words = asRecord(value)[change];
      return sorted(words, (item) => word(vocabularies.disposition)(change, item, walk));
    })
    .join("");

const ilmd: Print = (name, value, walk) => name + hashedExtensions(value, walk.namespaces);

type Fields = readonly (readonly [name: string, print: Print])[];

const placeFields: Fields = [["id", plain]];
const quantityFields: Fields = [
  ["epcClass", plain],
  ["quantity", plain],
  ["uom", plain],
];
const quantities = itemsOf(quantityFields, "quantityElement");
const transactionFields: Fields = [
  ["type", word(vocabularies.transaction)],
  ["bizTransaction", plain],
];
const sourceFields: Fields = [
  ["type", word(vocabularies.party)],
  ["source", plain],
];
const destinationFields: Fields = [
  ["type", word(vocabularies.party)],
  ["destination", plain],
];
const sensorElementFields: Fields = [
  ["sensorMetadata", metadata],
  ["sensorReport", reports],
];
const sensorMetadataFields: Fields = [
  ["time", time],
  ["startTime", time],
  ["endTime", time],
  ["deviceID", plain],
  ["deviceMetadata", plain],
  ["rawData", plain],
  ["dataProcessingMethod", plain],
  ["bizRules", plain],
];
const sensorReportFields: Fields = [
  ["type", word(vocabularies.sensor)],
  ["exception", word(vocabularies.sensor)],
  ["deviceID", plain],
  ["deviceMetadata", plain],
  ["rawData", plain],
  ["dataProcessingMethod", plain],
  ["time", time],
  ["microorganism", plain],
  ["chemicalSubstance", plain],
  ["value", plain],
  ["component", word(vocabularies.component)],
  ["stringValue", plain],
  ["booleanValue", plain],
  ["hexBinaryValue", plain],
  ["uriValue", plain],
  ["minValue", plain],
  ["maxValue", plain],
  ["meanValue", plain],
  ["sDev", plain],
  ["percRank", plain],
  ["percValue", plain],
  ["uom", plain],
  ["coordinateReferenceSystem", plain],
];

/** The fields of every event type in the order in which they are hashed (CBV 2.0 section 8.9.2). */
const eventFields: Fields = [
  ["type", (_, value) => `eventType=${String(value)}`],
  ["eventTime", time],
  ["eventTimeZoneOffset", plain],
  ["epcList", epcs],
  ["parentID", plain],
  ["inputEPCList", epcs],
  ["childEPCs", epcs],
  ["quantityList", quantities],
  ["childQuantityList", quantities],
  ["inputQuantityList", quantities],
  ["outputEPCList", epcs],
  ["outputQuantityList", quantities],
  ["action", plain],
  ["transformationID", plain],
  ["bizStep", word(vocabularies.bizStep)],
  ["disposition", word(vocabularies.disposition)],
  ["persistentDisposition", persistent],
  ["readPoint", place],
  ["bizLocation", place],
  ["bizTransactionList", itemsOf(transactionFields)],
  ["sourceList", itemsOf(sourceFields)],
  ["destinationList", itemsOf(destinationFields)],
  ["sensorElementList", sensors],
  ["ilmd", ilmd],
];

/** The string whose SHA-256 is the event's identity; what must not matter is left out or made canonical. */
export function preHash(event: Json, { profile, namespaces }: HashOptions): string {
  const walk: Walk = {
    profile,
    namespaces: namespaces === undefined ? knownNamespaces : withKnown(namespaces),
    displaced: [],
  };
  const fields = printFields(event, eventFields, walk);
  return fields + joinSorted(walk.displaced) + hashedExtensions(event, walk.namespaces);
}

/** All events of a site declare the same namespaces. */
const completed = new WeakMap<Namespaces, Namespaces>();

function withKnown(namespaces: Namespaces): Namespaces {
  const known = completed.get(namespaces);
  if (known !== undefined) return known;
  const complete = { ...knownNamespaces, ...namespaces };
  completed.set(namespaces, complete);
  return complete;
}

function printFields(value: unknown, fields: Fields, walk: Walk): string {
  const record = asRecord(value);
  let text = "";
  for (const [name, print] of fields) {
    const field = record[name];
    if (field !== undefined && field !== null) text += print(name, field, walk);
  }
  return text;
}

/** CBV 2.0 moves extensions of an inner element behind the fields, with the element's name in front. */
function placeExtensions(name: string, value: unknown, walk: Walk): string {
  const extensions = hashedExtensions(value, walk.namespaces);
  if (extensions === "" || walk.profile !== "CBV2.0") return extensions;
  walk.displaced.push(name + extensions);
  return "";
}

function sorted(value: unknown, print: (item: unknown) => string): string {
  if (!Array.isArray(value)) return value === undefined ? "" : print(value);
  return value.length === 1 ? print(value[0]) : joinSorted((value as unknown[]).map(print));
}

function asRecord(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
