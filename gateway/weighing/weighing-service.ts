import type { Configuration } from "../../protocols/config/configuration.ts";
import type { EventData, EventDraft } from "../../protocols/events.ts";
import { digitalLinkUri } from "../../protocols/gs1/digital-link-uri.ts";
import { announcedWeight, isLoad, kilograms } from "../../protocols/gs1/measure.ts";
import { readGs1Scan } from "../../protocols/gs1/scan.ts";
import { present } from "../../protocols/present.ts";
import type { DeviceState, Observation, Reading, Stamp } from "../../protocols/readings.ts";
import { localTimes } from "../local-time.ts";
import {
  type DocumentChange,
  type Documents,
  nothing,
  type ServiceOutcome,
  type StepContext,
  type StoreService,
} from "../service.ts";
import { placed, weighingAlert } from "./alerts.ts";
import { announcedByHeadquarters, takeAnnouncement } from "./announcements.ts";
import { bestBefore, bracketed, type Label, labelAis, labelElements } from "./label.ts";
import type { PaperMm } from "./label-lines.ts";
import { compareParcel, type Parcel } from "./parcel.ts";
import { answeredLabel, type LabelDraft, labelAge, orderLabel } from "./pending-labels.ts";

export const weighingCollection = "weighing";

/** As the scale sent it; `kilograms` is the same exactly, where its unit is a metric one. */
interface Weight {
  readonly value: string;
  readonly unit: string;
  readonly kilograms?: string;
}

/** What rests on a terminal's scale, and which scale says so. */
interface Load extends Weight {
  readonly device: string;
}

/** What was scanned and waits for its weight. */
interface Asked {
  readonly what: { readonly kind: "product"; readonly gtin: string } | ({ readonly kind: "parcel" } & Parcel);
  readonly at: Stamp;
}

const loadKey = (terminal: string): string => `load/${terminal}`;
const askedKey = (terminal: string): string => `asked/${terminal}`;
interface Printer {
  readonly device: string;
  readonly paperMm: PaperMm;
}

