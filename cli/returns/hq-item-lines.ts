import type { ItemEvent } from "../../hq/items/item-event.ts";
import type { ItemView } from "../../hq/items/item-view.ts";
import type { StoredItem } from "../../hq/items/stored-item.ts";
import { deadlineNames, deadlineRules } from "../../protocols/returns/deadlines.ts";
import { stepRules } from "../../protocols/returns/steps.ts";
import { type StoryStep, storyLines } from "./item-story.ts";

/** For HQ's people: where it is, since when, in whose hands, what is owed, and how it came there. */
export function itemLines(
  item: string,
  view: ItemView,
  { events, incomplete }: StoredItem,
): readonly string[] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["is", view.item === item ? undefined : view.item],
    ["was", view.formerly],
    ["step", `${view.step} (${stepRules[view.step].words})`],
    ["since", `${iso(view.sinceMs)}${view.clock === "synced" ? "" : " ~ by a clock that was not set"}`],
    ["where", [view.site, view.gateway, view.post].filter((each) => each !== undefined).join("/")],
    ["clerk", view.clerk],
    ["in", view.container],
    ...journeyFacts(view),
    ["opened", iso(view.openedMs)],
    ["case", view.case],
    ["grade", view.grade],
    ["weight", view.grams === undefined ? undefined : `${view.grams} g at hand-in`],
    ...waitFacts(view),
    ...view.alerts.map(({ code, timeMs, site }) => ["alert", `${iso(timeMs)}  ${site}  ${code}`] as const),
    ...incomplete.map((name) => ["missing", `events of ${name} are not here yet; it may tell more`] as const),
  ];
  return [
    item,
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(7)} ${value}`])),
    ...storyLines(events.map(stepOf)),
  ];
}

function journeyFacts({ left, taken, step }: ItemView): readonly (readonly [string, string | undefined])[] {
  if (left === undefined) return [];
  const bound = left.to ?? "nobody has said where to";
  return [
    ["bound", step === "shipped" ? `${bound}, since ${iso(left.atMs)}` : undefined],
    ["watched", taken === undefined ? "by headquarters" : `by ${taken.by}, since ${iso(taken.atMs)}`],
  ];
}

/** A site may reckon with deadlines of its own; what it has told is among the alerts. */
function waitFacts({ waits }: ItemView): readonly (readonly [string, string])[] {
  return deadlineNames.flatMap((name) => {
    const wait = waits[name];
    if (wait === undefined) return [];
    const { words, defaultMs } = deadlineRules[name];
    const warned = wait.warned ? ", warned" : "";
    return [
      [
        "owed",
        `${words}: since ${iso(wait.fromMs)}, usually due ${iso(wait.fromMs + defaultMs)}${warned}`,
      ] as const,
    ];
  });
}

function stepOf({ type, site, gateway, timeMs, clock, data }: ItemEvent): StoryStep {
  const code = typeof data["code"] === "string" ? data["code"] : undefined;
  return { type, code, data, at: { wallMs: timeMs, clock }, device: `${site}/${gateway}` };
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
