import type {
  EpcisAction,
  EpcisBizStep,
  EpcisBusinessTransaction,
  EpcisDestination,
  EpcisDisposition,
  EpcisObjectEvent,
  EpcisSensorElement,
  EpcisSource,
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

/** What happened to items, in the words of the store; `objectEvent` says it in those of EPCIS. */
export interface ObjectEventFacts {
  readonly timeMs: number;
  /** IANA zone of the site. */
  readonly timeZone: string;
  /** `OBSERVE` unless an identity begins (`ADD`) or ends (`DELETE`) here. */
  readonly action?: EpcisAction;
  /** As item-identity.ts knows them; one without serial goes into the quantity list. */
  readonly items: readonly { readonly uri: Uri; readonly serialised: boolean }[];
  readonly bizStep: EpcisBizStep;
  readonly disposition?: EpcisDisposition;
  readonly persistentDisposition?: NonNullable<EpcisObjectEvent["persistentDisposition"]>;
  /** Where it was observed. */
  readonly readPoint: Uri;
  /** Where the items are afterwards. */
  readonly bizLocation?: Uri;
  readonly bizTransactions?: readonly EpcisBusinessTransaction[];
  readonly sources?: readonly EpcisSource[];
  readonly destinations?: readonly EpcisDestination[];
  readonly weighing?: Weighing;

  readonly extensions?: StorewireExtensions;
}

type Draft = { -readonly [Key in keyof EpcisObjectEvent]: EpcisObjectEvent[Key] };

/**
 * An EPCIS 2.0 ObjectEvent whose identity is the hash of what it says: the same facts make the same event,
 * however often they are told.
 */
export function objectEvent(facts: ObjectEventFacts): EpcisObjectEvent {
  const draft: Draft = {
    "@context": eventContext,
    type: "ObjectEvent",
    // Its place in the text only; the hash leaves it out.
    eventID: "",
    eventTime: new Date(facts.timeMs).toISOString(),
    eventTimeZoneOffset: timeZoneOffset(facts.timeZone, facts.timeMs),
    action: facts.action ?? "OBSERVE",
    bizStep: facts.bizStep,
    readPoint: { id: facts.readPoint },
  };
  addItems(draft, facts.items);
  addContext(draft, facts);
  if (facts.weighing !== undefined) draft.sensorElementList = [sensorElement(facts.weighing)];
  Object.assign(draft, facts.extensions);
  draft.eventID = objectEventId(draft);
  return draft;
}

/** The identity of an event of ours: the hash of all that it says beside its id. */
export const objectEventId = (event: Readonly<Record<string, unknown>>): string =>
  eventHash(event, hashOptions);

/** The schema wants a list of things, of quantities, or of sensor elements; an empty list of things will do. */
function addItems(draft: Draft, items: ObjectEventFacts["items"]): void {
  const things = items.filter((item) => item.serialised).map((item) => item.uri);
  const classes = new Map<Uri, number>();
  for (const item of items) {
    if (!item.serialised) classes.set(item.uri, (classes.get(item.uri) ?? 0) + 1);
  }
  if (things.length > 0 || classes.size === 0) draft.epcList = [...new Set(things)];
  if (classes.size > 0)
    draft.quantityList = Array.from(classes, ([epcClass, quantity]) => ({ epcClass, quantity }));
}

function addContext(draft: Draft, facts: ObjectEventFacts): void {
  if (facts.disposition !== undefined) draft.disposition = facts.disposition;
  if (facts.persistentDisposition !== undefined) draft.persistentDisposition = facts.persistentDisposition;
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
