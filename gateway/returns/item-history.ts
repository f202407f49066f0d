import { readDocuments } from "../../outbox/document-reader.ts";
import { movedEvent } from "../../protocols/epcis/moved-event.ts";
import { eventContext } from "../../protocols/epcis/object-event.ts";
import type { EventDraft, EventTypeName } from "../../protocols/events.ts";
import type { Stamp } from "../../protocols/readings.ts";
import { renamingOf } from "../../protocols/returns/renaming.ts";
import type { DocumentChange } from "../service.ts";
import { bootsIn, stamped, timeCollection, type Zero } from "../time/boots.ts";

/** A ring of the last events of all items, on disk only: it is written with the events and never read back by the service. */
export const historyCollection = "returns-history";

/** One event about an item, as it was told to HQ. */
export interface ItemStep {
  readonly type: EventTypeName;
  /** When, by which clock, and what that is worth; boot and monotonic time prove the order. */
  readonly at: Stamp;
  /** The device or service that it comes from. */
  readonly device: string;
  /** The reading that caused it; the event at HQ carries the same. */
  readonly reading?: string | undefined;
  /** Where it stands in the history of the site; rises. */
  readonly order: number;
  /** Of an alert; an EPCIS event has its own `eventID`. */
  readonly code?: string | undefined;
  /** The EPCIS event as HQ has it, context included; of an alert its data. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the gateway's disk knows of one item, oldest first, under whichever of its identities it was asked for. */
export interface ItemHistory {
  /** Canonical GS1 Digital Link. */
  readonly item: string;
  readonly steps: readonly ItemStep[];
}

interface KeptStep extends Omit<ItemStep, "data"> {
  readonly items: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** Places are keys of one width, so that the ring lies in order on disk. */
const placeDigits = 9;

/** An event as it enters the ring; `order` counts all events of the site, `stepsMax` is the ring's length. */
export function historyWrite(
  draft: EventDraft,
  items: readonly string[],
  order: number,
  stepsMax: number,
): DocumentChange {
  const { timeMs: wallMs, clock, boot = "", monotonicMs = 0 } = draft;
  // All events have the same context; written down, a field that is undefined is absent.
  const data: KeptStep["data"] = { ...draft.data, "@context": undefined };
  const value: KeptStep = {
    items,
    order,
    type: draft.type,
    at: { wallMs, monotonicMs, boot, clock },
    device: draft.origin,
    reading: draft.reading,
    code: typeof data["code"] === "string" ? data["code"] : undefined,
    data,
  };
  return { key: String(order % stepsMax).padStart(placeDigits, "0"), value };
}

/**
 * Reads an item's history from a gateway's file, beside the gateway that may be writing to it. With the site's time
 * zone steps are as they left: a clock that was set later has moved those that were observed before.
 */
export async function readItemHistory(path: string, item: string, timeZone?: string): Promise<ItemHistory> {
  const zeros = timeZone === undefined ? new Map<string, Zero>() : await zerosOf(path);
  const found = new Map<number, KeptStep>();
  // Grows while it is gone through: each new identity is one more name of the same item.
  const names = new Set([item]);
  for (const name of names) {
    for (const step of await stepsOf(path, name)) {
      found.set(step.order, step);
      const renaming = renamingOf(step.data);
      if (renaming !== undefined) names.add(renaming.from).add(renaming.to);
    }
  }
  const steps = [...found.values()]
    .sort((left, right) => left.order - right.order)
    .map(({ items: _items, ...step }): ItemStep => ({ ...step, data: withContext(step.data) }))
    .map((step) => asItLeft(step, zeros.get(step.at.boot), timeZone ?? "UTC"));
  return { item, steps };
}

async function stepsOf(path: string, item: string): Promise<readonly KeptStep[]> {
  const found = await readDocuments(path, historyCollection, JSON.stringify(item));
  return [...found.values()]
    .map((text) => JSON.parse(text) as KeptStep)
    .filter(({ items }) => items.includes(item));
}

/** All events of one kind share one context, which is not kept with each. */
const withContext = (data: KeptStep["data"]): ItemStep["data"] =>
  "eventID" in data ? { "@context": eventContext, ...data } : data;

/** The zeros that events of each start left with. */
async function zerosOf(path: string): Promise<ReadonlyMap<string, Zero>> {
  const documents = await readDocuments(path, timeCollection);
  const parsed = new Map([...documents].map(([key, text]): [string, unknown] => [key, JSON.parse(text)]));
  return new Map(
    bootsIn(parsed).flatMap(({ boot, leaves }) => (leaves === undefined ? [] : [[boot, leaves]])),
  );
}

function asItLeft(step: ItemStep, zero: Zero | undefined, timeZone: string): ItemStep {
  if (zero === undefined || step.at.clock === "synced") return step;
  const at = stamped(step.at, zero);
  const byMs = at.wallMs - step.at.wallMs;
  const isMoved = byMs !== 0 && "eventID" in step.data;
  return { ...step, at, data: isMoved ? movedEvent(step.data, byMs, timeZone) : step.data };
}
