import type { Observation } from "../../../../protocols/readings.ts";
import type { CommandName } from "../../../../protocols/returns/command-codes.ts";
import { scanned, weighed } from "../../store.ts";
import { badge, command, thing } from "../returns-bench.ts";
import { type Deed, dayMs, type Expectation, hourMs, minuteMs } from "./week-words.ts";

/** One item's way through the week, in the words of who watches it. */
export interface Way {
  readonly name: string;
  /** Out of a hundred items. */
  readonly share: number;
  plan(way: Planner): Expectation;
}

/** Puts down one item's deeds, minutes after its hand-in. */
export interface Planner {
  at(minutes: number, place: string, what?: Observation | CommandName): Planner;
  /** The evening's tote takes it along; at the depot it is unpacked, or not. */
  tote(how: "whole" | "missing" | "surplus" | "on-its-own"): Planner;
  depot(minutes: number, place: string): Planner;
}

/** The code of goods without a serial number. */
export const classCode = "4006381333931";
const goods = scanned(classCode, "]E0");
const quiet = { store: "closed", depot: "closed", alerts: [] as readonly string[] } as const;
const inspected = (way: Planner): Planner =>
  way.at(0, "returns-desk").at(1, "inspection").at(1.1, "inspection", "solved");
/** Inspected, and the customer's case is over. */
const settled = (way: Planner): Planner => inspected(way).at(1.2, "inspection", "called-back");

