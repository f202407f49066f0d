import { describe, expect, test } from "vitest";
import { ledgerOf } from "../../../gateway/returns/ledger.ts";
import { scanned } from "../store.ts";
import { dataOf, returnsBench, thing, thingGtin, typesOf, weighed } from "./returns-bench.ts";

const ean = scanned("9521141123454", "]E0");
const otherEan = scanned("4006381333931", "]E0");
const receipt = scanned("RECEIPT:2026-0042");
const receiptUri = "urn:epcglobal:cbv:bt:9521321000018:2026-0042";

describe("one hand-in", () => {
  test("is what barcode, tag, EAN, weight and receipt say together, in whatever order", () => {
    const item = thing(1);
    const orders = [
      [item.code, item.tag, ean, weighed("1.254"), receipt],
      [ean, item.tag, weighed("1.254"), receipt, item.code],
      [receipt, ean, item.code, item.tag, weighed("1.254")],
      [item.tag, receipt, weighed("1.254"), item.code, ean],
    ];
    for (const order of orders) {
      const store = returnsBench();
      const events = order.flatMap((observation) => {
        store.wait(300);
        return store.see("returns-desk", observation);
      });
      events.push(...store.tick(10_000, 1_000));
      const types = typesOf(events);
      expect(types.filter((type) => type === "handed-in")).toHaveLength(1);
      expect(types.filter((type) => type === "weighed")).toHaveLength(1);
      expect(new Set(events.map(({ subject }) => subject))).toEqual(new Set([item.uri]));
      expect(JSON.stringify(events)).toContain(receiptUri);
      expect(ledgerOf(store.documents).held).toBe(1);
    }
  });

  test("has the receipt as a business transaction, whether it comes before or after", () => {
    const before = returnsBench();
    before.see("returns-desk", receipt);
    const [handIn] = before.see("returns-desk", thing(1).code);
    expect(dataOf(handIn)["bizTransactionList"]).toEqual([
      { type: "inv", bizTransaction: receiptUri },
      { type: "rma", bizTransaction: `urn:uuid:${handIn?.reading}` },
    ]);
    const after = returnsBench();
    after.see("returns-desk", thing(1).code);
    after.wait(5_000);
    const [joined] = after.see("returns-desk", receipt);
    expect(joined).toMatchObject({ type: "storewire.return.receipt", subject: thing(1).uri });
    expect(dataOf(joined)["bizTransactionList"]).toEqual([{ type: "inv", bizTransaction: receiptUri }]);
    expect(dataOf(joined)["type"]).toBe("TransactionEvent");
  });

  test("takes a receipt that is a GDTI, and none that comes a minute late", () => {
    const store = returnsBench();
    const gdti = scanned("2539521321000018RMA1", "]C1");
    store.see("returns-desk", thing(1).code);
    expect(typesOf(store.see("returns-desk", gdti))).toEqual(["receipt"]);
    store.see("returns-desk", thing(2).code);
    store.wait(60_001);
    expect(store.see("returns-desk", receipt)).toEqual([]);
  });

  test("is another one for another item, and for another of the same kind", () => {
    const store = returnsBench();
    expect(typesOf(store.see("returns-desk", thing(1).code))).toEqual(["handed-in"]);
    expect(typesOf(store.see("returns-desk", thing(2).code))).toEqual(["handed-in"]);
    store.see("returns-desk", ean);
    // The first EAN was that of the second item; this one lies beside it.
    store.see("returns-desk", ean);
    expect(typesOf(store.tick(3_000))).toEqual(["handed-in"]);
  });
});

