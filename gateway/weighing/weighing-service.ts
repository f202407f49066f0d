import type { DeviceCommand } from "../../protocols/commands.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import type { EventData, EventDraft } from "../../protocols/events.ts";
import { type FaultCode, faults } from "../../protocols/faults.ts";
import { digitalLinkUri } from "../../protocols/gs1/digital-link-uri.ts";
import { announcedWeight, kilograms } from "../../protocols/gs1/measure.ts";
import { readGs1Scan } from "../../protocols/gs1/scan.ts";
import { present } from "../../protocols/present.ts";
import type { Observation, Reading, Stamp } from "../../protocols/readings.ts";
import { localTimes } from "../local-time.ts";
import {
  type DocumentChange,
  type Documents,
  momentOf,
  nothing,
  type ServiceOutcome,
  type StepContext,
  type StoreService,
} from "../service.ts";
import { announcedByHeadquarters, takeAnnouncement } from "./announcements.ts";
import { bestBefore, bracketed, type Label, labelAis, labelElements } from "./label.ts";
import { compareParcel, type Parcel } from "./parcel.ts";

export const weighingCollection = "weighing";

/** What rests on a terminal's scale. */
interface Load {
  readonly value: string;
  readonly unit: string;
  readonly kilograms?: string;
}

/** What was scanned and waits for its weight. */
interface Asked {
  readonly what: { readonly kind: "product"; readonly gtin: string } | ({ readonly kind: "parcel" } & Parcel);
  readonly at: Stamp;
}

/** A label that a printer was given and has not answered for. */
interface PendingLabel {
  readonly order: number;
  readonly draft: EventDraft;
}

const loadKey = (terminal: string): string => `load/${terminal}`;
const askedKey = (terminal: string): string => `asked/${terminal}`;
const labelPrefix = "label/";
/** Labels without an answer: a printer that is off loses the oldest, whose event then never comes. */
export const pendingLabelsMax = 64;

interface Rules {
  readonly terminals: ReadonlySet<string>;
  readonly printerOf: ReadonlyMap<string, string>;
  readonly weighing: Configuration["weighing"];
  readonly siteName: string;
  readonly localTime: ReturnType<typeof localTimes>;
}

/** One reading at a terminal, and what it is looked at with. */
interface Seen {
  readonly documents: Documents;
  readonly reading: Reading;
  readonly context: StepContext;
  readonly rules: Rules;
}

/** A stable weight and a scanned code, in either order, are a label for a product, or a check of a parcel. */
export function weighingService({ site, readPoints, weighing }: Configuration): StoreService {
  const rules: Rules = {
    terminals: new Set(readPoints.filter(({ role }) => role === "weighing").map(({ id }) => id)),
    printerOf: new Map(weighing.printers.map(({ terminal, device }) => [terminal, device])),
    weighing,
    siteName: site.name ?? site.id,
    localTime: localTimes(site.timeZone),
  };
  return {
    name: weighingCollection,
    ageOf: (document) => (document as Partial<PendingLabel>).order ?? 0,
    step(documents, input, context) {
      if (input.kind === "parcels-announced") return takeAnnouncement(documents, input.announced, context);
      if (input.kind !== "reading") return nothing;
      const { reading } = input;
      const seen: Seen = { documents, reading, context, rules };
      const { observation } = reading;
      if (observation.kind === "answer") return answered(seen, observation);
      if (!rules.terminals.has(reading.readPoint)) return nothing;
      if (observation.kind === "weight") return weighed(seen, observation);
      return observation.kind === "scan" ? scanned(seen, observation) : nothing;
    },
  };
}

/** Until it moves or is taken off, what rests on the scale is the weight of whatever is scanned. */
function weighed(
  seen: Seen,
  { value, unit, stable }: Extract<Observation, { kind: "weight" }>,
): ServiceOutcome {
  const { documents, reading, context, rules } = seen;
  const key = loadKey(reading.readPoint);
  if (!stable || !isLoad(value)) return documents.has(key) ? changed({ key, value: undefined }) : nothing;
  const exact = kilograms({ value, unit });
  const load: Load = { value, unit, ...(exact !== undefined && { kilograms: exact }) };
  const asked = documents.get(askedKey(reading.readPoint)) as Asked | undefined;
  const outcome = changed({ key, value: load });
  if (asked === undefined || !isFresh(asked.at, reading.at, context, rules)) return outcome;
  return joined(
    outcome,
    changed({ key: askedKey(reading.readPoint), value: undefined }),
    both(seen, asked.what, load),
  );
}

function scanned(seen: Seen, scan: Extract<Observation, { kind: "scan" }>): ServiceOutcome {
  const { documents, reading } = seen;
  const what = codeOf(scan);
  if (what === undefined) return nothing;
  const load = documents.get(loadKey(reading.readPoint)) as Load | undefined;
  if (load !== undefined) return both(seen, what, load);
  const asked: Asked = { what, at: reading.at };
  return changed({ key: askedKey(reading.readPoint), value: asked });
}

/** A parcel by its SSCC, a product by its GTIN; anything else is for others. */
function codeOf({ aim, text }: Extract<Observation, { kind: "scan" }>): Asked["what"] | undefined {
  const read = readGs1Scan(aim === undefined ? { text } : { aim, text });
  if (!read.ok) return undefined;
  const ais = read.value.ais ?? [];
  const valueOf = (wanted: string): string | undefined => ais.find(([ai]) => ai === wanted)?.[1];
  const sscc = valueOf("00");
  const onLabel = announcedWeight(ais);
  if (sscc !== undefined) return { kind: "parcel", sscc, ...(onLabel !== undefined && { onLabel }) };
  const gtin = read.value.gtin ?? valueOf("01");
  return gtin === undefined ? undefined : { kind: "product", gtin: gtin.padStart(14, "0") };
}

