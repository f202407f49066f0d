import { describe, expect, test } from "vitest";
import { ledgerOf } from "../../../gateway/returns/ledger.ts";
import { caseOf } from "../../../gateway/returns/return-case.ts";
import { eventHash } from "../../../protocols/epcis/event-hash.ts";
import { storewireNamespace } from "../../../protocols/epcis/extensions.ts";
import { stepNames, stepRules } from "../../../protocols/returns/steps.ts";
import { scanned } from "../store.ts";
import { badge, command, dataOf, type Place, returnsBench, thing, typesOf } from "./returns-bench.ts";

const item = thing(1);

/** Sees the item at each place, a minute apart. */
function along(places: readonly Place[], returns: Parameters<typeof returnsBench>[0] = {}) {
  const store = returnsBench(returns);
  const events = places.flatMap((place) => {
    store.wait(60_000);
    return store.see(place, item.code);
  });
  return { store, events };
}

describe("steps by read-point role", () => {
  test.each([
    [["returns-desk", "inspection", "returns-cage"], "stored", "storing", "non_sellable_other"],
    [["returns-desk", "inspection", "repair"], "repair-begun", "repairing", "unavailable"],
    [["returns-desk", "inspection", "sales-floor"], "restocked", "stocking", "sellable_accessible"],
    [["returns-desk", "inspection", "sales-floor", "checkout"], "sold", "retail_selling", "retail_sold"],
    [["returns-desk", "inspection", "supplier"], "sent-to-supplier", "shipping", "returned"],
    [["returns-desk", "inspection", "recycling"], "recycled", "collecting", "disposed"],
    [["returns-desk", "inspection", "disposal"], "destroyed", "destroying", "destroyed"],
  ] as const)("%j ends as %s", (places, type, bizStep, disposition) => {
    const { events } = along(places);
    expect(typesOf(events).filter((each) => each.startsWith("return-"))).toEqual([]);
    const last = events.at(-1);
    expect(last?.type).toBe(`storewire.return.${type}`);
    expect(dataOf(last)).toMatchObject({ bizStep, disposition, epcList: [item.uri] });
    expect(dataOf(last)["action"]).toBe(type === "destroyed" ? "DELETE" : "OBSERVE");
  });

  test("name who moved what from where to where, and to whom it goes", () => {
    const { events } = along(["returns-desk", "inspection", "supplier"], { supplier: "9521141000006" });
    expect(dataOf(events[0])["destinationList"]).toEqual([
      { type: "possessing_party", destination: "https://id.gs1.org/417/9521321000018" },
    ]);
    expect(dataOf(events[1])).toMatchObject({
      sourceList: [{ type: "location", source: "urn:epc:id:sgln:9521321.00001.RETURNS-DESK" }],
      destinationList: [{ type: "location", destination: "urn:epc:id:sgln:9521321.00001.INSPECTION" }],
      "storewire:post": "inspection",
    });
    expect(dataOf(events[2])["destinationList"]).toContainEqual({
      type: "owning_party",
      destination: "https://id.gs1.org/417/9521141000006",
    });
  });

  test("carry the case's own id, and the identity that CBV 2.0 makes of what they say", () => {
    const { events } = along(["returns-desk", "inspection", "returns-cage"]);
    for (const event of events) {
      const data = dataOf(event);
      expect(data["storewire:case"]).toBe(events[0]?.reading);
      const namespaces = { storewire: storewireNamespace };
      expect(data["eventID"]).toBe(eventHash(data, { profile: "CBV2.0", namespaces }));
    }
  });

  test("do not follow ordinary goods: only some posts open a case", () => {
    for (const place of [
      "sales-floor",
      "checkout",
      "supplier",
      "dock-in",
      "dock-out",
      "door",
      "packing",
    ] as const) {
      expect(returnsBench().see(place, item.tag)).toEqual([]);
    }
  });

  test("are one while the item stays at a post, and end the case where nothing is expected any more", () => {
    const { store } = along(["returns-desk", "inspection", "returns-cage"]);
    store.wait(3_600_000);
    expect(store.see("returns-cage", item.tag)).toEqual([]);
    store.see("returns-cage", command("solved"));
    expect(caseOf(store.documents, item.uri)?.step).toBe("stored");
  });

  test("leave only the customer's deadlines, and with the last of them the case leaves memory", () => {
    const { store } = along(["returns-desk", "inspection", "disposal"]);
    expect(caseOf(store.documents, item.uri)?.ended).toBe(true);
    for (const name of ["solved", "called-back"] as const) store.see("disposal", command(name));
    expect(caseOf(store.documents, item.uri)).toBeUndefined();
    expect(ledgerOf(store.documents)).toMatchObject({ opened: 1, held: 0, closed: 1 });
    expect(store.archive.size).toBe(5);
  });
});

