import type {
  EpcisAction,
  EpcisBizStep,
  EpcisBusinessTransaction,
  EpcisDestination,
  EpcisDisposition,
  EpcisEvent,
  EpcisObjectEvent,
  EpcisSensorElement,
  EpcisSource,
  ExtensionKey,
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

/** An event under construction, written to member by member in the order in which it is read. */
export type Draft<Event> = { -readonly [Key in keyof Event]: Event[Key] };

/**
 * An EPCIS 2.0 ObjectEvent whose identity is the hash of what it says: the same facts make the same event,
 * however often they are told.
 */
export function objectEvent(facts: ObjectEventFacts): EpcisObjectEvent {
  const draft: Draft<EpcisObjectEvent> = beginning("ObjectEvent", facts);
  addItems(draft, facts.items);
  if (facts.persistentDisposition !== undefined) draft.persistentDisposition = facts.persistentDisposition;
  addContext(draft, facts);
  if (facts.weighing !== undefined) draft.sensorElementList = [sensorElement(facts.weighing)];
  return identified(draft, facts);
}

/** The members that every event has, in one piece: each event is made here, and spreading costs more than the members. */
export const beginning = <Type extends EpcisEvent["type"]>(type: Type, facts: EventFacts) => ({
  type,
  "@context": eventContext,
  // Its place in the text only; the hash leaves it out.
  eventID: "",
  eventTime: new Date(facts.timeMs).toISOString(),
  eventTimeZoneOffset: timeZoneOffset(facts.timeZone, facts.timeMs),
  action: facts.action ?? ("OBSERVE" as const),
  readPoint: { id: facts.readPoint },
});

/** The event with its extensions and, last of all, its identity. */
export function identified<Event extends EpcisEvent>(
  draft: Draft<Event>,
  { extensions }: Pick<EventFacts, "extensions">,
): Event {
  for (const name in extensions) {
    const value = extensions[name as keyof StorewireExtensions];
    if (value !== undefined) (draft as Draft<EpcisEvent>)[name as ExtensionKey] = value;
  }
  draft.eventID = objectEventId(draft);
  return draft;
}

/** The identity of an event of ours: the hash of all that it says beside its id. */
export const objectEventId = (event: Readonly<Record<string, unknown>>): string =>
  eventHash(event, hashOptions);

/** The schema wants a list of things, of quantities, or of sensor elements; an empty list of things will do. */
function addItems(draft: Draft<EpcisObjectEvent>, items: ObjectEventFacts["items"]): void {
  const things = items.filter((item) => item.serialised).map((item) => item.uri);
  const classes = new Map<Uri, number>();
  for (const item of items) {
    if (!item.serialised) classes.set(item.uri, (classes.get(item.uri) ?? 0) + 1);
  }
  if (things.length > 0 || classes.size === 0) draft.epcList = [...new Set(things)];
  if (classes.size > 0)
    draft.quantityList = Array.from(classes, ([epcClass, quantity]) => ({ epcClass, quantity }));
}

export function addContext(draft: Draft<EpcisEvent>, facts: EventFacts): void {
  if (facts.bizStep !== undefined) draft.bizStep = facts.bizStep;
  if (facts.disposition !== undefined) draft.disposition = facts.disposition;
  if (facts.bizLocation !== undefined) draft.bizLocation = { id: facts.bizLocation };
  if (facts.bizTransactions !== undefined) draft.bizTransactionList = facts.bizTransactions;
  if (facts.sources !== undefined) draft.sourceList = facts.sources;
  if (facts.destinations !== undefined) draft.destinationList = facts.destinations;
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
