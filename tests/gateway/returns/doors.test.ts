import { describe, expect, test } from "vitest";
import { caseOf } from "../../../gateway/returns/return-case.ts";
import type { Observation } from "../../../protocols/readings.ts";
import { command, dataOf, returnsBench, thing, typesOf } from "./returns-bench.ts";

const item = thing(1);
const near = (change: "arrived" | "departed", antenna: number): Observation => ({
  kind: "tag",
  change,
  epcHex: item.epcHex,
  antenna,
});
const passage = (direction: "in" | "out"): Observation => ({ kind: "passage", direction });

const beams = { directions: [{ by: "passage" as const, readPoint: "dock" }] };
const antennas = {
  directions: [{ by: "antennas" as const, readPoint: "dock", inside: [1], outside: [2, 3] }],
};

function inspected(returns: Parameters<typeof returnsBench>[0] = {}) {
  const store = returnsBench(returns);
  store.see("returns-desk", item.code);
  store.wait(60_000);
  store.see("inspection", item.code);
  store.wait(60_000);
  return store;
}

describe("direction", () => {
  test("by two antennas is from where a tag came into view to where it was seen last", () => {
    const store = inspected(antennas);
    expect(store.see("dock", near("arrived", 1))).toEqual([]);
    store.wait(4_000);
    expect(typesOf(store.see("dock", near("departed", 3)))).toEqual(["shipped"]);
    const still = inspected(antennas);
    still.see("dock", near("arrived", 1));
    expect(still.see("dock", near("departed", 1))).toEqual([]);
    still.see("dock", near("arrived", 2));
    expect(still.see("dock", near("departed", 3))).toEqual([]);
    expect(still.see("dock", near("departed", 1))).toEqual([]);
    expect(caseOf(still.documents, item.uri)?.step).toBe("inspected");
  });

  test("by two antennas lets an item come in that is on its way", () => {
    const store = returnsBench(antennas);
    store.step({
      kind: "cases-continued",
      cases: [{ item: item.uri, case: "c", openedMs: 0, step: "shipped", waits: {} }],
    });
    store.see("dock", near("arrived", 2));
    expect(typesOf(store.see("dock", near("departed", 1)))).toEqual(["arrived"]);
  });

  test("by beams joins tag and passage, whichever comes first", () => {
    const tagFirst = inspected(beams);
    expect(tagFirst.see("dock", item.tag)).toEqual([]);
    tagFirst.wait(4_000);
    expect(typesOf(tagFirst.see("dock", passage("out")))).toEqual(["shipped"]);
    const beamFirst = inspected(beams);
    expect(beamFirst.see("dock", passage("out"))).toEqual([]);
    beamFirst.wait(4_000);
    expect(typesOf(beamFirst.see("dock", item.tag))).toEqual(["shipped"]);
  });

  test("is not that of a passage long before or after", () => {
    const store = inspected(beams);
    store.see("dock", passage("out"));
    store.wait(5_001);
    expect(store.see("dock", item.tag)).toEqual([]);
    store.wait(5_001);
    expect(store.see("dock", passage("out"))).toEqual([]);
    expect(caseOf(store.documents, item.uri)?.step).toBe("inspected");
  });

  test("of a dock that measures nothing is not guessed", () => {
    expect(inspected().see("dock", item.tag)).toEqual([]);
  });

  test("is remembered for no more than 512 tags at once, and for no longer than it can matter", () => {
    const store = inspected(beams);
    for (let serial = 0; serial < 600; serial += 1) store.see("dock", thing(1_000 + serial).tag);
    const crossings = () => (store.documents.get("post/dock") as { crossings?: readonly object[] }).crossings;
    expect(crossings()).toHaveLength(512);
    store.tick(6_000, 1_000);
    expect(crossings()).toBeUndefined();
  });
});

describe("the door", () => {
  test("is told when an item leaves that no step has let go, once", () => {
    const store = inspected();
    const [alert, ...others] = store.see("door", item.tag);
    expect(others).toEqual([]);
    expect(dataOf(alert)).toMatchObject({
      code: "return-left",
      item: item.uri,
      post: "door",
      step: "inspected",
    });
    store.wait(10_000);
    expect(store.see("door", item.tag)).toEqual([]);
  });

  test("lets out what was sold again, and what was never returned", () => {
    const store = inspected();
    store.see("sales-floor", item.code);
    store.wait(60_000);
    store.see("checkout", item.code);
    store.wait(60_000);
    expect(store.see("door", item.tag)).toEqual([]);
    expect(returnsBench().see("door", item.tag)).toEqual([]);
  });

  test("with beams tells only of what goes out", () => {
    const returns = { directions: [{ by: "passage" as const, readPoint: "door" }] };
    const store = inspected(returns);
    store.see("door", item.tag);
    expect(store.see("door", passage("in"))).toEqual([]);
    store.wait(60_000);
    store.see("door", item.tag);
    expect(typesOf(store.see("door", passage("out")))).toEqual(["return-left"]);
  });
});

describe("the same serial", () => {
  test("at two posts within a second is a copied tag or a misread, told once", () => {
    const store = returnsBench();
    store.see("returns-desk", item.code);
    store.wait(500);
    const events = store.see("inspection", item.tag);
    expect(typesOf(events)).toEqual(["return-two-places", "inspected"]);
    expect(dataOf(events[0])).toMatchObject({ item: item.uri, post: "inspection", other: "returns-desk" });
    store.wait(500);
    expect(store.see("returns-desk", item.tag)).toEqual([]);
  });

  test("returned again while its case is open, or after it was closed, is told with the earlier case", () => {
    const store = inspected();
    store.wait(3_600_000);
    const again = store.see("returns-desk", item.code);
    expect(typesOf(again)).toEqual(["return-again", "handed-in"]);
    const closed = inspected({
      deadlines: { informed: 0, "first-answer": 0, plan: 0, progress: 0, solved: 0 },
    });
    closed.see("sales-floor", item.code);
    closed.wait(60_000);
    const [sold] = closed.see("checkout", item.code);
    expect(caseOf(closed.documents, item.uri)).toBeUndefined();
    closed.wait(86_400_000);
    const events = closed.see("returns-desk", item.code);
    expect(typesOf(events)).toEqual(["return-again", "handed-in"]);
    expect(dataOf(events[0])).toMatchObject({
      earlier: dataOf(sold)["storewire:case"],
      case: events[1]?.reading,
    });
  });

  test("sold and returned while its customer still waits for a call is a case of its own", () => {
    const store = inspected();
    store.see("inspection", command("solved"));
    store.see("sales-floor", item.code);
    store.wait(60_000);
    store.see("checkout", item.code);
    store.wait(60_000);
    const again = store.see("returns-desk", item.code);
    expect(typesOf(again)).toEqual(["return-again", "handed-in"]);
    expect(caseOf(store.documents, item.uri)).toMatchObject({ id: again[1]?.reading, step: "handed-in" });
  });
});
