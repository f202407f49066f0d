import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { EventDraft } from "../../../protocols/events.ts";
import type { Observation } from "../../../protocols/readings.ts";
import { renamingOf } from "../../../protocols/returns/renaming.ts";
import { scanned, weighed } from "../store.ts";
import { badge, command, dataOf, type Place, returnsBench, thing, tote } from "./returns-bench.ts";

type Json = Readonly<Record<string, unknown>>;

const templateFile = new URL("../../../../shared/vectors/epcis-returns-templates.jsonld", import.meta.url);
const isThere = existsSync(templateFile);
if (!isThere)
  console.warn(
    "skipped: the chain against its templates (epcis-returns-templates.jsonld is not beside the repository)",
  );

function templates(): readonly Json[] {
  const { epcisBody } = JSON.parse(readFileSync(templateFile, "utf8")) as {
    epcisBody: { eventList: readonly Json[] };
  };
  return epcisBody.eventList;
}

const parties = {
  shipTo: "9521321000773",
  supplier: "9521141000006",
  recycler: "9529999000003",
};
const item = thing(1);
const ean = scanned("9521141123454", "]E0");

/** A store with every post; each look comes twenty seconds after the one before. */
function play(looks: readonly (readonly [Place, Observation])[]): readonly EventDraft[] {
  const store = returnsBench(parties);
  return looks.flatMap(([place, observation]) => {
    store.wait(10_000);
    // A code that waits for its tag becomes an item.
    return [...store.see(place, observation), ...store.tick(10_000, 5_000)];
  });
}

const inspected = [
  ["returns-desk", item.code],
  ["inspection", item.code],
] as const;
const inRepair = [...inspected, ["repair", item.code]] as const;
const inTote = [...inspected, ["packing", tote.code], ["packing", item.code]] as const;

interface Case {
  /** By its place in the file. */
  readonly template: number;
  readonly what: string;
  readonly looks: readonly (readonly [Place, Observation])[];
  readonly type: string;
  /** Fields that are ours and not the template's, and the other way round, with the reason. */
  readonly ours?: Readonly<Record<string, string>>;
  readonly theirs?: Readonly<Record<string, string>>;
}

const moved = "the way within the house is told wherever a post's place differs from the last one's";
const signedThere =
  "the step at the new post has told the way; who gave and who took it is in `givenBy` and `takenBy`, for CBV has no clerks";
const noAdvice = "no device at a dock knows the number of the dispatch advice";

/** The chain of the templates, and everything in which ours is another one. */
const cases: readonly Case[] = [
  { template: 0, what: "handed in", looks: [["returns-desk", item.code]], type: "handed-in" },
  {
    template: 1,
    what: "an own identity",
    looks: [["returns-desk", ean]],
    type: "handed-in",
    ours: { destinationList: "it is the hand-in as well: possession goes to the retailer" },
  },
  {
    template: 2,
    what: "inspected and graded",
    looks: [...inspected, ["inspection", command("damaged")]],
    type: "graded",
  },
  {
    template: 3,
    what: "handed over to another post",
    looks: [
      ...inspected,
      ["returns-cage", item.code],
      ["returns-cage", command("hand-over")],
      ["returns-cage", badge("ANNA")],
      ["returns-cage", badge("BERT")],
    ],
    type: "handed-over",
    ours: { bizLocation: "where it is afterwards is known" },
    theirs: { sourceList: signedThere, destinationList: signedThere },
  },
  {
    template: 4,
    what: "weighed",
    looks: [...inspected, ["inspection", weighed("1.254")]],
    type: "weighed",
    ours: { bizLocation: "where it is afterwards is known" },
  },
  {
    template: 5,
    what: "put away",
    looks: [...inspected, ["returns-cage", item.code]],
    type: "stored",
    ours: { sourceList: moved, destinationList: moved },
  },
  {
    template: 6,
    what: "packed",
    looks: inTote,
    type: "packed",
    ours: { sourceList: moved, destinationList: moved },
  },
  {
    template: 7,
    what: "the tote leaves",
    looks: [...inTote, ["dock-out", tote.tag]],
    type: "shipped",
    theirs: { bizTransactionList: noAdvice },
  },
  {
    template: 8,
    what: "the tote arrives",
    looks: [...inTote, ["dock-in", tote.tag]],
    type: "arrived",
    ours: { destinationList: "the place that it came to" },
  },
  {
    template: 9,
    what: "unpacked",
    looks: [...inTote, ["unpacking", item.code]],
    type: "unpacked",
    ours: { sourceList: moved, destinationList: moved },
  },
  {
    template: 10,
    what: "repair begins",
    looks: inRepair,
    type: "repair-begun",
    ours: { sourceList: moved, destinationList: moved },
  },
  {
    template: 11,
    what: "repair ends",
    looks: [...inRepair, ["repair", command("repaired")]],
    type: "repaired",
  },
  {
    template: 12,
    what: "refurbished",
    looks: [...inRepair, ["repair", command("refurbished")]],
    type: "refurbished",
  },
  {
    template: 13,
    what: "back on sale",
    looks: [...inspected, ["sales-floor", item.code]],
    type: "restocked",
    ours: { sourceList: moved, destinationList: moved },
  },
  {
    template: 14,
    what: "sold again",
    looks: [...inspected, ["sales-floor", item.code], ["checkout", item.code]],
    type: "sold",
  },
  {
    template: 15,
    what: "to the supplier",
    looks: [...inspected, ["supplier", item.code]],
    type: "sent-to-supplier",
  },
  {
    template: 16,
    what: "given to recycling",
    looks: [...inspected, ["recycling", item.code]],
    type: "recycled",
    ours: { sourceList: "who gives it away" },
  },
  {
    template: 17,
    what: "destroyed",
    looks: [...inspected, ["disposal", item.code]],
    type: "destroyed",
  },
  {
    template: 18,
    what: "a label is retired",
    looks: [
      ["returns-desk", ean],
      ["returns-desk", command("relabel")],
    ],
    type: "retired",
    ours: { bizLocation: "the item is still there, under its new identity" },
  },
  {
    template: 20,
    what: "a mistake",
    looks: [...inspected, ["inspection", command("grade-a")], ["inspection", command("undo")]],
    type: "withdrawn",
    ours: {
      bizLocation: "the whole event comes again",
      disposition: "the whole event comes again",
      persistentDisposition: "the whole event comes again",
    },
  },
];

