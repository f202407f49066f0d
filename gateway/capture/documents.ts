import type { StoredEntry } from "../../outbox/outbox.ts";
import { epcisFindings } from "../../protocols/epcis/epcis-check.ts";
import { eventContext } from "../../protocols/epcis/object-event.ts";
import type { Departure } from "../uplink/reading.ts";
import type { CaptureItem } from "./capture-state.ts";

/** Around the events; a little more than it is. */
const envelopeBytes = 512;

/** What one read of the outbox brings for the repository. */
export interface CaptureFinds {
  readonly items: readonly CaptureItem[];
  /** Nothing for the repository lies between the last item and here. */
  readonly through: number;
}

/** The return events among these entries, as far as they fit; what may not leave yet ends them. */
export function captureItems(
  entries: readonly StoredEntry[],
  departure: Departure,
  { after, bytesMax }: { readonly after: number; readonly bytesMax: number },
): CaptureFinds {
  const items: CaptureItem[] = [];
  let through = after;
  let bytes = envelopeBytes;
  for (const entry of entries) {
    if (entry.category === "return") {
      const text = departure(entry);
      if (text === undefined) break;
      const item = itemOf(entry.sequence, text);
      bytes += Buffer.byteLength(item.text) + 1;
      if (bytes > bytesMax && items.length > 0) break;
      items.push(item);
    }
    through = entry.sequence;
  }
  return { items, through };
}

function itemOf(sequence: number, cloudEvent: string): CaptureItem {
  const { data } = JSON.parse(cloudEvent) as { readonly data: Readonly<Record<string, unknown>> };
  const { "@context": context, ...event } = data;
  const findings = epcisFindings({ "@context": context, ...event });
  const [first] = findings;
  return {
    sequence,
    eventId: String(event["eventID"]),
    text: JSON.stringify(event),
    ...("errorDeclaration" in event && { declaresError: true }),
    ...(first && { flaw: `${first.path}: found ${first.found}; allowed: ${first.allowed}` }),
  };
}

/** All our events have one context, so it is said once. */
export function captureDocument(items: readonly CaptureItem[], creationMs: number): string {
  const head = JSON.stringify({
    "@context": eventContext,
    type: "EPCISDocument",
    schemaVersion: "2.0",
    creationDate: new Date(creationMs).toISOString(),
  });
  return `${head.slice(0, -1)},"epcisBody":{"eventList":[${items.map(({ text }) => text).join(",")}]}}`;
}