/** Every step, and every rule broken; each says what must come of it. */
export const ways: readonly Way[] = [
  {
    name: "back on sale and sold",
    share: 15,
    plan(way) {
      settled(way).at(60, "sales-floor").at(300, "checkout").at(301, "door");
      return quiet;
    },
  },
  {
    name: "kept in the cage, in view",
    share: 8,
    plan(way) {
      settled(way).at(30, "returns-cage");
      for (let day = 0; day < 16; day += 1) way.at(31 + day * 24 * 60, "returns-cage", "store");
      return { ...quiet, store: "stored" };
    },
  },
  {
    name: "destroyed",
    share: 6,
    plan(way) {
      settled(way).at(1.3, "inspection", "damaged").at(90, "disposal");
      return quiet;
    },
  },
  {
    name: "recycled",
    share: 5,
    plan(way) {
      settled(way).at(90, "recycling").at(95, "door");
      return quiet;
    },
  },
  {
    name: "to the supplier",
    share: 5,
    plan(way) {
      settled(way).at(90, "supplier");
      return quiet;
    },
  },
  {
    name: "repaired and sold",
    share: 6,
    plan(way) {
      settled(way).at(30, "repair").at(30.5, "repair", "repaired").at(60, "sales-floor").at(90, "checkout");
      return quiet;
    },
  },
  {
    name: "refurbished and sold",
    share: 2,
    plan(way) {
      settled(way).at(30, "repair").at(30.5, "repair", "refurbished");
      way.at(60, "sales-floor").at(90, "checkout");
      return quiet;
    },
  },
  {
    name: "refurbished, its old tag at the door",
    share: 1,
    plan(way) {
      settled(way).at(30, "repair").at(30.5, "repair", "refurbished").at(45, "door");
      way.at(60, "sales-floor").at(90, "checkout");
      return { ...quiet, alerts: ["return-identity-ended"] };
    },
  },
  {
    name: "refurbished by mistake",
    share: 1,
    plan(way) {
      settled(way).at(30, "repair").at(30.5, "repair", "refurbished").at(31, "repair", "undo");
      way.at(60, "disposal");
      return quiet;
    },
  },
  {
    name: "its label replaced",
    share: 1,
    plan(way) {
      settled(way).at(1.3, "inspection", "relabel").at(60, "disposal");
      return quiet;
    },
  },
  {
    name: "destroyed without a name",
    share: 2,
    plan(way) {
      way.at(0, "disposal", goods);
      return quiet;
    },
  },
  {
    name: "to the depot and recycled there",
    share: 12,
    plan(way) {
      settled(way)
        .at(1.3, "inspection", "grade-c")
        .tote("whole")
        .depot(60, "inspection")
        .depot(120, "recycling");
      return quiet;
    },
  },
  {
    name: "missing in the tote",
    share: 2,
    plan(way) {
      settled(way).tote("missing");
      return { ...quiet, depot: "arrived", alerts: ["return-missing", "return-unseen"] };
    },
  },
  {
    name: "in the tote without being packed",
    share: 2,
    plan(way) {
      settled(way).at(1.3, "inspection", "store").tote("surplus").depot(60, "recycling");
      return { ...quiet, store: "stored", alerts: ["return-surplus", "return-unseen"] };
    },
  },
  {
    name: "inspected too late",
    share: 3,
    plan(way) {
      way.at(0, "returns-desk").at(0.1, "returns-desk", "solved").at(0.2, "returns-desk", "called-back");
      way.at(20.5, "inspection").at(60, "disposal");
      return { ...quiet, alerts: ["return-deadline-near inspection", "return-deadline-missed inspection"] };
    },
  },
  {
    name: "customer told too late",
    share: 3,
    plan(way) {
      way.at(0, "returns-desk").at(1, "inspection").at(100, "sales-floor").at(100.1, "sales-floor", "solved");
      way.at(100.2, "sales-floor", "called-back").at(110, "checkout");
      const alerts = ["informed", "first-answer"].flatMap((name) => [
        `return-deadline-near ${name}`,
        `return-deadline-missed ${name}`,
      ]);
      return { ...quiet, alerts };
    },
  },
  {
    name: "never called back",
    share: 3,
    plan(way) {
      inspected(way).at(60, "disposal");
      return { ...quiet, alerts: ["return-deadline-near call-back", "return-deadline-missed call-back"] };
    },
  },
  {
    name: "a part is missing at the inspection",
    share: 3,
    plan(way) {
      way.at(0, "returns-desk").at(0.1, "returns-desk", weighed("1.000"));
      way.at(1, "inspection").at(1.1, "inspection", "solved").at(1.2, "inspection", "called-back");
      way.at(1.3, "inspection", weighed("0.800")).at(60, "disposal");
      return { ...quiet, alerts: ["return-weight-differs"] };
    },
  },
  {
    name: "carried out of the door",
    share: 3,
    plan(way) {
      settled(way).at(30, "door");
      return { ...quiet, store: "inspected", alerts: ["return-left", "return-unseen"] };
    },
  },
  {
    name: "sold and returned again",
    share: 3,
    plan(way) {
      settled(way).at(60, "sales-floor").at(120, "checkout");
      way.at(600, "returns-desk").at(601, "inspection").at(601.1, "inspection", "solved");
      way.at(601.2, "inspection", "called-back").at(660, "disposal");
      return { ...quiet, alerts: ["return-again"] };
    },
  },
  {
    name: "seen at two places at once",
    share: 2,
    plan(way) {
      way.at(0, "returns-desk").at(0.01, "inspection").at(1.1, "inspection");
      way.at(1.2, "inspection", "solved").at(1.3, "inspection", "called-back").at(60, "disposal");
      return { ...quiet, alerts: ["return-two-places"] };
    },
  },
  {
    name: "put on sale uninspected",
    share: 2,
    plan(way) {
      way.at(0, "returns-desk").at(0.1, "returns-desk", "solved").at(0.2, "returns-desk", "called-back");
      way.at(1, "sales-floor").at(60, "checkout");
      return { ...quiet, alerts: ["return-out-of-order"] };
    },
  },
  {
    name: "handed over with one badge",
    share: 2,
    plan(way) {
      settled(way)
        .at(1.3, "inspection", "hand-over")
        .at(1.35, "inspection", badge("ANNA"))
        .at(60, "disposal");
      return { ...quiet, alerts: ["return-unsigned"] };
    },
  },
  {
    name: "packed without a tote",
    share: 2,
    plan(way) {
      settled(way).at(30, "packing").at(60, "disposal");
      return { ...quiet, alerts: ["return-no-container"] };
    },
  },
  {
    name: "lost and found",
    share: 2,
    plan(way) {
      settled(way).at(1.3, "inspection", "lost").at(200, "returns-cage").at(400, "disposal");
      return quiet;
    },
  },
  {
    name: "put on sale by mistake",
    share: 2,
    plan(way) {
      settled(way).at(60, "sales-floor").at(60.1, "sales-floor", "undo").at(90, "disposal");
      return quiet;
    },
  },
  {
    name: "seen by nobody",
    share: 2,
    plan(way) {
      settled(way).at(30, "returns-cage");
      return { ...quiet, store: "stored", alerts: ["return-unseen"] };
    },
  },
];

