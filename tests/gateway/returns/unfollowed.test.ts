import { describe, expect, test } from "vitest";
import { ledgerOf } from "../../../gateway/returns/ledger.ts";
import { scanned } from "../store.ts";
import { command, dataOf, returnsBench, thing, thingGtin, tote, typesOf } from "./returns-bench.ts";

const ean = scanned("9521141123454", "]E0");
const classUri = `https://id.gs1.org/01/${thingGtin}`;
const item = thing(1);

describe("goods without a serial number and without a label of ours", () => {
  test.each([
    ["disposal", "destroyed", "DELETE", "destroying"],
    ["recycling", "recycled", "OBSERVE", "collecting"],
  ] as const)("are told of at %s as a quantity of their class", (place, name, action, bizStep) => {
    const store = returnsBench();
    const events = [store.see(place, ean), store.see(place, ean)].flat();
    expect(typesOf(events)).toEqual([name, name]);
    expect(dataOf(events[0])).toMatchObject({
      action,
      bizStep,
      quantityList: [{ epcClass: classUri, quantity: 1 }],
      "storewire:device": `device-${place}`,
    });
    expect(dataOf(events[0])).not.toHaveProperty("epcList");
    expect(ledgerOf(store.documents).opened).toBe(0);
  });

  test("are nowhere afterwards, unless they wait to be fetched", () => {
    const store = returnsBench();
    expect(dataOf(store.see("disposal", ean)[0])).not.toHaveProperty("bizLocation");
    expect(dataOf(store.see("recycling", ean)[0])).toHaveProperty("bizLocation");
  });

  test("come back with UNDO", () => {
    const store = returnsBench();
    const [destroyed] = store.see("disposal", ean);
    const [withdrawn] = store.see("disposal", command("undo"));
    expect(dataOf(withdrawn)).toMatchObject({
      eventID: dataOf(destroyed)["eventID"],
      quantityList: [{ epcClass: classUri, quantity: 1 }],
      errorDeclaration: { reason: "did_not_occur" },
    });
    expect(typesOf(store.see("disposal", command("undo")))).toEqual(["return-command-idle"]);
  });

  test("are no more than the one item whose second code was scanned with it", () => {
    const store = returnsBench();
    for (const place of ["returns-desk", "inspection"] as const) {
      store.see(place, item.code);
      store.wait(60_000);
    }
    expect(typesOf(store.see("disposal", item.code))).toEqual(["destroyed"]);
    expect(store.see("disposal", ean)).toEqual([]);
    // The next of its kind lies beside it.
    expect(dataOf(store.see("disposal", ean)[0])).toHaveProperty("quantityList");
  });

  test("pass where nothing ends", () => {
    for (const place of ["sales-floor", "checkout", "supplier", "repair"] as const)
      expect(returnsBench().see(place, ean)).toEqual([]);
  });
});

describe("an item with a serial number that nobody has handed in", () => {
  test("is destroyed on record when it is scanned, once, and known when it is handed in later", () => {
    const store = returnsBench();
    const [destroyed] = store.see("disposal", item.code);
    expect(destroyed).toMatchObject({ type: "storewire.return.destroyed", subject: item.uri });
    expect(dataOf(destroyed)).toMatchObject({ action: "DELETE", epcList: [item.uri] });
    expect(store.see("disposal", item.code)).toEqual([]);
    expect(typesOf(store.see("returns-desk", item.code))).toEqual(["return-again", "handed-in"]);
  });

  test("is an alert where it turns up although it was destroyed, and no step", () => {
    const store = returnsBench();
    store.see("disposal", item.code);
    for (const place of ["sales-floor", "checkout", "supplier", "packing"] as const) {
      const [alert, ...more] = store.see(place, item.tag);
      expect(more).toEqual([]);
      expect(dataOf(alert)).toMatchObject({ code: "return-identity-ended", item: item.uri, post: place });
      expect(dataOf(alert)).not.toHaveProperty("successor");
      store.wait(60_000);
    }
    for (const place of ["disposal", "door"] as const) expect(store.see(place, item.tag)).toEqual([]);
    expect(typesOf(store.see("inspection", item.tag))).toEqual(["return-out-of-order", "inspected"]);
  });

  test("is not by a tag that only lies in view, and no tote is", () => {
    const store = returnsBench();
    expect(store.see("disposal", item.tag)).toEqual([]);
    expect(store.see("disposal", tote.code)).toEqual([]);
  });

  test("is ordinary goods again after UNDO", () => {
    const store = returnsBench();
    store.see("disposal", item.code);
    expect(typesOf(store.see("disposal", command("undo")))).toEqual(["withdrawn"]);
    expect(typesOf(store.see("returns-desk", item.code))).toEqual(["handed-in"]);
  });
});
