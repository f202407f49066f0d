import { anything, boolean, list, number, object, oneOf, text, textOr, word } from "./checks.ts";
import { isDateTime, isUri } from "./text-formats.ts";
import {
  actions,
  bizSteps,
  components,
  dispositions,
  errorReasons,
  measurementTypes,
  partyTypes,
  sensorAlerts,
  transactionTypes,
} from "./words.ts";

/** The parts of an EPCIS 2.0.1 event, by the names of the official schema's definitions. */
export const uri = text("a URI: a scheme, a colon and what it names", isUri);
export const time = text(
  "a date and time with its zone, 2026-01-05T09:00:00.000Z or with +01:00",
  isDateTime,
);
export const anyText = text("a text");
const hexBinary = text("hexadecimal digits", (value) => /^[A-Fa-f0-9]+$/.test(value));
const uom = text("two or three capitals or digits, as KGM", (value) => /^[A-Z0-9]{2,3}$/.test(value));
const zoneOffset = text("+hh:mm or -hh:mm, up to 14:00", (value) =>
  /^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/.test(value),
);

const cbvWord = (words: ReadonlySet<string>) =>
  word(words, /^(?:urn:epcglobal:cbv|https?:\/\/ns\.gs1\.org\/cbv\/)/, "that of CBV");
const gs1Word = (words: ReadonlySet<string>) =>
  word(words, /^https?:\/\/(?:www\.)?gs1\.org\/voc\//, "that of the GS1 web vocabulary");

const disposition = cbvWord(dispositions);
export const uris = list(uri);
export const distinctUris = list(uri, { distinct: true });
export const quantities = list(
  object({ members: { epcClass: uri, quantity: number, uom }, required: ["epcClass"], others: "none" }),
);
const place = object({ members: { id: uri }, required: ["id"], others: "any" });
const partyType = cbvWord(partyTypes);

const contextItem = textOr(uri, object({ members: {}, others: "any" }));
const contextList = list(contextItem, { distinct: true });
/** A URI, an object, or a list of both. */
export const context = textOr(uri, (value, walk) =>
  Array.isArray(value) ? contextList(value, walk) : contextItem(value, walk),
);

const dispositionsOnce = list(disposition, { itemsMin: 1, distinct: true });
export const persistentDisposition = object({
  members: { set: dispositionsOnce, unset: dispositionsOnce },
  others: "none",
  rules: [
    ({ set, unset }, walk) => {
      if (set === undefined && unset === undefined)
        walk.wrong("neither set nor unset", "set, unset, or both");
    },
  ],
});

const errorDeclaration = object({
  members: { declarationTime: time, reason: cbvWord(errorReasons), correctiveEventIDs: uris },
  required: ["declarationTime"],
  others: "uri",
});

const sensorMetadata = object({
  members: {
    time,
    startTime: time,
    endTime: time,
    deviceID: uri,
    deviceMetadata: uri,
    rawData: uri,
    dataProcessingMethod: uri,
    bizRules: uri,
  },
  others: "uri",
});
const sensorReport = object({
  members: {
    type: gs1Word(measurementTypes),
    exception: gs1Word(sensorAlerts),
    deviceID: uri,
    deviceMetadata: uri,
    rawData: uri,
    dataProcessingMethod: uri,
    bizRules: uri,
    time,
    microorganism: uri,
    chemicalSubstance: uri,
    coordinateReferenceSystem: uri,
    value: number,
    component: cbvWord(components),
    stringValue: anyText,
    booleanValue: boolean,
    hexBinaryValue: hexBinary,
    uriValue: uri,
    minValue: number,
    maxValue: number,
    meanValue: number,
    sDev: number,
    percRank: number,
    percValue: number,
    uom: anyText,
  },
  required: ["type"],
  others: "uri",
});
const sensorElement = object({
  members: { sensorMetadata, sensorReport: list(sensorReport, { itemsMin: 1 }) },
  required: ["sensorReport"],
  others: "uri",
});

/** What every event may have, one of a type of its own as well. */
export const everyEvent = {
  "@context": context,
  eventTime: time,
  recordTime: time,
  eventTimeZoneOffset: zoneOffset,
  eventID: uri,
  certificationInfo: textOr(uri, uris),
  errorDeclaration,
} as const;

/** What the five types of the standard may have beside their own lists. */
export const standardEvent = {
  ...everyEvent,
  type: anyText,
  bizStep: cbvWord(bizSteps),
  disposition,
  readPoint: place,
  bizLocation: place,
  bizTransactionList: list(
    object({
      members: { type: cbvWord(transactionTypes), bizTransaction: uri },
      required: ["bizTransaction"],
      others: "none",
    }),
  ),
  sourceList: list(
    object({ members: { type: partyType, source: uri }, required: ["type", "source"], others: "none" }),
  ),
  destinationList: list(
    object({
      members: { type: partyType, destination: uri },
      required: ["type", "destination"],
      others: "none",
    }),
  ),
  sensorElementList: list(sensorElement),
} as const;

export const action = oneOf(actions);
export const ilmd = object({ members: {}, others: "uri" });
/** What 2.0.1 names in three types of event without saying what it is there. */
export const undescribed = anything;
