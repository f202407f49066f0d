import type {
  EpcisAction,
  EpcisAggregationEvent,
  EpcisBizStep,
  EpcisBusinessTransaction,
  EpcisDestination,
  EpcisDisposition,
  EpcisEvent,
  EpcisObjectEvent,
  EpcisSensorElement,
  EpcisSource,
  EpcisTransformationEvent,
  Uri,
} from "./event.ts";
import { eventHash } from "./event-hash.ts";
import { type StorewireExtensions, storewireNamespace } from "./extensions.ts";
import type { Weight } from "./mass.ts";
import { massReport } from "./mass.ts";
import { timeZoneOffset } from "./time-zone-offset.ts";

const namespaces = { storewire: storewireNamespace };
const hashOptions = { profile: "CBV2.0", namespaces } as const;

/** JSON-LD context of every event that we emit; the 2.0.0 address is what all receivers know. */
export const eventContext: EpcisObjectEvent["@context"] = [
  "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
  namespaces,
];

/** A weight with when and by which scale it was taken. */
export interface Weighing extends Weight {
  readonly timeMs: number;
  /** The scale's own identity as a URI, where it has one. */
  readonly deviceId?: Uri;
}

/** Where, when and between whom something happened, in the words of the store; what is undefined is not said. */
export interface EventFacts {
  readonly timeMs: number;
  /** IANA zone of the site. */
  readonly timeZone: string;
  /** `OBSERVE` unless an identity begins (`ADD`) or ends (`DELETE`) here. */
  readonly action?: EpcisAction | undefined;
  /** Absent where no word of CBV says what was done. */
  readonly bizStep?: EpcisBizStep | undefined;
  readonly disposition?: EpcisDisposition | undefined;
  /** Where it was observed. */
  readonly readPoint: Uri;
  /** Where the items are afterwards. */
  readonly bizLocation?: Uri | undefined;
  readonly bizTransactions?: readonly EpcisBusinessTransaction[] | undefined;
  readonly sources?: readonly EpcisSource[] | undefined;
  readonly destinations?: readonly EpcisDestination[] | undefined;
  readonly extensions?: StorewireExtensions;
}

/** What happened to items; `objectEvent` says it in the words of EPCIS. */
export interface ObjectEventFacts extends EventFacts {
  /** As item-identity.ts knows them; one without serial goes into the quantity list. */
  readonly items: readonly { readonly uri: Uri; readonly serialised: boolean }[];
  readonly persistentDisposition?: EpcisObjectEvent["persistentDisposition"] | undefined;
  readonly weighing?: Weighing;
}

/**
 * An EPCIS 2.0 ObjectEvent whose identity is the hash of what it says: the same facts make the same event,
 * however often they are told.
 */
export function objectEvent(facts: ObjectEventFacts): EpcisObjectEvent {
  const { items, persistentDisposition, weighing } = facts;
  const quantityList = quantitiesIn(items);
  const epcList = thingsIn(items, quantityList);
  const sensorElementList = weighing && [sensorElement(weighing)];
  return identified("ObjectEvent", facts, {
    epcList,
    quantityList,
    persistentDisposition,
    sensorElementList,
  });
}

/** What only some types of event say. */
type OwnMembers = {
  readonly [Name in
    | "epcList"
    | "quantityList"
    | "persistentDisposition"
    | "sensorElementList"]?: EpcisObjectEvent[Name];
} & Partial<
  Pick<EpcisAggregationEvent, "parentID" | "childEPCs"> &
    Pick<EpcisTransformationEvent, "inputEPCList" | "outputEPCList">
>;

/**
 * The event with its identity. All events are one literal, in which whatever is not said is undefined: made member by
 * member they had a shape for each mix of members, which cost more than all the rest of a step.
 */
export function identified<Type extends EpcisEvent["type"]>(
  type: Type,
  facts: EventFacts,
  own: OwnMembers,
): Extract<EpcisEvent, { type: Type }> {
  const { timeMs, extensions = nothingMore } = facts;
  const event = {
    type,
    "@context": eventContext,
    // Its place in the text only; the hash leaves it out.
    eventID: "",
    eventTime: new Date(timeMs).toISOString(),
    eventTimeZoneOffset: timeZoneOffset(facts.timeZone, timeMs),
    // A transformation has none.
    action: type === "TransformationEvent" ? undefined : (facts.action ?? "OBSERVE"),
    readPoint: { id: facts.readPoint },
    parentID: own.parentID,
    epcList: own.epcList,
    childEPCs: own.childEPCs,
    inputEPCList: own.inputEPCList,
    outputEPCList: own.outputEPCList,
    quantityList: own.quantityList,
    persistentDisposition: own.persistentDisposition,
    bizStep: facts.bizStep,
    disposition: facts.disposition,
    bizLocation: facts.bizLocation && { id: facts.bizLocation },
    bizTransactionList: facts.bizTransactions,
    sourceList: facts.sources,
    destinationList: facts.destinations,
    sensorElementList: own.sensorElementList,
    // In the order in which the hash wants them.
    "storewire:care": extensions["storewire:care"],
    "storewire:case": extensions["storewire:case"],
    "storewire:clerk": extensions["storewire:clerk"],
    "storewire:device": extensions["storewire:device"],
    "storewire:formerly": extensions["storewire:formerly"],
    "storewire:givenBy": extensions["storewire:givenBy"],
    "storewire:grade": extensions["storewire:grade"],
    "storewire:gtin": extensions["storewire:gtin"],
    "storewire:post": extensions["storewire:post"],
    "storewire:successor": extensions["storewire:successor"],
    "storewire:tag": extensions["storewire:tag"],
    "storewire:takenBy": extensions["storewire:takenBy"],
  } satisfies Record<keyof StorewireExtensions, string | undefined> & Readonly<Record<string, unknown>>;
  event.eventID = objectEventId(event);
  return event as unknown as Extract<EpcisEvent, { type: Type }>;
}

const nothingMore: StorewireExtensions = {};

/** The identity of an event of ours: the hash of all that it says beside its id. */
export const objectEventId = (event: Readonly<Record<string, unknown>>): string =>
  eventHash(event, hashOptions);

type Items = ObjectEventFacts["items"];

function quantitiesIn(items: Items): EpcisObjectEvent["quantityList"] {
  if (items.every((item) => item.serialised)) return undefined;
  const classes = new Map<Uri, number>();
  for (const { uri, serialised } of items) {
    if (!serialised) classes.set(uri, (classes.get(uri) ?? 0) + 1);
  }
  return Array.from(classes, ([epcClass, quantity]) => ({ epcClass, quantity }));
}

/** The schema wants a list of things, of quantities, or of sensor elements; an empty list of things will do. */
function thingsIn(items: Items, quantities: EpcisObjectEvent["quantityList"]): EpcisObjectEvent["epcList"] {
  const things = new Set<Uri>();
  for (const { uri, serialised } of items) if (serialised) things.add(uri);
  return things.size > 0 || quantities === undefined ? [...things] : undefined;
}

function sensorElement({ value, unit, timeMs, deviceId }: Weighing): EpcisSensorElement {
  return {
    sensorMetadata: {
      time: new Date(timeMs).toISOString(),
      ...(deviceId !== undefined && { deviceID: deviceId }),
    },
    sensorReport: [massReport({ value, unit })],
  };
}