/** Goods without a serial number go these ways as well; they are known by their printed label. */
export const labelledShare = 10;

/** Hand-ins are so far apart: 2,000 of them fill a week of nine hours a day. */
const stepMs = (7 * 9 * hourMs) / 2_000;

/** An hour after the store has opened, and on. */
export function handInOf(item: number): number {
  const open = Math.floor((item * stepMs) / (9 * hourMs));
  return open * dayMs + hourMs + (item * stepMs - open * 9 * hourMs);
}

/** Which item goes which way. */
export function planWeek(count: number) {
  const table = ways.flatMap((way) => Array.from({ length: way.share }, () => way));
  const deeds: Deed[] = [];
  const expected: Expectation[] = [];
  const names: string[] = [];
  for (let item = 0; item < count; item += 1) {
    // A number without a common divisor with the table's length mixes all ways into each day.
    const way = table[(item * 37) % table.length] ?? table[0];
    if (way === undefined) throw new Error("no way");
    const handInMs = handInOf(item);
    const dayStartMs = handInMs - (handInMs % dayMs);
    const isLabelled = item % 100 < labelledShare && !/two places|tote|depot|door/.test(way.name);
    names.push(way.name);
    expected.push(way.plan(planner(deeds, { item, handInMs, dayMs: dayStartMs, isLabelled })));
  }
  return { deeds, expected, names };
}

interface Planned {
  readonly item: number;
  readonly handInMs: number;
  readonly dayMs: number;
  readonly isLabelled: boolean;
}

function planner(deeds: Deed[], { item, handInMs, dayMs: day, isLabelled }: Planned): Planner {
  const { code, tag } = thing(item + 1);
  let first = true;
  let isRenamed = false;
  const own = (): Observation | "label" => {
    if (isRenamed) return "label";
    if (!isLabelled) return item % 3 === 0 ? tag : code;
    if (!first) return "label";
    first = false;
    return goods;
  };
  /** A deed of its own takes part in no other's window. */
  const put = (site: Deed["site"], atMs: number, place: string, observation: Deed["observation"]) =>
    deeds.push({ atMs, site, place, observation, item });
  const way: Planner = {
    at(minutes, place, what) {
      const atMs = handInMs + minutes * minuteMs;
      // A printed label has no tag that a door could read.
      if (place === "door") put("store", atMs, place, tag);
      else if (what === undefined) put("store", atMs, place, own());
      else if (typeof what === "string") {
        if (minutes > 3) put("store", atMs - 10, place, own());
        put("store", atMs, place, command(what));
        if (what === "refurbished" || what === "relabel") isRenamed = true;
        else if (what === "undo") isRenamed = false;
      } else put("store", atMs, place, what);
      return way;
    },
    tote(how) {
      if (how !== "surplus") put("store", day + 11 * hourMs + item, "packing", code);
      if (how !== "missing") put("depot", day + 24.5 * hourMs + item, "unpacking", code);
      return way;
    },
    depot(minutes, place) {
      put("depot", day + 24.6 * hourMs + minutes * minuteMs + item * 10, place, code);
      return way;
    },
  };
  return way;
}