interface Rules {
  readonly terminals: ReadonlySet<string>;
  readonly printerOf: ReadonlyMap<string, Printer>;
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
export function weighingService(configuration: Configuration): StoreService {
  const { site, readPoints, weighing } = configuration;
  const rules: Rules = {
    terminals: new Set(readPoints.filter(({ role }) => role === "weighing").map(({ id }) => id)),
    printerOf: new Map(
      weighing.printers.map(({ terminal, device }) => [terminal, printerIn(configuration, device)]),
    ),
    weighing,
    siteName: site.name ?? site.id,
    localTime: localTimes(site.timeZone),
  };
  return {
    name: weighingCollection,
    ageOf: labelAge,
    step(documents, input, context) {
      if (input.kind === "parcels-announced") return takeAnnouncement(documents, input.announced, context);
      if (input.kind !== "reading") return nothing;
      const { reading } = input;
      const seen: Seen = { documents, reading, context, rules };
      const { observation } = reading;
      if (observation.kind === "answer") return answeredLabel(documents, reading, observation);
      if (!rules.terminals.has(reading.readPoint)) return nothing;
      if (observation.kind === "weight") return weighed(seen, observation);
      if (observation.kind === "health") return unseen(seen, observation.state);
      return observation.kind === "scan" ? scanned(seen, observation) : nothing;
    },
  };
}

function printerIn({ devices }: Configuration, device: string): Printer {
  const found = devices.find(({ id }) => id === device);
  return { device, paperMm: found?.driver === "escpos-printer" ? found.settings.paperMm : 80 };
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
  const weight: Weight = { value, unit, ...(exact !== undefined && { kilograms: exact }) };
  const load: Load = { ...weight, device: reading.device };
  const asked = documents.get(askedKey(reading.readPoint)) as Asked | undefined;
  const outcome = changed({ key, value: load });
  if (asked === undefined || !isFresh(asked.at, reading.at, context, rules)) return outcome;
  return joined(
    outcome,
    changed({ key: askedKey(reading.readPoint), value: undefined }),
    both(seen, asked.what, weight),
  );
}

/** While nobody looks at the scale, its load may be changed. */
function unseen({ documents, reading }: Seen, state: DeviceState): ServiceOutcome {
  const key = loadKey(reading.readPoint);
  const load = documents.get(key) as Load | undefined;
  const isGone = load?.device === reading.device && state !== "ready" && state !== "degraded";
  return isGone ? changed({ key, value: undefined }) : nothing;
}

function scanned(seen: Seen, scan: Extract<Observation, { kind: "scan" }>): ServiceOutcome {
  const { documents, reading } = seen;
  const what = codeOf(scan);
  if (what === undefined) return nothing;
  const load = documents.get(loadKey(reading.readPoint)) as Load | undefined;
  if (load !== undefined) {
    const { device: _, ...weight } = load;
    return both(seen, what, weight);
  }
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

const both = (seen: Seen, what: Asked["what"], weight: Weight): ServiceOutcome =>
  what.kind === "parcel" ? parcelWeighed(seen, what, weight) : productWeighed(seen, what.gtin, weight);

function parcelWeighed({ documents, reading, rules }: Seen, parcel: Parcel, weight: Weight): ServiceOutcome {
  const { sscc } = parcel;
  const terminal = reading.readPoint;
  const byHeadquarters = announcedByHeadquarters(documents, sscc, reading.at);
  const known = { ...parcel, ...present({ byHeadquarters }) };
  const finding = compareParcel(known, weight.kilograms, rules.weighing);
  const subject = digitalLinkUri([["00", sscc]]);
  const data: EventData<"storewire.weighing.parcel"> = {
    terminal,
    ...weight,
    sscc,
    ...finding,
  };
  const told: EventDraft = { type: "storewire.weighing.parcel", ...placed(reading, subject), data };
  if (finding.outcome !== "different") return { ...nothing, events: [told] };
  const about = `${sscc}: ${weight.kilograms} kg, announced ${finding.announced} kg`;
  return {
    ...nothing,
    events: [told, weighingAlert({ reading, subject, terminal }, "parcel-weight-differs", about)],
  };
}

function productWeighed(seen: Seen, gtin: string, weight: Weight): ServiceOutcome {
  const { documents, reading, context, rules } = seen;
  const product = rules.weighing.products.find((each) => each.gtin === gtin);
  const subject = digitalLinkUri([["01", gtin]]);
  if (product === undefined) {
    const place = { reading, subject, terminal: reading.readPoint };
    return { ...nothing, events: [weighingAlert(place, "weighing-product-unknown", gtin)] };
  }
  const packed = reading.at.clock === "synced" ? rules.localTime(reading.at.wallMs) : undefined;
  const label: Label = { product, ...weight, kilograms: weight.kilograms, packed };
  const printer = rules.printerOf.get(reading.readPoint);
  const data = { ...labelData(label, weight, reading), printed: printer !== undefined };
  const draft: LabelDraft = { type: "storewire.weighing.labelled", ...placed(reading, subject), data };
  if (printer === undefined) return { ...nothing, events: [draft] };
  const { device, paperMm } = printer;
  const elements = labelElements(label, { siteName: rules.siteName, paperMm });
  return orderLabel(documents, reading, { id: `weighing.${context.newId()}`, device, draft, elements });
}

function labelData(label: Label, weight: Weight, { readPoint: terminal, at }: Reading) {
  const ais = labelAis(label);
  const { gtin, name } = label.product;
  const packedAt = label.packed === undefined ? undefined : new Date(at.wallMs).toISOString();
  const known = present({ packedAt, bestBefore: bestBefore(label), label: ais && bracketed(ais) });
  return { terminal, ...weight, gtin, name, ...known };
}

const isFresh = (from: Stamp, to: Stamp, { time }: StepContext, { weighing }: Rules): boolean =>
  Math.abs(time.elapsedMs(from, to)) <= weighing.joinMs;

const changed = (...changes: readonly DocumentChange[]): ServiceOutcome => ({ ...nothing, changes });

const joined = (...outcomes: readonly ServiceOutcome[]): ServiceOutcome => ({
  changes: outcomes.flatMap(({ changes }) => changes),
  events: outcomes.flatMap(({ events }) => events),
  commands: outcomes.flatMap(({ commands }) => commands),
});