describe("an item without a serial number", () => {
  test("gets an asset number of the store's own when no tag has come", () => {
    const store = returnsBench({ printers: [{ desk: "returns-desk", device: "printer1" }] });
    expect(store.see("returns-desk", ean)).toEqual([]);
    expect(store.tick(2_000, 1_000)).toEqual([]);
    store.wait(1);
    const { events, commands } = store.step(
      { kind: "tick" },
      { monotonicMs: 2_002, wallMs: Date.UTC(2026, 0, 5, 8) },
    );
    const [handIn] = events;
    expect(dataOf(handIn)).toMatchObject({
      action: "ADD",
      bizStep: "commissioning",
      disposition: "returned",
      "storewire:gtin": `https://id.gs1.org/01/${thingGtin}`,
      eventTime: "2026-01-05T08:00:00.000Z",
    });
    const uri = handIn?.subject ?? "";
    expect(uri).toMatch(/^https:\/\/id\.gs1\.org\/8004\/9521321100001\d{11}$/);
    expect(commands).toMatchObject([{ device: "printer1", task: { kind: "print" } }]);
    const printed = JSON.stringify(commands);
    expect(printed).toContain(`"kind":"qr","content":"${uri}"`);
    const digits = uri.split("/").at(-1);
    expect(printed).toContain(`"kind":"code128","content":"8004${digits}","gs1":true`);
    // Its label is scanned at the next post, by either code or that of an earlier version; its tag by its EPC.
    store.wait(60_000);
    expect(typesOf(store.see("inspection", scanned(uri, "]Q1")))).toEqual(["inspected"]);
    store.wait(60_000);
    expect(typesOf(store.see("repair", scanned(`8004${digits}`, "]C1")))).toEqual(["repair-begun"]);
    store.wait(60_000);
    expect(typesOf(store.see("repair", scanned(`8004${digits}`)))).toEqual([]);
    store.wait(60_000);
    expect(typesOf(store.see("returns-cage", scanned(`(8004)${digits}`, "]C0"))).at(-1)).toBe("stored");
    const tag = String(dataOf(handIn)["storewire:tag"]).slice(2);
    store.wait(60_000);
    const sold = store.see("sales-floor", { kind: "tag", change: "arrived", epcHex: tag });
    expect(sold.map(({ subject }) => subject)).toEqual([uri]);
  });

  test("never gets a number twice, whatever the clock says", () => {
    const store = returnsBench();
    const uris = new Set<string>();
    for (let index = 0; index < 40; index += 1) {
      store.see("returns-desk", ean, { wallMs: index % 2 === 0 ? 0 : Date.UTC(2026, 0, 5) });
      for (const { subject } of store.tick(3_000)) uris.add(subject);
    }
    expect(uris.size).toBe(40);
  });

  test("has the weight that came while its tag was waited for, and the receipt", () => {
    const store = returnsBench();
    store.see("returns-desk", receipt);
    store.see("returns-desk", ean);
    expect(store.see("returns-desk", weighed("0.5"))).toEqual([]);
    const events = store.tick(3_000);
    expect(typesOf(events)).toEqual(["handed-in", "weighed"]);
    expect(dataOf(events[0])["bizTransactionList"]).toContainEqual({
      type: "inv",
      bizTransaction: receiptUri,
    });
    expect(new Set(events.map(({ subject }) => subject)).size).toBe(1);
  });

  test("does not wait for more than sixteen at a desk", () => {
    const store = returnsBench();
    for (let index = 0; index < 16; index += 1) expect(store.see("returns-desk", otherEan)).toEqual([]);
    expect(typesOf(store.see("returns-desk", otherEan))).toEqual(["handed-in"]);
    expect(store.tick(3_000)).toHaveLength(16);
  });
});

describe("a weight", () => {
  test("that differs from the whole product's tells of a missing part; one within tolerance does not", () => {
    const store = returnsBench({ products: [{ gtin: thingGtin, grams: 1_000 }] });
    store.see("returns-desk", thing(1).code);
    expect(typesOf(store.see("returns-desk", weighed("1.030")))).toEqual(["weighed"]);
    store.see("returns-desk", thing(2).code);
    const [, alert] = store.see("returns-desk", weighed("0.800"));
    expect(dataOf(alert)).toMatchObject({
      code: "return-weight-differs",
      item: thing(2).uri,
      post: "returns-desk",
      grams: 800,
      expectedGrams: 1_000,
    });
  });

  test("is held against the hand-in at every later post", () => {
    const store = returnsBench();
    const item = thing(1);
    store.see("returns-desk", item.code);
    expect(typesOf(store.see("returns-desk", weighed("1.254")))).toEqual(["weighed"]);
    store.wait(60_000);
    store.see("inspection", item.code);
    expect(typesOf(store.see("inspection", weighed("1.250")))).toEqual(["weighed"]);
    expect(typesOf(store.see("inspection", weighed("1.100")))).toEqual(["weighed", "return-weight-differs"]);
  });
});
