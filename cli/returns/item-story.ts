import type { ItemHistory, ItemStep } from "../../gateway/returns/item-history.ts";
import type { EpcisSensorElement } from "../../protocols/epcis/event.ts";
import { renamingOf } from "../../protocols/returns/renaming.ts";
import { stepNames, stepRules } from "../../protocols/returns/steps.ts";

type Json = Readonly<Record<string, unknown>>;

/** The story of an item for people: a line for each event, `~` where no set clock vouches for the time. */
export function itemStory({ item, steps }: ItemHistory): readonly string[] {
  if (steps.length === 0) return [`${item}: nothing is known of it here`];
  const caseIds = new Set(steps.map(({ data }) => labelled("case ", data["storewire:case"])));
  return [item, ...[...caseIds].filter((id) => id !== undefined), ...steps.map(stepLine)];
}

function stepLine(step: ItemStep): string {
  const { at, device, data } = step;
  const clock = at.clock === "synced" ? " " : "~";
  const facts = step.code === undefined ? eventFacts(data) : [String(data["cause"])];
  const places = [
    labelled("", data["storewire:post"] ?? data["post"]),
    labelled("clerk ", data["storewire:clerk"] ?? data["clerk"]),
    device,
  ].filter((each) => each !== undefined);
  return `${timeOf(step)}${clock} ${wordsOf(step)}  ${[...facts, ...places].join(", ")}`;
}

/** As the event has it, with the site's offset; an alert's in UTC. */
function timeOf({ at, data }: ItemStep): string {
  const offset = data["eventTimeZoneOffset"];
  if (typeof offset !== "string") return new Date(at.wallMs).toISOString();
  const [, sign = "+", hours = "0", minutes = "0"] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  return new Date(at.wallMs + offsetMs).toISOString().replace("Z", offset);
}

/** An alert by its code, a step in its own words. */
function wordsOf({ type, code }: ItemStep): string {
  if (code !== undefined) return `! ${code}`;
  const name = type.replace("storewire.return.", "");
  const step = stepNames.find((each) => each === name);
  return step === undefined ? name : stepRules[step].words;
}

function eventFacts(data: Json): readonly string[] {
  const facts = [
    labelled("", data["disposition"]),
    labelled("grade ", data["storewire:grade"]),
    labelled("", data["storewire:care"]),
    labelled("in ", data["parentID"]),
    labelled("from ", data["storewire:givenBy"]),
    labelled("to ", data["storewire:takenBy"]),
    weightOf(data),
    ...namesOf(data),
    ...listed(withoutReturn(data["bizTransactionList"]), "bizTransaction"),
    ...listed(data["destinationList"], "destination").map((each) => `to ${each}`),
  ];
  return facts.filter((fact) => fact !== undefined);
}

/** What the item was called, and what it is called since. */
function namesOf(data: Json): readonly (string | undefined)[] {
  const { from, to } = renamingOf(data) ?? {};
  return [labelled("was ", from), labelled("is ", to ?? data["storewire:successor"])];
}

/** The number of the return is the case, which stands above. */
const withoutReturn = (list: unknown): unknown =>
  Array.isArray(list) ? (list as Json[]).filter(({ type }) => type !== "rma") : list;

const labelled = (label: string, value: unknown): string | undefined =>
  typeof value === "string" ? label + value : undefined;

function listed(list: unknown, member: string): readonly string[] {
  return Array.isArray(list) ? (list as Json[]).map((each) => String(each[member])) : [];
}

function weightOf(data: Json): string | undefined {
  const [element] = (data["sensorElementList"] ?? []) as readonly Pick<EpcisSensorElement, "sensorReport">[];
  const report = element?.sensorReport[0];
  if (report === undefined) return undefined;
  return `${report.value ?? report.stringValue ?? ""} ${report.uom ?? ""}`.trim();
}
