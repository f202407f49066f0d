import type { Check } from "./checks.ts";
import { isMembers, list, object, text } from "./checks.ts";
import { bareEvent, eventList } from "./events.ts";
import { anyText, context, time, uri, uris } from "./fields.ts";

const version = text("numbers with points between, as 2.0", (value) => /^\d+(?:\.\d+)*$/.test(value));

const textNumberOrObject: Check = (value, walk) => {
  if (typeof value === "string" || typeof value === "number" || isMembers(value)) return;
  walk.wrong("none of the three", "a text, a number or an object");
};
const attribute = object({
  members: { id: uri, attribute: textNumberOrObject },
  required: ["id"],
  others: "any",
});
const vocabularyElement = object({
  members: { id: uri, attributes: list(attribute), children: uris },
  required: ["id"],
  others: "any",
});
const vocabularyList = list(
  object({
    members: { type: uri, vocabularyElementList: list(vocabularyElement) },
    required: ["type"],
    others: "any",
  }),
);

const heading = { "@context": context, id: uri, type: anyText, schemaVersion: version, creationDate: time };

const captureDocument = object({
  members: {
    ...heading,
    instanceIdentifier: anyText,
    sender: anyText,
    receiver: anyText,
    epcisHeader: object({
      members: { epcisMasterData: object({ members: { vocabularyList }, others: "any" }) },
      others: "uri",
    }),
    epcisBody: object({ members: { eventList }, required: ["eventList"], others: "any" }),
  },
  required: ["@context", "type", "schemaVersion", "creationDate", "epcisBody"],
  others: "uri",
});

const resultsBody = object({
  members: { eventList, vocabularyList },
  required: ["eventList"],
  others: "uri",
});
const queryResults = object({
  members: { queryName: anyText, subscriptionID: anyText, resultsBody },
  required: ["queryName", "resultsBody"],
  others: "uri",
});
const queryDocument = object({
  members: {
    ...heading,
    epcisBody: object({ members: { queryResults }, required: ["queryResults"], others: "uri" }),
  },
  required: ["@context", "type", "epcisBody"],
  others: "uri",
});

/** By the word in `type`; whatever has another one is an event. */
const documents: ReadonlyMap<unknown, Check> = new Map([
  ["EPCISDocument", captureDocument],
  ["EPCISQueryDocument", queryDocument],
]);

export const documentOrEvent: Check = (value, walk) => {
  const check = isMembers(value) ? documents.get(value["type"]) : undefined;
  (check ?? bareEvent)(value, walk);
};
