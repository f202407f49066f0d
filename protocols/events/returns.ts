import { z } from "zod";
import type { EventType } from "./event-type.ts";

/** An EPCIS 2.0 event; its own schema is the official one, so only what we lean on is named here. */
const epcisEventSchema = z.looseObject({
  type: z.string(),
  eventTime: z.string(),
  eventTimeZoneOffset: z.string(),
  eventID: z.string(),
});

const happened = (words: string) => ({ category: "return", words, data: epcisEventSchema }) as const;

export const returnEvents = {
  "storewire.return.handed-in": happened(
    "A customer handed an item in at a returns desk; its return case is open. Goods without a serial number get an asset number of the site's own.",
  ),
  "storewire.return.inspected": happened("The item was looked at where inspection is done."),
  "storewire.return.graded": happened("A clerk said in which state the item is."),
  "storewire.return.stored": happened("The item was put where returned items are kept."),
  "storewire.return.weighed": happened("A scale gave the item's weight."),
  "storewire.return.receipt": happened("A receipt was scanned that belongs to the item handed in."),
  "storewire.return.repair-begun": happened("Repair of the item has begun."),
  "storewire.return.repaired": happened("The item is repaired."),
  "storewire.return.packed": happened("The item was put into a tote or parcel."),
  "storewire.return.shipped": happened(
    "The item, or the tote or parcel with all that is in it, left the site.",
  ),
  "storewire.return.arrived": happened(
    "The item, or the tote or parcel with all that is in it, came to the site.",
  ),
  "storewire.return.unpacked": happened("The item was taken out of its tote or parcel."),
  "storewire.return.unpacking-done": happened(
    "A tote or parcel is unpacked; what was announced and not found is named.",
  ),
  "storewire.return.restocked": happened("The item is back on sale."),
  "storewire.return.sold": happened("The item was sold again."),
  "storewire.return.sent-to-supplier": happened("The item goes back to its supplier."),
  "storewire.return.recycled": happened("The item was given to recycling."),
  "storewire.return.destroyed": happened("The item was destroyed; its identity ends."),
  "storewire.return.lost": happened("Nobody knows where the item is."),
  "storewire.return.found": happened("An item that was lost was seen again."),
  "storewire.return.handed-over": happened(
    "Custody of the item went from one clerk to another, signed with both badges.",
  ),
  "storewire.return.refurbished": happened(
    "The item was refurbished and got a new identity; the old one has ended, its case goes on.",
  ),
  "storewire.return.retired": happened(
    "The item's label or tag was taken out of use, and with it the identity on it.",
  ),
  "storewire.return.relabelled": happened(
    "The item got a new label with a new identity in the place of a retired one; its case goes on.",
  ),
  "storewire.return.cared": happened(
    "Something was done for the customer: informed, answered, planned, progressed, solved, called back.",
  ),
  "storewire.return.withdrawn": happened(
    "A step was declared to be a mistake: the same EPCIS event again, with an error declaration.",
  ),
} as const satisfies Record<string, EventType>;
