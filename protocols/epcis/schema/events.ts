import type { Check, Members, Walk } from "./checks.ts";
import { hasItems, isMembers, list, object, text } from "./checks.ts";
import {
  action,
  distinctUris,
  everyEvent,
  ilmd,
  persistentDisposition,
  quantities,
  standardEvent,
  undescribed,
  uri,
  uris,
} from "./fields.ts";
import { isUri } from "./text-formats.ts";

type Rule = (event: Members, walk: Walk) => void;

const rule =
  (holds: (event: Members) => boolean, found: string, allowed: string): Rule =>
  (event, walk) => {
    if (!holds(event)) walk.wrong(found, allowed);
  };

const whenAlways = ["type", "eventTime", "eventTimeZoneOffset"];
const parentAndChildren = {
  parentID: uri,
  childEPCs: uris,
  childQuantityList: quantities,
  action,
  persistentDisposition: undescribed,
};
const hasChildren = rule(
  ({ childEPCs, childQuantityList, action: done }) =>
    hasItems(childEPCs) || hasItems(childQuantityList) || done === "DELETE",
  "no children",
  "childEPCs or childQuantityList with an item, unless the action is DELETE",
);

const objectEvent = object({
  members: {
    ...standardEvent,
    action,
    epcList: distinctUris,
    quantityList: quantities,
    persistentDisposition,
    ilmd,
  },
  required: [...whenAlways, "action"],
  others: "uri",
  rules: [
    rule(
      ({ epcList, quantityList, sensorElementList, readPoint }) =>
        epcList !== undefined ||
        hasItems(quantityList) ||
        (hasItems(sensorElementList) && readPoint !== undefined),
      "nothing that it is about",
      "epcList, a quantityList with an item, or a sensorElementList with an item and a readPoint",
    ),
    rule(
      (event) => event["ilmd"] === undefined || event["action"] === "ADD",
      "ilmd",
      "ilmd only with action ADD",
    ),
  ],
});

const transactionEvent = object({
  members: {
    ...standardEvent,
    parentID: uri,
    epcList: uris,
    quantityList: quantities,
    action,
    persistentDisposition: undescribed,
  },
  required: [...whenAlways, "bizTransactionList", "action"],
  others: "uri",
  rules: [
    rule(
      ({ bizTransactionList }) => bizTransactionList === undefined || hasItems(bizTransactionList),
      "no transaction",
      "a bizTransactionList of at least one item",
    ),
    rule(
      ({ epcList, quantityList, action: done }) =>
        epcList !== undefined || hasItems(quantityList) || done === "DELETE",
      "nothing that it is about",
      "epcList or a quantityList with an item, unless the action is DELETE",
    ),
  ],
});

const transformationEvent = object({
  members: {
    ...standardEvent,
    inputEPCList: distinctUris,
    inputQuantityList: quantities,
    outputEPCList: distinctUris,
    outputQuantityList: quantities,
    transformationID: uri,
    persistentDisposition,
    ilmd,
  },
  required: whenAlways,
  others: "uri",
  rules: [
    rule(
      (event) => {
        const input = hasItems(event["inputEPCList"]) || hasItems(event["inputQuantityList"]);
        const output = hasItems(event["outputEPCList"]) || hasItems(event["outputQuantityList"]);
        return event["transformationID"] === undefined ? input && output : input || output;
      },
      "too little of what becomes what",
      "an input and an output list with an item; one of them will do with a transformationID",
    ),
  ],
});

/** One check for each type of event of the standard, by its name. */
const standardEvents: ReadonlyMap<string, Check> = new Map([
  ["ObjectEvent", objectEvent],
  [
    "AggregationEvent",
    object({
      members: { ...standardEvent, ...parentAndChildren },
      required: [...whenAlways, "action"],
      others: "uri",
      rules: [hasChildren],
    }),
  ],
  [
    "AssociationEvent",
    object({
      members: { ...standardEvent, ...parentAndChildren },
      required: [...whenAlways, "action", "parentID"],
      others: "uri",
      rules: [hasChildren],
    }),
  ],
  ["TransactionEvent", transactionEvent],
  ["TransformationEvent", transformationEvent],
]);

/** An event of a type of one's own: that type is a URI, and it may have any member. */
const ownEvent = object({
  members: {
    ...everyEvent,
    type: text(`one of ${[...standardEvents.keys()].join(", ")}; or a URI of a type of one's own`, isUri),
  },
  required: whenAlways,
  others: "any",
});

/** An event inside a document, whose context stands there. */
export const event: Check = (value, walk) => {
  const type = isMembers(value) ? value["type"] : undefined;
  const check = typeof type === "string" ? standardEvents.get(type) : undefined;
  (check ?? ownEvent)(value, walk);
};

export const eventList = list(event);

/** An event by itself, which has to bring its context. */
export const bareEvent: Check = (value, walk) => {
  if (isMembers(value) && value["@context"] === undefined) {
    walk.wrong("no @context", "an object with @context");
  }
  event(value, walk);
};