describe("the order of steps", () => {
  test("is a table in which every step can be reached, and only the end goes nowhere", () => {
    const reached = new Set<string>(["none"]);
    for (let round = 0; round < stepNames.length; round += 1)
      for (const name of stepNames)
        if (stepRules[name].after.some((each) => reached.has(each))) reached.add(name);
    expect([...stepNames].filter((name) => !reached.has(name))).toEqual([]);
  });

  test("that is broken is an alert, and the step is told all the same", () => {
    const { events } = along(["returns-desk", "sales-floor"]);
    expect(typesOf(events)).toEqual(["handed-in", "return-out-of-order", "restocked"]);
    expect(dataOf(events[1])).toMatchObject({
      code: "return-out-of-order",
      case: events[0]?.reading,
      item: item.uri,
      step: "restocked",
      last: "handed-in",
    });
    expect(typesOf(along(["inspection"]).events)).toEqual(["return-out-of-order", "inspected"]);
  });

  test("can be another one by configuration", () => {
    const follows = { restocked: ["handed-in" as const] };
    expect(typesOf(along(["returns-desk", "sales-floor"], { follows }).events)).toEqual([
      "handed-in",
      "restocked",
    ]);
    expect(typesOf(along(["returns-desk", "inspection", "sales-floor"], { follows }).events)).toContain(
      "return-out-of-order",
    );
  });
});

describe("commands", () => {
  test("act on the item that was seen last at the post", () => {
    const { store } = along(["returns-desk", "inspection"]);
    const [graded] = store.see("inspection", command("grade-b"));
    expect(graded?.type).toBe("storewire.return.graded");
    expect(dataOf(graded)).toMatchObject({
      bizStep: "inspecting",
      disposition: "conformant",
      persistentDisposition: { set: ["conformant"], unset: ["non_conformant"] },
      "storewire:grade": "B",
    });
    expect(dataOf(store.see("inspection", command("damaged"))[0])).toMatchObject({ disposition: "damaged" });
    expect(typesOf(store.see("inspection", command("repair")))).toEqual(["repair-begun"]);
    expect(dataOf(store.see("inspection", command("repaired"))[0])).toMatchObject({
      disposition: "available",
      persistentDisposition: { unset: ["non_conformant"], set: ["conformant"] },
    });
  });

  test("without an item, or too late for it, are told", () => {
    const store = returnsBench();
    expect(typesOf(store.see("inspection", command("grade-a")))).toEqual(["return-command-idle"]);
    store.see("returns-desk", item.code);
    store.wait(60_001);
    expect(typesOf(store.see("returns-desk", command("informed")))).toEqual(["return-command-idle"]);
  });

  test("unknown ones are unreadable codes, and no items", () => {
    const store = returnsBench();
    expect(store.see("returns-desk", scanned("STOREWIRE:FLY"))[0]?.type).toBe("storewire.alert.gateway");
  });
});

