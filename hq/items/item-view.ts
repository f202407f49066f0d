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

/** What of an event the view needs; times are those of the site that told it. */
export interface ItemEvent {
  readonly type: string;
  readonly site: string;
  readonly gateway: string;
  readonly timeMs: number;
  readonly clock: "synced" | "estimated";
  readonly data: Readonly<Record<string, unknown>>;
}

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
  /** What `sinceMs` is worth. */
  readonly clock: "synced" | "estimated";
  readonly site: string;
  readonly gateway: string;
  readonly post?: string;
  readonly clerk?: string;
  readonly container?: string;
  /** The place that it is on its way to. */
  readonly destination?: string;
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
  const { type, data } = event;
  if (type === "storewire.alert.return") return view && alerted(view, event);
  const name = type.replace("storewire.return.", "");
  if (name === "withdrawn") return view && withdrawn(view, data);
  if (name === "cared") return view && cared(view, event);
  if (name === "weighed") return view && weighed(view, data);
  const step = stepNames.find((each) => each === name);
  return step === undefined ? view : stepped(view, item, event, step);
}

function stepped(before: ItemView | undefined, item: string, event: ItemEvent, name: StepName): ItemView {
  const { data, timeMs, site, gateway, clock } = event;
  const id = text(data["storewire:case"]);
  const renaming = renamingOf(data);
  const base = before !== undefined && isSameCase(before, id) ? before : begun(item, event);
  const { clerk: _clerk, destination: _destination, container: _container, ...rest } = base;
  const last = { event: text(data["eventID"]) ?? "", step: base.step, sinceMs: base.sinceMs };
  return {
    ...rest,
    ...(stepRules[name].passing === true ? {} : { step: name, sinceMs: timeMs }),
    clock,
    site,
    gateway,
    waits: waitsAfter(base.waits, name, timeMs),
    earlier: [last, ...base.earlier].slice(0, earlierMax),
    ...present({ case: id, post: text(data["storewire:post"]), clerk: text(data["storewire:clerk"]) }),
    ...present({
      grade: text(data["storewire:grade"]),
      gtin: text(data["storewire:gtin"])?.split("/").at(-1),
    }),
    ...present({ item: renaming?.to, formerly: renaming?.from }),
    ...present({
      container: containerAfter(base.container, data, name),
      destination: name === "shipped" ? destinationOf(data) : undefined,
    }),
  };
}

/** An event about a container names no case. */
const isSameCase = ({ case: known }: ItemView, id: string | undefined): boolean =>
  id === undefined || known === undefined || known === id;

const begun = (item: string, { timeMs, site, gateway, clock }: ItemEvent): ItemView => ({
  item,
  openedMs: timeMs,
  step: "handed-in",
  sinceMs: timeMs,
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
  return name === "unpacked" ? undefined : before;
}

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
  if (name === undefined || wait === undefined) return { ...view, alerts };
  const waits = { ...view.waits };
  if (code === "return-deadline-missed") delete waits[name];
  else waits[name] = { ...wait, warned: true };
  return { ...view, alerts, waits };
}

/** The last step is taken back; one further behind stays as it was told. */
function withdrawn(view: ItemView, data: ItemEvent["data"]): ItemView {
  const [last, ...earlier] = view.earlier;
  if (last === undefined || last.event !== data["eventID"]) return view;
  const before = { ...view, step: last.step, sinceMs: last.sinceMs, earlier };
  const renaming = renamingOf(data);
  if (renaming === undefined) return before;
  const { formerly: _, ...rest } = before;
  return { ...rest, item: renaming.from };
}

const gramsPerUnit: Readonly<Record<string, number>> = { KGM: 1_000, GRM: 1 };

/** The first weight is that at hand-in. */
function weighed(view: ItemView, data: ItemEvent["data"]): ItemView {
  const elements = (data["sensorElementList"] ?? []) as readonly {
    readonly sensorReport: readonly { readonly value?: number; readonly uom?: string }[];
  }[];
  const { value, uom = "" } = elements[0]?.sensorReport[0] ?? {};
  const factor = gramsPerUnit[uom];
  if (view.grams !== undefined || value === undefined || factor === undefined) return view;
  return { ...view, grams: value * factor };
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
