import { present } from "../../protocols/present.ts";
import {
  begunBy,
  type Care,
  cares,
  type DeadlineName,
  deadlineNames,
  metBy,
} from "../../protocols/returns/deadlines.ts";
import { renamingOf } from "../../protocols/returns/renaming.ts";
import { type StepName, stepNames, stepRules } from "../../protocols/returns/steps.ts";
import { type ItemEvent, unpackingDone } from "./item-event.ts";

/** Where an item is, since when, which step, in whose custody: all sites joined. */
export interface ItemView {
  /** Canonical GS1 Digital Link: what the item is called by now. */
  readonly item: string;
  /** What it was called before, where it got a new identity. */
  readonly formerly?: string;
  readonly case?: string;
  readonly openedMs: number;
  readonly step: StepName;
  readonly sinceMs: number;
  /** When the last that was told of it happened; what happened before and is told later has to be put in its place. */
  readonly toldMs: number;
  /** What `sinceMs` is worth. */
  readonly clock: "synced" | "estimated";
  readonly site: string;
  readonly gateway: string;
  readonly post?: string;
  readonly clerk?: string;
  readonly container?: string;
  /** The place that it is on its way to. */
  readonly destination?: string;
  /** The site that watched its deadlines has sent it away, to there: HQ watches them until another site has its case. */
  readonly left?: { readonly atMs: number; readonly to?: string };
  /** The gateway that has its case on disk, and watches what becomes due after that. */
  readonly taken?: { readonly by: string; readonly atMs: number };
  /** It was told that it has not arrived. */
  readonly notArrivedTold?: true;
  readonly grade?: string;
  readonly gtin?: string;
  readonly grams?: number;
  /** Deadlines that run, since when, and whether a warning was told. */
  readonly waits: Readonly<
    Partial<Record<DeadlineName, { readonly fromMs: number; readonly warned: boolean }>>
  >;
  readonly alerts: readonly { readonly code: string; readonly timeMs: number; readonly site: string }[];
  /** The last steps, so that one that is withdrawn can be taken back. */
  readonly earlier: readonly { readonly event: string; readonly step: StepName; readonly sinceMs: number }[];
}

/** Alerts of one item that are shown; one that has more needs a person, not a list. */
const alertsMax = 20;
/** Steps of one item that can be taken back. */
const earlierMax = 4;

/** The view after an event about the item; undefined as long as nothing has opened it. */
export function viewAfter(view: ItemView | undefined, item: string, event: ItemEvent): ItemView | undefined {
  const after = changed(view, item, event);
  if (after === undefined || after === view) return view;
  return { ...after, toldMs: Math.max(after.toldMs, event.timeMs) };
}

/** The view after all of these, in this order. */
export const viewOf = (item: string, events: readonly ItemEvent[]): ItemView | undefined =>
  events.reduce<ItemView | undefined>((view, event) => viewAfter(view, item, event), undefined);

function changed(view: ItemView | undefined, item: string, event: ItemEvent): ItemView | undefined {
  const step = stepOf(event.type);
  if (step !== undefined) return stepped(view, item, event, step);
  const change = changes[event.type];
  return view === undefined || change === undefined ? view : change(view, event);
}

/** What is told of an item beside its steps; it opens none. */
const changes: Readonly<Record<string, (view: ItemView, event: ItemEvent) => ItemView>> = {
  "storewire.alert.return": alerted,
  "storewire.return.withdrawn": withdrawn,
  "storewire.return.cared": cared,
  "storewire.return.weighed": weighed,
  [unpackingDone]: leftBehind,
};

function leftBehind(view: ItemView): ItemView {
  const { container: _, ...rest } = view;
  return rest;
}

export const stepOf = (type: string): StepName | undefined =>
  stepNames.find((each) => type === `storewire.return.${each}`);

function stepped(before: ItemView | undefined, item: string, event: ItemEvent, name: StepName): ItemView {
  const { data, timeMs, site, gateway, clock } = event;
  const id = text(data["storewire:case"]);
  const renaming = renamingOf(data);
  const base = before !== undefined && goesOn(before, name, id) ? before : begun(item, event);
  const { clerk: _clerk, destination: _to, container: _in, notArrivedTold: _told, taken, ...rest } = base;
  const last = { event: text(data["eventID"]) ?? "", step: base.step, sinceMs: base.sinceMs };
  return {
    ...rest,
    ...(stepRules[name].passing === true ? {} : { step: name, sinceMs: timeMs }),
    clock,
    site,
    gateway,
    waits: waitsAfter(base.waits, name, timeMs),
    earlier: [last, ...base.earlier].slice(0, earlierMax),
    ...present({
      case: base.case ?? id,
      post: text(data["storewire:post"]),
      clerk: text(data["storewire:clerk"]),
    }),
    ...present({
      grade: text(data["storewire:grade"]),
      gtin: text(data["storewire:gtin"])?.split("/").at(-1),
    }),
    ...present({ item: renaming?.to, formerly: renaming?.from }),
    ...present({ container: containerAfter(base.container, data, name) }),
    ...(name === "shipped" ? sentAway(data, timeMs) : present({ taken })),
  };
}

