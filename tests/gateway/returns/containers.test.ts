import { describe, expect, test } from "vitest";
import { ledgerOf } from "../../../gateway/returns/ledger.ts";
import { caseOf } from "../../../gateway/returns/return-case.ts";
import type { ContinuedCase } from "../../../protocols/returns/continue-case.ts";
import { morningMs } from "../store.ts";
import { command, dataOf, returnsBench, thing, tote, typesOf } from "./returns-bench.ts";

const [first, second, third] = [thing(1), thing(2), thing(3)];

/** Three items, handed in and inspected, the first two packed. */
function packed(returns: Parameters<typeof returnsBench>[0] = {}) {
  const store = returnsBench(returns);
  for (const { code } of [first, second, third]) {
    store.wait(60_000);
    store.see("returns-desk", code);
    store.wait(60_000);
    store.see("inspection", code);
  }
  store.wait(60_000);
  store.see("packing", tote.code);
  const events = [first, second].flatMap(({ code }) => store.see("packing", code));
  return { store, events };
}

const announced = (item: { readonly uri: string }, more: Partial<ContinuedCase> = {}): ContinuedCase => ({
  item: item.uri,
  case: `case-of-${item.uri.split("/").at(-1)}`,
  openedMs: morningMs - 3_600_000,
  step: "shipped",
  container: tote.uri,
  waits: {},
  ...more,
});

/** A depot that HQ told of a tote with two items. */
function depot(returns: Parameters<typeof returnsBench>[0] = {}) {
  const store = returnsBench(returns);
  store.step({ kind: "cases-continued", cases: [announced(first), announced(second)] });
  return store;
}

describe("packing", () => {
  test("puts each item into the tote that was scanned last", () => {
    const { store, events } = packed();
    expect(typesOf(events)).toEqual(["packed", "packed"]);
    expect(dataOf(events[0])).toMatchObject({
      type: "AggregationEvent",
      action: "ADD",
      bizStep: "packing",
      parentID: tote.uri,
      childEPCs: [first.uri],
    });
    expect(caseOf(store.documents, first.uri)?.container).toBe(tote.uri);
    expect(store.see("packing", first.code)).toEqual([]);
  });

  test("without a tote is told, and nothing is packed", () => {
    const { store } = packed();
    store.see("packing", command("done"));
    expect(typesOf(store.see("packing", third.code))).toEqual(["return-no-container"]);
    expect(caseOf(store.documents, third.uri)?.step).toBe("inspected");
  });

  test("that was a mistake takes the item out again", () => {
    const { store } = packed();
    expect(typesOf(store.see("packing", command("undo")))).toEqual(["withdrawn"]);
    store.wait(60_000);
    const [shipped] = store.see("dock-out", tote.tag);
    expect(dataOf(shipped)["epcList"]).toEqual([tote.uri]);
    expect(caseOf(store.documents, second.uri)?.step).toBe("inspected");
    expect(caseOf(store.documents, first.uri)).toBeUndefined();
  });
});

describe("a dock", () => {
  test("ships a tote with its content in one event, whichever tag is read", () => {
    const { store } = packed({ shipTo: "9521321000773" });
    store.wait(60_000);
    const events = [tote.tag, first.tag, second.tag].flatMap((tag) => store.see("dock-out", tag));
    expect(typesOf(events)).toEqual(["shipped"]);
    expect(dataOf(events[0])).toMatchObject({
      bizStep: "shipping",
      disposition: "in_transit",
      epcList: [tote.uri],
      sourceList: [{ type: "location", source: "urn:epc:id:sgln:9521321.00001.DOCK-OUT" }],
      destinationList: [{ type: "location", destination: "https://id.gs1.org/414/9521321000773" }],
    });
    // What is on its way is followed by whoever gets it.
    expect(ledgerOf(store.documents).held).toBe(1);
    expect(store.tick(80 * 3_600_000, 3_600_000).filter(({ subject }) => subject !== third.uri)).toEqual([]);
  });

  test("takes an item's tag for the tote that it is in", () => {
    const { store } = packed();
    store.wait(60_000);
    const events = [second.tag, tote.tag].flatMap((tag) => store.see("dock-out", tag));
    expect(typesOf(events)).toEqual(["shipped"]);
    expect(events[0]?.subject).toBe(tote.uri);
  });

  test("at the depot lets an announced tote arrive, and ordinary totes pass", () => {
    const store = depot();
    expect(typesOf(store.see("dock-in", tote.tag))).toEqual(["arrived"]);
    expect(store.see("dock-in", first.tag)).toEqual([]);
    expect(caseOf(store.documents, first.uri)).toMatchObject({ step: "arrived", post: "dock-in" });
    expect(returnsBench().see("dock-in", tote.tag)).toEqual([]);
  });
});