const both = (seen: Seen, what: Asked["what"], load: Load): ServiceOutcome =>
  what.kind === "parcel" ? parcelWeighed(seen, what, load) : productWeighed(seen, what.gtin, load);

function parcelWeighed({ documents, reading, rules }: Seen, parcel: Parcel, load: Load): ServiceOutcome {
  const { sscc } = parcel;
  const byHeadquarters = announcedByHeadquarters(documents, sscc, reading.at);
  const known = { ...parcel, ...present({ byHeadquarters }) };
  const finding = compareParcel(known, load.kilograms, rules.weighing);
  const subject = digitalLinkUri([["00", sscc]]);
  const data: EventData<"storewire.weighing.parcel"> = {
    terminal: reading.readPoint,
    ...load,
    sscc,
    ...finding,
  };
  const told: EventDraft = { type: "storewire.weighing.parcel", ...placed(reading, subject), data };
  if (finding.outcome !== "different") return { ...nothing, events: [told] };
  const about = `${sscc}: ${load.kilograms} kg, announced ${finding.announced} kg`;
  return { ...nothing, events: [told, alert(reading, subject, "parcel-weight-differs", about)] };
}

function productWeighed(seen: Seen, gtin: string, load: Load): ServiceOutcome {
  const { reading, rules } = seen;
  const product = rules.weighing.products.find((each) => each.gtin === gtin);
  const subject = digitalLinkUri([["01", gtin]]);
  if (product === undefined) {
    return { ...nothing, events: [alert(reading, subject, "weighing-product-unknown", gtin)] };
  }
  const isTimed = reading.at.clock === "synced";
  const packed = isTimed ? rules.localTime(reading.at.wallMs) : undefined;
  const label: Label = { product, ...load, kilograms: load.kilograms, packed };
  const ais = labelAis(label);
  const day = bestBefore(label);
  const device = rules.printerOf.get(reading.readPoint);
  const data: EventData<"storewire.weighing.labelled"> = {
    terminal: reading.readPoint,
    ...load,
    gtin,
    name: product.name,
    printed: device !== undefined,
    ...(isTimed && { packedAt: new Date(reading.at.wallMs).toISOString() }),
    ...(day !== undefined && { bestBefore: day }),
    ...(ais !== undefined && { label: bracketed(ais) }),
  };
  const draft: EventDraft = { type: "storewire.weighing.labelled", ...placed(reading, subject), data };
  return device === undefined ? { ...nothing, events: [draft] } : printed(seen, draft, label, device);
}

/** The event waits for the printer's word; the order of labels is kept beside them. */
function printed(
  { documents, context, rules }: Seen,
  draft: EventDraft,
  label: Label,
  device: string,
): ServiceOutcome {
  const pending = [...documents].filter(([key]) => key.startsWith(labelPrefix));
  const orders = pending.map(([, document]) => (document as PendingLabel).order);
  const id = `weighing.${context.newId()}`;
  const value: PendingLabel = { order: Math.max(0, ...orders) + 1, draft };
  const [oldest] = pending.toSorted(
    ([, left], [, right]) => (left as PendingLabel).order - (right as PendingLabel).order,
  );
  const leaving =
    pending.length >= pendingLabelsMax && oldest !== undefined ? [{ key: oldest[0], value: undefined }] : [];
  const command: DeviceCommand = {
    id,
    device,
    task: { kind: "print", elements: [...labelElements(label, rules.siteName)] },
  };
  return { ...nothing, changes: [...leaving, { key: labelPrefix + id, value }], commands: [command] };
}

/** Done: the label is out. Anything else is for a person to look at; it is never printed a second time by itself. */
function answered(
  { documents, reading }: Seen,
  { command, outcome }: Extract<Observation, { kind: "answer" }>,
): ServiceOutcome {
  const key = labelPrefix + command;
  const pending = documents.get(key) as PendingLabel | undefined;
  if (pending === undefined) return nothing;
  const { draft } = pending;
  const told =
    outcome === "done"
      ? draft
      : alert(reading, draft.subject, "weighing-label-missing", `${draft.subject}, ${outcome}`);
  return { ...nothing, changes: [{ key, value: undefined }], events: [told] };
}

function alert(reading: Reading, subject: string, code: FaultCode, about: string): EventDraft {
  const data = {
    code,
    cause: `${faults[code].words}: ${about}`,
    cure: faults[code].cure,
    terminal: reading.readPoint,
  };
  return { type: "storewire.alert.weighing", ...placed(reading, subject), data };
}

/** An empty scale, or one that something was lifted off, weighs nothing. */
const isLoad = (value: string): boolean => !value.startsWith("-") && /[1-9]/.test(value);

const isFresh = (from: Stamp, to: Stamp, { time }: StepContext, { weighing }: Rules): boolean =>
  Math.abs(time.elapsedMs(from, to)) <= weighing.joinMs;

const changed = (...changes: readonly DocumentChange[]): ServiceOutcome => ({ ...nothing, changes });

const joined = (...outcomes: readonly ServiceOutcome[]): ServiceOutcome => ({
  changes: outcomes.flatMap(({ changes }) => changes),
  events: outcomes.flatMap(({ events }) => events),
  commands: outcomes.flatMap(({ commands }) => commands),
});

const placed = ({ device, at, id }: Reading, subject: string) =>
  ({ subject, origin: device, ...momentOf(at), reading: id }) as const;