/** Whoever had its case before has given it up. */
function sentAway(data: ItemEvent["data"], atMs: number) {
  const destination = destinationOf(data);
  return { left: { atMs, ...present({ to: destination }) }, ...present({ destination }) };
}

/**
 * An event about a container names no case; and a site that HQ could not tell of the case in time has opened one of its
 * own for an item that is owed to a customer all the same.
 */
function goesOn({ case: known, step }: ItemView, name: StepName, id: string | undefined): boolean {
  if (id === undefined || known === undefined || known === id) return true;
  return name !== "handed-in" && !isOver(step);
}

/** Nothing is expected of the item any more; what is on its way is expected. */
export const isOver = (step: StepName): boolean => step !== "shipped" && stepRules[step].ends === true;

const begun = (item: string, { timeMs, site, gateway, clock }: ItemEvent): ItemView => ({
  item,
  openedMs: timeMs,
  step: "handed-in",
  sinceMs: timeMs,
  toldMs: timeMs,
  clock,
  site,
  gateway,
  waits: {},
  alerts: [],
  earlier: [],
});

function waitsAfter(waits: ItemView["waits"], fact: StepName | Care, timeMs: number): ItemView["waits"] {
  const after = { ...waits };
  for (const name of metBy(fact)) delete after[name];
  for (const name of begunBy(fact)) after[name] = { fromMs: timeMs, warned: false };
  return after;
}

function containerAfter(
  before: string | undefined,
  data: ItemEvent["data"],
  name: StepName,
): string | undefined {
  if (name === "packed") return text(data["parentID"]);
  return staysInside.has(name) ? before : undefined;
}

/** Steps that an item takes with the tote or parcel that it is in; any other shows that it has come out. */
export const staysInside: ReadonlySet<StepName> = new Set([
  "shipped",
  "arrived",
  "handed-over",
  "relabelled",
  "lost",
  "found",
]);

function destinationOf(data: ItemEvent["data"]): string | undefined {
  const list = (data["destinationList"] ?? []) as readonly { type: string; destination: string }[];
  return list.find(({ type }) => type === "location")?.destination;
}

function cared(view: ItemView, { data, timeMs }: ItemEvent): ItemView {
  const care = cares.find((each) => each === data["storewire:care"]);
  return care === undefined ? view : { ...view, waits: waitsAfter(view.waits, care, timeMs) };
}

function alerted(view: ItemView, { data, timeMs, site }: ItemEvent): ItemView {
  const code = text(data["code"]) ?? "";
  const alerts = [{ code, timeMs, site }, ...view.alerts].slice(0, alertsMax);
  const name = deadlineNames.find((each) => each === data["deadline"]);
  const wait = name === undefined ? undefined : view.waits[name];
  if (code === "return-not-arrived" && view.step === "shipped")
    return { ...view, alerts, notArrivedTold: true };
  if (name === undefined || wait === undefined) return { ...view, alerts };
  const waits = { ...view.waits };
  if (code === "return-deadline-missed") delete waits[name];
  else waits[name] = { ...wait, warned: true };
  return { ...view, alerts, waits };
}

/** The last step is taken back; one further behind stays as it was told. */
function withdrawn(view: ItemView, { data }: ItemEvent): ItemView {
  const [last, ...earlier] = view.earlier;
  if (last === undefined || last.event !== data["eventID"]) return view;
  const { left, destination: _, ...rest } = view;
  const before = { ...originally(rest, data), step: last.step, sinceMs: last.sinceMs, earlier };
  // Its site has its case again, where it was sending it away that was taken back.
  return view.step === "shipped" ? before : { ...before, ...present({ left }) };
}

/** A new identity that is withdrawn gives the old one back. */
function originally(view: ItemView, data: ItemEvent["data"]): ItemView {
  const renaming = renamingOf(data);
  if (renaming === undefined) return view;
  const { formerly: _, ...rest } = view;
  return { ...rest, item: renaming.from };
}

const gramsPerUnit: Readonly<Record<string, number>> = { KGM: 1_000, GRM: 1 };

/** The first weight is that at hand-in. */
function weighed(view: ItemView, { data }: ItemEvent): ItemView {
  const elements = (data["sensorElementList"] ?? []) as readonly {
    readonly sensorReport: readonly { readonly value?: number; readonly uom?: string }[];
  }[];
  const { value, uom = "" } = elements[0]?.sensorReport[0] ?? {};
  const factor = gramsPerUnit[uom];
  if (view.grams !== undefined || value === undefined || factor === undefined) return view;
  return { ...view, grams: value * factor };
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
