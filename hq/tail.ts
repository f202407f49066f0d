import type { MessageLink } from "../protocols/message-link.ts";
import { headquartersFilters } from "../protocols/topics.ts";
import type { EventRow } from "./event-store.ts";
import { CurrentHoldings, holdingsOf, planDelivery } from "./holdings.ts";
import { readMessage } from "./reception.ts";

export interface TailOptions {
  readonly link: MessageLink;
  /** `lines`: for people; `json`: the event's own text, one a line. */
  readonly form: "lines" | "json";
  readonly write: (line: string) => void;
  /** Told what could not be read. */
  readonly onRefused?: (reason: string) => void;
}

/** Prints events as they come, each once however often a gateway sends it. Ends with the link. */
export async function startTail({ link, form, write, onRefused }: TailOptions): Promise<void> {
  const holdings = new CurrentHoldings(holdingsOf([]));
  await link.subscribe(headquartersFilters, (message) => {
    const arrival = readMessage(message, 0);
    const plan = planDelivery(holdings, [arrival]);
    holdings.accept(plan);
    for (const row of plan.delivery.events) write(form === "json" ? jsonLine(row) : eventLine(row));
    for (const { reason, topic, detail } of plan.delivery.deadLetters) {
      onRefused?.(printable(`${topic}: ${reason} (${detail})`));
    }
  });
}

/** An event's text on one line; line breaks can only stand between its fields. */
export const jsonLine = ({ body }: EventRow): string => body.replaceAll(/[\r\n]+/g, " ");

/** What of an event's data a person wants to see, in this order, as far as it is there. */
const shownFields = [
  "number",
  "service",
  "priorityClass",
  "counter",
  "waiting",
  "outcome",
  "device",
  "state",
  "fault",
  "code",
  "cause",
  "bizStep",
  "disposition",
  "stream",
  "from",
  "to",
  "reason",
] as const;

/** An event as one line for people: when, who, which, what, about what. */
export function eventLine(row: EventRow): string {
  const event = JSON.parse(row.body) as Readonly<Record<string, unknown>>;
  const data = event["data"] as Readonly<Record<string, unknown>>;
  const shown = shownFields
    .filter((field) => ["string", "number", "boolean"].includes(typeof data[field]))
    .map((field) => `${field}=${String(data[field])}`);
  const clock = event["clock"] === "estimated" ? "~" : " ";
  const type = String(event["type"]).replace(/^storewire\./, "");
  const place = `${row.site}/${row.gateway} ${row.stream} #${row.sequence}`;
  return printable([`${String(event["time"])}${clock}`, place, type, event["subject"], ...shown].join("  "));
}

/** A text from outside may hold escape sequences that would act on the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "\u{FFFD}");
}