describe("unpacking at the depot", () => {
  test("continues each case under its own id", () => {
    const store = depot();
    store.see("dock-in", tote.tag);
    store.wait(60_000);
    store.see("unpacking", tote.code);
    const [unpacked] = store.see("unpacking", first.code);
    expect(dataOf(unpacked)).toMatchObject({
      type: "AggregationEvent",
      action: "DELETE",
      parentID: tote.uri,
      childEPCs: [first.uri],
      "storewire:case": "case-of-1",
    });
    store.see("unpacking", second.code);
    const [done] = store.see("unpacking", command("done"));
    expect(done?.type).toBe("storewire.return.unpacking-done");
    expect(dataOf(done)).toMatchObject({ disposition: "completeness_verified", parentID: tote.uri });
    store.wait(60_000);
    expect(typesOf(store.see("inspection", first.code))).toEqual(["inspected"]);
  });

  test("tells per item what is missing and what is too much", () => {
    const store = depot();
    store.see("dock-in", tote.tag);
    store.wait(60_000);
    store.see("unpacking", tote.code);
    store.see("unpacking", first.code);
    const surplus = store.see("unpacking", third.code);
    expect(typesOf(surplus)).toEqual(["unpacked", "return-surplus"]);
    expect(dataOf(surplus[1])).toMatchObject({ item: third.uri, container: tote.uri });
    const done = store.see("unpacking", command("done"));
    expect(typesOf(done)).toEqual(["unpacking-done", "return-missing"]);
    expect(dataOf(done[0])).toMatchObject({ disposition: "mismatch_instance", childEPCs: [second.uri] });
    expect(dataOf(done[1])).toMatchObject({ item: second.uri, case: "case-of-2", container: tote.uri });
  });

  test("ends by itself when it rests, and when the next tote comes", () => {
    const store = depot({ unseenMs: 0 });
    store.see("dock-in", tote.tag);
    store.wait(60_000);
    store.see("unpacking", tote.code);
    expect(typesOf(store.tick(1_802_000, 1_000))).toEqual([
      "unpacking-done",
      "return-missing",
      "return-missing",
    ]);
  });

  test("of a tote that nobody announced goes by what labels say", () => {
    const store = returnsBench();
    store.see("unpacking", tote.code);
    const events = store.see("unpacking", first.code);
    expect(typesOf(events)).toEqual(["unpacked"]);
    expect(dataOf(events[0])["parentID"]).toBe(tote.uri);
    expect(typesOf(store.see("unpacking", command("done")))).toEqual(["unpacking-done"]);
    // HQ's word comes later: the case becomes the one that the store began.
    store.step({ kind: "cases-continued", cases: [announced(first, { grade: "B", grams: 500 })] });
    expect(caseOf(store.documents, first.uri)).toMatchObject({
      id: "case-of-1",
      grade: "B",
      step: "unpacked",
    });
    expect(store.documents.has(`container/${tote.uri}`)).toBe(false);
  });
});

describe("what HQ tells again", () => {
  test("changes nothing, also when the item has been here and gone", () => {
    const store = depot({ deadlines: {} });
    store.see("dock-in", tote.tag);
    const before = JSON.stringify([...store.documents]);
    store.step({ kind: "cases-continued", cases: [announced(first), announced(second)] });
    expect(JSON.stringify([...store.documents])).toBe(before);
    store.wait(60_000);
    store.see("unpacking", tote.code);
    store.see("unpacking", first.code);
    store.wait(60_000);
    store.see("inspection", first.code);
    store.wait(60_000);
    store.see("disposal", first.code);
    expect(caseOf(store.documents, first.uri)).toBeUndefined();
    store.step({ kind: "cases-continued", cases: [announced(first)] });
    expect(caseOf(store.documents, first.uri)).toBeUndefined();
  });

  test("brings what the item was called before: its old tag may still be on it", () => {
    const store = returnsBench();
    store.step({ kind: "cases-continued", cases: [announced(first, { formerly: second.uri })] });
    store.see("unpacking", tote.code);
    const [ended, ...more] = store.see("unpacking", second.tag);
    expect(more).toEqual([]);
    expect(dataOf(ended)).toMatchObject({
      code: "return-identity-ended",
      item: second.uri,
      case: "case-of-1",
      successor: first.uri,
    });
    expect(typesOf(store.see("unpacking", first.tag))).toEqual(["unpacked"]);
  });

  test("brings the deadlines that still run, and who was warned is not warned again", () => {
    const store = returnsBench();
    const waits = { solved: { fromMs: morningMs - 70 * 3_600_000, warned: true } };
    store.step({ kind: "cases-continued", cases: [announced(first, { waits })] });
    expect(store.tick(2 * 3_600_000 - 60_000, 60_000)).toEqual([]);
    const [missed] = store.tick(61_000, 1_000);
    expect(dataOf(missed)).toMatchObject({
      code: "return-deadline-missed",
      deadline: "solved",
      case: "case-of-1",
    });
  });
});