const members = [
  "type",
  "action",
  "bizStep",
  "disposition",
  "persistentDisposition",
  "bizLocation",
  "bizTransactionList",
  "sourceList",
  "destinationList",
  "sensorElementList",
  "epcList",
  "inputEPCList",
  "outputEPCList",
  "parentID",
  "childEPCs",
  "errorDeclaration",
] as const;

const typesIn = (list: unknown): readonly unknown[] => (list as readonly Json[]).map(({ type }) => type);

/** What of a member must be as the template has it, whoever and wherever it is. */
const kept: Readonly<Partial<Record<(typeof members)[number], (value: unknown) => unknown>>> = {
  bizLocation: () => "there",
  bizTransactionList: typesIn,
  sourceList: typesIn,
  destinationList: typesIn,
  epcList: (list) => (list as readonly unknown[]).length,
  inputEPCList: (list) => (list as readonly unknown[]).length,
  outputEPCList: (list) => (list as readonly unknown[]).length,
  childEPCs: (list) => (list as readonly unknown[]).length,
  parentID: () => "there",
  errorDeclaration: () => "there",
  sensorElementList: (list) =>
    (list as readonly { sensorMetadata: Json; sensorReport: readonly Json[] }[]).map(
      ({ sensorMetadata, sensorReport }) => [Object.keys(sensorMetadata).toSorted(), sensorReport],
    ),
};

/** What ours sets it also unsets of the contrary, where the template only sets. */
function isSame(name: (typeof members)[number], ours: unknown, theirs: unknown): boolean {
  const keep = kept[name] ?? ((value: unknown) => value);
  if (name === "persistentDisposition") {
    const { set } = theirs as { set?: unknown };
    return JSON.stringify((ours as { set?: unknown }).set) === JSON.stringify(set);
  }
  return JSON.stringify(keep(ours)) === JSON.stringify(keep(theirs));
}

function differences(
  ours: Json,
  theirs: Json,
  { ours: more = {}, theirs: less = {} }: Case,
): readonly string[] {
  return members.flatMap((name) => {
    const [left, right] = [ours[name], theirs[name]];
    if (left === undefined && right === undefined) return [];
    if (right === undefined) return name in more ? [] : [`${name} is ours alone: ${JSON.stringify(left)}`];
    if (left === undefined) return name in less ? [] : [`${name} is missing: ${JSON.stringify(right)}`];
    if (isSame(name, left, right)) return [];
    return name in more ? [] : [`${name}: ${JSON.stringify(left)}, not ${JSON.stringify(right)}`];
  });
}

describe.skipIf(!isThere)("what the service tells, beside the template of the same step", () => {
  test.each(cases)("$what", (one) => {
    const event = play(one.looks).findLast(({ type }) => type === `storewire.return.${one.type}`);
    expect(event).toBeDefined();
    expect(differences(dataOf(event), templates()[one.template] ?? {}, one)).toEqual([]);
  });

  test("is every template but the queue's length, which is no event of an item", () => {
    const untried = templates().filter((_, index) => !cases.some(({ template }) => template === index));
    expect(untried.map(({ bizStep }) => bizStep)).toEqual(["sensor_reporting"]);
  });

  test("has no exception that is none", () => {
    for (const one of cases) {
      const data = dataOf(play(one.looks).findLast(({ type }) => type === `storewire.return.${one.type}`));
      const without = differences(data, templates()[one.template] ?? {}, { ...one, ours: {}, theirs: {} });
      const names = without.map((words) => words.split(/[ :]/)[0] ?? "");
      expect(names.toSorted()).toEqual(
        [...Object.keys(one.ours ?? {}), ...Object.keys(one.theirs ?? {})].toSorted(),
      );
    }
  });
});

test.skipIf(!isThere)("a transformation of ours says from what to what, as the template's does", () => {
  const [template] = templates().filter(({ type }) => type === "TransformationEvent");
  expect(renamingOf(template ?? {})).toEqual({
    from: "urn:epc:id:sgtin:9521141.012345.4711",
    to: "urn:epc:id:sgtin:9521321.099001.1",
  });
});
