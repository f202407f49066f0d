import type { ItemHistory, ItemStep } from "../../gateway/returns/item-history.ts";
import { eventHash, namespacesOf } from "../../protocols/epcis/event-hash.ts";

/** Where HQ has an event: the place in the gateway's stream, and the envelope's own id. */
export interface EventPlace {
  readonly id: string;
  readonly epoch: string;
  readonly sequence: string;
}

/** The format's name stands in the statement itself, so that nothing else that this key signs can pass for one. */
export const statementFormat = "storewire-evidence-1";

/** One event of the item, and what proves it. */
export interface EvidenceStep {
  readonly type: string;
  readonly time: string;
  /** `synced`, or `estimated` where no set clock vouches for the time; boot and monotonic time prove the order then. */
  readonly clock: string;
  readonly boot: string;
  readonly monotonicMs: number;
  /** Position among all events of the site; rises. */
  readonly order: number;
  readonly device: string;
  /** The reading that caused it, made where it was observed. */
  readonly reading?: string;
  /** As long as the gateway keeps what HQ has confirmed. */
  readonly place?: EventPlace;
  /** The event's identity is the hash of what it says (CBV 2.0): whether it is so. */
  readonly eventIdMatches?: boolean;
  /** As HQ has it: an EPCIS 2.0 event with its context, or the data of an alert. */
  readonly event: Readonly<Record<string, unknown>>;
}

export interface EvidenceStatement {
  readonly format: typeof statementFormat;
  readonly item: string;
  readonly made: { readonly at: string; readonly clock: string; readonly version: string };
  readonly site: { readonly id: string; readonly gln: string; readonly gateway: string };
  readonly steps: readonly EvidenceStep[];
}

export interface EvidenceFacts extends Omit<EvidenceStatement, "format" | "item" | "steps"> {
  readonly history: ItemHistory;
  /** By `eventID`. */
  readonly places: ReadonlyMap<string, EventPlace>;
}

/** Everything that this gateway knows of one item, in the order in which it happened. */
export function evidenceStatement({ history, places, made, site }: EvidenceFacts): EvidenceStatement {
  return {
    format: statementFormat,
    item: history.item,
    made,
    site,
    steps: history.steps.map((step) => evidenceStep(step, places)),
  };
}

function evidenceStep(step: ItemStep, places: EvidenceFacts["places"]): EvidenceStep {
  const { type, at, order, device, reading, data } = step;
  const eventId = data["eventID"];
  const place = typeof eventId === "string" ? places.get(eventId) : undefined;
  return {
    type,
    time: new Date(at.wallMs).toISOString(),
    clock: at.clock,
    boot: at.boot,
    monotonicMs: at.monotonicMs,
    order,
    device,
    ...(reading !== undefined && { reading }),
    ...(place !== undefined && { place }),
    ...(typeof eventId === "string" && { eventIdMatches: eventIdOf(data) === eventId }),
    event: data,
  };
}

/** An event's identity by its content. */
export const eventIdOf = (event: Readonly<Record<string, unknown>>): string =>
  eventHash(event, { profile: "CBV2.0", namespaces: namespacesOf(event["@context"]) });

/** Where HQ has which event, out of the envelopes that are still kept. */
export function placesOf(envelopes: readonly string[]): ReadonlyMap<string, EventPlace> {
  const places = new Map<string, EventPlace>();
  for (const text of envelopes) {
    const { id, epoch, sequence, data } = JSON.parse(text) as EventPlace & { data: { eventID?: unknown } };
    if (typeof data.eventID === "string") places.set(data.eventID, { id, epoch, sequence });
  }
  return places;
}
