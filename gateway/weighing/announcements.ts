import type { EventDraft } from "../../protocols/events.ts";
import { faults } from "../../protocols/faults.ts";
import type { Stamp } from "../../protocols/readings.ts";
import { type AnnounceParcels, announcedParcelsMax } from "../../protocols/weighing/announce-parcels.ts";
import {
  type DocumentChange,
  type Documents,
  momentOf,
  nothing,
  type ServiceOutcome,
  type StepContext,
} from "../service.ts";

/** What HQ says that a parcel weighs. */
interface Announcement {
  readonly order: number;
  readonly kilograms: string;
  readonly untilMs: number;
}

type Announced = Pick<AnnounceParcels, "parcels" | "untilMs">;

const prefix = "announced/";

/** Kilograms as HQ announced them; undefined where it did not, or where the parcel should have come before. */
export function announcedByHeadquarters(documents: Documents, sscc: string, at: Stamp): string | undefined {
  const known = documents.get(prefix + sscc) as Announcement | undefined;
  return known === undefined || isOver(known, at) ? undefined : known.kilograms;
}

/** Nothing is over for a clock that is not set. */
const isOver = ({ untilMs }: Announcement, { clock, wallMs }: Stamp): boolean =>
  clock === "synced" && wallMs > untilMs;

/** HQ announces parcels; what is over makes room first, then what was announced longest ago, and HQ is told of that. */
export function takeAnnouncement(
  documents: Documents,
  { parcels, untilMs }: Announced,
  { now }: StepContext,
): ServiceOutcome {
  const held = heldAnnouncements(documents);
  let order = [...held.values()].reduce((highest, known) => Math.max(highest, known.order), 0);
  const changes = new Map<string, Announcement | undefined>();
  for (const [key, known] of held) if (isOver(known, now)) changes.set(key, undefined);
  for (const { sscc, kilograms } of parcels) {
    const key = prefix + sscc;
    const known = held.get(key);
    if (known?.kilograms === kilograms && known.untilMs === untilMs) continue;
    changes.set(key, { order: (order += 1), kilograms, untilMs });
  }
  const leaving = surplus(held, changes);
  for (const key of leaving) changes.set(key, undefined);
  if (changes.size === 0) return nothing;
  const written: DocumentChange[] = [...changes].map(([key, value]) => ({ key, value }));
  const events = leaving.length === 0 ? [] : [fullAlert(leaving.length, now)];
  return { ...nothing, changes: written, events };
}

function heldAnnouncements(documents: Documents): ReadonlyMap<string, Announcement> {
  const held = new Map<string, Announcement>();
  for (const [key, document] of documents)
    if (key.startsWith(prefix)) held.set(key, document as Announcement);
  return held;
}

/** The keys of those that there is no room for any more, announced longest ago. */
function surplus(
  held: ReadonlyMap<string, Announcement>,
  changes: ReadonlyMap<string, Announcement | undefined>,
): readonly string[] {
  const after = new Map<string, Announcement | undefined>([...held, ...changes]);
  const staying = [...after].flatMap(([key, known]) => (known === undefined ? [] : [{ key, ...known }]));
  const count = staying.length - announcedParcelsMax;
  if (count <= 0) return [];
  return staying
    .sort((left, right) => left.order - right.order)
    .slice(0, count)
    .map(({ key }) => key);
}

function fullAlert(count: number, now: Stamp): EventDraft {
  const code = "parcel-announcements-full";
  const { words, cure } = faults[code];
  const data = { code, cause: `${words}: ${count} given up`, cure, count };
  return { type: "storewire.alert.gateway", subject: code, origin: "weighing", ...momentOf(now), data };
}