describe("undo", () => {
  test("declares the last step of the post wrong, and the case is as it was", () => {
    const { store, events } = along(["returns-desk", "inspection", "sales-floor"]);
    const [withdrawn] = store.see("sales-floor", command("undo"));
    expect(withdrawn?.type).toBe("storewire.return.withdrawn");
    const { errorDeclaration, ...said } = dataOf(withdrawn);
    expect(said).toEqual(dataOf(events.at(-1)));
    expect(errorDeclaration).toMatchObject({ reason: "did_not_occur" });
    expect(caseOf(store.documents, item.uri)?.step).toBe("inspected");
    expect(typesOf(store.see("sales-floor", command("undo")))).toEqual(["return-command-idle"]);
  });

  test("of a hand-in leaves no case, and no memory of one", () => {
    const { store } = along(["returns-desk"]);
    store.see("returns-desk", command("undo"));
    expect(ledgerOf(store.documents)).toMatchObject({ held: 0, closed: 0 });
    store.wait(60_000);
    expect(typesOf(store.see("returns-desk", item.code))).toEqual(["handed-in"]);
  });

  test("of an end opens the case again", () => {
    const { store } = along(["returns-desk", "inspection", "disposal"], {
      deadlines: { solved: 0, "first-answer": 0, informed: 0, plan: 0, progress: 0 },
    });
    expect(ledgerOf(store.documents).held).toBe(0);
    store.see("disposal", command("undo"));
    expect(ledgerOf(store.documents).held).toBe(1);
    expect(caseOf(store.documents, item.uri)).toMatchObject({ step: "inspected" });
    store.wait(60_000);
    expect(typesOf(store.see("returns-cage", item.code))).toEqual(["stored"]);
  });

  test("leaves what was done for the customer and told since, and runs again what the step had met", () => {
    const store = returnsBench({ unseenMs: 0 });
    store.see("returns-desk", item.code);
    store.wait(60_000);
    store.see("inspection", item.code);
    store.see("inspection", command("answered"));
    const told = store.tick(7 * 3_600_000, 360_000).map((event) => dataOf(event)["deadline"]);
    expect(told).toEqual(["plan"]);
    store.see("inspection", command("undo"));
    const waits = caseOf(store.documents, item.uri)?.waits;
    expect(Object.keys(waits ?? {}).toSorted()).toEqual(["inspection", "plan", "progress", "solved"]);
    expect(waits?.plan?.warned).toBe(true);
    const after = store.tick(1_000).map((event) => dataOf(event));
    expect(after).toMatchObject([{ code: "return-deadline-missed", deadline: "inspection" }]);
  });

  test("of an end that closed the case does not ask again for what the customer was told", () => {
    const { store } = along(["returns-desk", "inspection", "disposal"]);
    for (const care of ["solved", "called-back"] as const) store.see("disposal", command(care));
    expect(caseOf(store.documents, item.uri)).toBeUndefined();
    store.see("disposal", command("undo"));
    expect(caseOf(store.documents, item.uri)).toMatchObject({ step: "inspected", waits: {} });
  });

  test("does not reach behind what followed at another post", () => {
    const { store } = along(["returns-desk", "inspection"]);
    expect(typesOf(store.see("returns-desk", command("undo")))).toEqual(["return-command-idle"]);
  });
});

describe("lost and found", () => {
  test("an item that is seen again was found, and goes on from there", () => {
    const { store } = along(["returns-desk", "inspection"]);
    const [lost] = store.see("inspection", command("lost"));
    expect(dataOf(lost)).toMatchObject({ bizStep: "stock_taking", disposition: "unknown" });
    store.wait(60_000);
    expect(typesOf(store.see("returns-cage", item.tag))).toEqual(["found", "stored"]);
  });
});

describe("custody", () => {
  test("is whose badge was scanned last at the post, for a shift", () => {
    const store = returnsBench();
    expect(store.see("returns-desk", badge("ANNA"))).toEqual([]);
    const [handIn] = store.see("returns-desk", item.code);
    expect(dataOf(handIn)["storewire:clerk"]).toBe("ANNA");
    store.wait(60_000);
    // At the bench nobody has scanned a badge.
    store.see("inspection", item.code);
    expect(caseOf(store.documents, item.uri)?.clerk).toBeUndefined();
    store.wait(43_200_000);
    const [late] = store.see("returns-desk", thing(2).code);
    expect(dataOf(late)["storewire:clerk"]).toBeUndefined();
  });

  test("goes over when both badges sign", () => {
    const store = returnsBench();
    store.see("returns-desk", badge("ANNA"));
    store.see("returns-desk", item.code);
    expect(store.see("returns-desk", command("hand-over"))).toEqual([]);
    expect(store.see("returns-desk", badge("ANNA"))).toEqual([]);
    // The same badge twice is no second signature.
    expect(store.see("returns-desk", badge("ANNA"))).toEqual([]);
    const [signed] = store.see("returns-desk", badge("BERT"));
    expect(signed?.type).toBe("storewire.return.handed-over");
    expect(dataOf(signed)).toMatchObject({
      bizStep: "accepting",
      "storewire:givenBy": "ANNA",
      "storewire:takenBy": "BERT",
      "storewire:clerk": "BERT",
    });
    expect(caseOf(store.documents, item.uri)).toMatchObject({ clerk: "BERT", step: "handed-in" });
  });

  test("does not go over with one badge, and somebody is told", () => {
    const store = returnsBench({ deadlines: { inspection: 0, informed: 0 } });
    store.see("returns-desk", item.code);
    store.see("returns-desk", command("hand-over"));
    store.see("returns-desk", badge("ANNA"));
    const events = store.tick(62_000, 1_000);
    expect(typesOf(events)).toEqual(["return-unsigned"]);
    expect(dataOf(events[0])).toMatchObject({ item: item.uri, cause: expect.stringContaining("only ANNA") });
    expect(store.see("returns-desk", badge("BERT"))).toEqual([]);
  });
});
