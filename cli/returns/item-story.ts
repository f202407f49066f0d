import type { ItemHistory, ItemStep } from "../../gateway/returns/item-history.ts";
import type { EpcisSensorElement } from "../../protocols/epcis/event.ts";
import { renamingOf } from "../../protocols/returns/renaming.ts";
import type { Words } from "../paper/language.ts";
import { eventWords, labels, nothingKnown, valueWords } from "./story-words.ts";

type Json = Readonly<Record<string, unknown>>;

/** A story is told in one language; paper in both of them tells it line by line. */
export type StoryLanguage = keyof Words;

/** The story of an item for people: a line for each event, `~` where no set clock vouches for the time. */
export function itemStory(
  { item, steps }: ItemHistory,
  language: StoryLanguage = "english",
): readonly string[] {
  const told = new Story(language);
  if (steps.length === 0) return [`${item}: ${nothingKnown[language]}`];
  const cases = new Set(steps.flatMap(({ data }) => told.labelled("case", data["storewire:case"])));
  return [item, ...cases, ...steps.map((step) => told.line(step))];
}

/** What a line of a story is made of, wherever it was read. */
export type StoryStep = Pick<ItemStep, "device" | "code" | "data"> & {
  readonly type: string;
  readonly at: Pick<ItemStep["at"], "wallMs" | "clock">;
};

/** Events in their order, for people. */
export function storyLines(
  steps: readonly StoryStep[],
  language: StoryLanguage = "english",
): readonly string[] {
  const told = new Story(language);
  return steps.map((step) => told.line(step));
}

class Story {
  readonly #language: StoryLanguage;
  /** An alert has no offset of its own: it is told in that of the event before it. */
  #offset = "Z";

  constructor(language: StoryLanguage) {
    this.#language = language;
  }

  line(step: StoryStep): string {
    const { at, device, data } = step;
    const clock = at.clock === "synced" ? " " : "~";
    const facts = step.code === undefined ? this.#eventFacts(data) : [this.#cause(data)];
    const places = [
      ...textIn(data["storewire:post"] ?? data["post"]),
      ...this.labelled("clerk", data["storewire:clerk"] ?? data["clerk"]),
      device,
    ];
    const offset = data["eventTimeZoneOffset"];
    if (typeof offset === "string") this.#offset = offset;
    return `${timeAt(at.wallMs, this.#offset)}${clock} ${this.#what(step)}  ${[...facts, ...places].join(", ")}`;
  }

  labelled(label: keyof typeof labels, value: unknown): readonly string[] {
    return textIn(value).map((text) => labels[label][this.#language] + text);
  }

  /** An alert by its code, a step in its own words. */
  #what({ type, code }: StoryStep): string {
    return code === undefined
      ? eventWords(type.replace("storewire.return.", ""))[this.#language]
      : `! ${code}`;
  }

  /** Alerts of earlier versions know no Chinese. */
  #cause({ cause, causeChinese }: Json): string {
    return String(this.#language === "english" ? cause : (causeChinese ?? cause));
  }

  #eventFacts(data: Json): readonly string[] {
    const { from, to } = renamingOf(data) ?? {};
    return [
      ...this.#value(data["disposition"]),
      ...this.labelled("grade", this.#value(data["storewire:grade"])[0]),
      ...this.#value(data["storewire:care"]),
      ...this.labelled("in", data["parentID"]),
      ...this.labelled("from", data["storewire:givenBy"]),
      ...this.labelled("to", data["storewire:takenBy"]),
      ...weightOf(data),
      ...this.labelled("was", from),
      ...this.labelled("is", to ?? data["storewire:successor"]),
      ...listed(withoutReturn(data["bizTransactionList"]), "bizTransaction"),
      ...listed(data["destinationList"], "destination").flatMap((each) => this.labelled("to", each)),
    ];
  }

  #value(value: unknown): readonly string[] {
    return textIn(value).map((text) => valueWords(text)[this.#language]);
  }
}

/** `+01:00`, or `Z`, behind the time that a clock shows there. */
function timeAt(wallMs: number, offset: string): string {
  const [, sign = "+", hours = "0", minutes = "0"] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  return new Date(wallMs + offsetMs).toISOString().replace("Z", offset);
}

const textIn = (value: unknown): readonly string[] => (typeof value === "string" ? [value] : []);

/** The number of the return is the case, which stands above. */
const withoutReturn = (list: unknown): unknown =>
  Array.isArray(list) ? (list as Json[]).filter(({ type }) => type !== "rma") : list;

function listed(list: unknown, member: string): readonly string[] {
  return Array.isArray(list) ? (list as Json[]).map((each) => String(each[member])) : [];
}

function weightOf(data: Json): readonly string[] {
  const [element] = (data["sensorElementList"] ?? []) as readonly Pick<EpcisSensorElement, "sensorReport">[];
  const report = element?.sensorReport[0];
  return report === undefined
    ? []
    : [`${report.value ?? report.stringValue ?? ""} ${report.uom ?? ""}`.trim()];
}
