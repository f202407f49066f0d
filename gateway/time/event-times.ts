import { movedEvent } from "../../protocols/epcis/moved-event.ts";
import type { EventTypeName } from "../../protocols/events.ts";
import type { Stamp } from "../../protocols/readings.ts";
import type { LocalTime } from "../local-time.ts";

type Times = "epcis" | "business-day";
type Json = Readonly<Record<string, unknown>>;

/** Which data hold times, beside the envelope's own: all that has to move with a clock that was set late. */
const timesByType: Partial<Record<EventTypeName, Times>> = {
  "storewire.return.handed-in": "epcis",
  "storewire.return.inspected": "epcis",
  "storewire.return.stored": "epcis",
  "storewire.return.weighed": "epcis",
  "storewire.queue.ticket.issued": "business-day",
  "storewire.queue.ticket.printed": "business-day",
  "storewire.queue.ticket.print-failed": "business-day",
  "storewire.queue.ticket.called": "business-day",
  "storewire.queue.ticket.serving": "business-day",
  "storewire.queue.ticket.served": "business-day",
  "storewire.queue.ticket.no-show": "business-day",
  "storewire.queue.ticket.transferred": "business-day",
  "storewire.queue.ticket.deferred": "business-day",
  "storewire.queue.ticket.cancelled": "business-day",
};

/** The type's data carries times of its own. */
export const timesIn = (type: EventTypeName): Times | undefined => timesByType[type];

export interface Move {
  readonly byMs: number;
  readonly timeZone: string;
  readonly localTime: (timeMs: number) => LocalTime;
  /** The business day is the local day of this moment; undefined leaves it as it is. */
  readonly businessDayAt: Stamp | undefined;
}

/** The data as they would have been with the right clock. */
export function movedData(
  { type, data }: { readonly type: EventTypeName; readonly data: Json },
  move: Move,
): Json {
  const times = timesIn(type);
  if (times === "epcis") return movedEvent(data, move.byMs, move.timeZone);
  if (times !== "business-day" || move.businessDayAt === undefined) return data;
  return { ...data, businessDay: move.localTime(move.businessDayAt.wallMs).day };
}
