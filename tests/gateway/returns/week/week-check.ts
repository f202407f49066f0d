import { type Renaming, renamingOf } from "../../../../protocols/returns/renaming.ts";
import { type StepName, stepNames, stepRules } from "../../../../protocols/returns/steps.ts";
import type { PlayedWeek } from "./play-week.ts";
import type { StoredRow } from "./week-words.ts";

interface Told {
  readonly site: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const toldIn = (rows: readonly StoredRow[]): readonly Told[] =>
  rows.map(({ site, body }) => ({ site, ...(JSON.parse(body) as Omit<Told, "site">) }));

/** `code deadline`, as expectations name alerts. */
export const alertName = ({ data }: Pick<Told, "data">): string =>
  [data["code"], data["deadline"]].filter((each) => typeof each === "string").join(" ");

/** The alerts of each item, sorted. */
export function alertsByItem(rows: readonly StoredRow[]): ReadonlyMap<string, readonly string[]> {
  const alerts = new Map<string, string[]>();
  for (const told of toldIn(rows)) {
    if (told.type !== "storewire.alert.return") continue;
    const item = String(told.data["item"]);
    alerts.set(item, [...(alerts.get(item) ?? []), alertName(told)].sort());
  }
  return alerts;
}

type Ended = Pick<PlayedWeek, "expected" | "names" | "uris" | "formerly" | "states" | "rows">;

/** What differs from what the item's way was to bring about. */
export function surprises({ expected, names, uris, formerly, states, rows }: Ended): readonly string[] {
  const alerts = alertsByItem(rows);
  return uris.flatMap((uri, item) => {
    const { alerts: wanted = [], store, depot } = expected[item] ?? {};
    const everyName = [...new Set([uri, ...(formerly[item] ?? [])])];
    const found = { alerts: everyName.flatMap((name) => alerts.get(name) ?? []).sort(), ...states[item] };
    const right = { alerts: [...wanted].sort(), store, depot };
    return JSON.stringify(found) === JSON.stringify(right)
      ? []
      : [`${item} ${names[item]}: ${JSON.stringify(found)}, not ${JSON.stringify(right)}`];
  });
}

/** Everything that was told, without what chance and restarts change. */
const said = (rows: readonly StoredRow[]): readonly string[] =>
  toldIn(rows)
    .map(({ site, type, subject, time, data }) =>
      [
        site,
        type,
        subject,
        type.startsWith("storewire.return.") ? `${time} ${String(data["eventID"])}` : data["code"],
      ].join(" "),
    )
    .sort();

/** What the first rows say more often than the second. */
export function saidMore(rows: readonly StoredRow[], others: readonly StoredRow[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const words of said(others)) counts.set(words, (counts.get(words) ?? 0) + 1);
  return said(rows).filter((words) => {
    const count = counts.get(words) ?? 0;
    counts.set(words, count - 1);
    return count <= 0;
  });
}

interface Life {
  readonly time: string;
  readonly steps: readonly (StepName | "none")[];
  /** An alert has just told that the next step is out of order. */
  readonly excused: boolean;
}

/** Events of an item at a site that come in another order than they happened, or that may not follow each other. */
export function outOfOrder(rows: readonly StoredRow[]): readonly string[] {
  const lives = new Map<string, Life>();
  return toldIn(rows).flatMap((told) => {
    const { site, subject, time, type } = told;
    // A tote goes round and round, and a class of goods is no one thing.
    if (subject.includes("/8003/") || "quantityList" in told.data) return [];
    const renaming = renamingOf(told.data);
    const isBack = type === "storewire.return.withdrawn";
    if (renaming !== undefined && !isBack) rename(lives, site, renaming);
    const key = `${site} ${subject}`;
    const life = lives.get(key) ?? { time: "", steps: ["none"], excused: false };
    lives.set(key, lifeAfter(life, told));
    if (renaming !== undefined && isBack) rename(lives, site, { from: renaming.to, to: renaming.from });
    const early = time < life.time ? [`${key}: ${type} at ${time} after ${life.time}`] : [];
    return [...early, ...misstep(key, life, stepOf(type))];
  });
}

/** Its life goes on under another name. */
function rename(lives: Map<string, Life>, site: string, { from, to }: Renaming): void {
  const life = lives.get(`${site} ${from}`);
  if (life !== undefined) lives.set(`${site} ${to}`, life);
}

const stepOf = (type: string): StepName | undefined =>
  stepNames.find((each) => `storewire.return.${each}` === type);

function misstep(key: string, { steps, excused }: Life, step: StepName | undefined): readonly string[] {
  const last = steps.at(-1) ?? "none";
  if (step === undefined || excused || stepRules[step].after.includes(last)) return [];
  return [`${key}: ${step} after ${last}`];
}

function lifeAfter({ steps, excused }: Life, { type, time, data }: Told): Life {
  if (data["code"] === "return-out-of-order" || data["code"] === "return-again")
    return { time, steps, excused: true };
  if (type === "storewire.return.withdrawn") return { time, steps: steps.slice(0, -1), excused };
  const step = stepOf(type);
  if (step === undefined) return { time, steps, excused };
  return { time, steps: stepRules[step].passing === true ? steps : [...steps, step], excused: false };
}
