import { describe, expect, test } from "vitest";
import { ledgerOf } from "../../../gateway/returns/ledger.ts";
import { caseOf } from "../../../gateway/returns/return-case.ts";
import { ItemBook } from "../../../hq/items/item-book.ts";
import { itemEventOf } from "../../../hq/items/item-event.ts";
import type { EventDraft } from "../../../protocols/events.ts";
import { renamingOf } from "../../../protocols/returns/renaming.ts";
import { scanned } from "../store.ts";
import { badge, command, dataOf, type Place, returnsBench, thing, tote, typesOf } from "./returns-bench.ts";

const item = thing(1);
type Store = ReturnType<typeof returnsBench>;
const minute = 60_000;

function repaired(returns: Parameters<typeof returnsBench>[0] = {}) {
  const store = returnsBench(returns);
  const events = (["returns-desk", "inspection", "repair"] as const).flatMap((place) => {
    store.wait(minute);
    return store.see(place, item.code);
  });
  return { store, events };
}

/** The identity that the item has after its last event of these. */
const nameAfter = (events: readonly EventDraft[]): string =>
  events.flatMap((event) => renamingOf(dataOf(event))?.to ?? []).at(-1) ?? "";
const label = (uri: string) => scanned(uri, "]Q1");
function later(store: Store, place: Place, observation: Parameters<Store["see"]>[1]) {
  store.wait(minute);
  return store.see(place, observation);
}

describe("REFURBISHED", () => {
  test("makes another thing out of the item: a transformation, whose label is printed", () => {
    const { store } = repaired({ printers: [{ desk: "repair", device: "printer1" }] });
    store.see("repair", badge("ANNA"));
    const events = store.see("repair", command("refurbished"));
    expect(typesOf(events)).toEqual(["refurbished"]);
    const uri = nameAfter(events);
    expect(events[0]?.subject).toBe(uri);
    const data = dataOf(events[0]);
    expect(data).toMatchObject({
      type: "TransformationEvent",
      inputEPCList: [item.uri],
      outputEPCList: [uri],
      bizStep: "commissioning",
      disposition: "active",
      readPoint: { id: "urn:epc:id:sgln:9521321.00001.REPAIR" },
      "storewire:clerk": "ANNA",
      "storewire:gtin": "https://id.gs1.org/01/09521141123454",
    });
    expect(data).not.toHaveProperty("action");
    expect(String(data["storewire:tag"])).toMatch(/^0x34[0-9a-f]{22}$/);
    expect(store.commands.map(({ task }) => JSON.stringify(task)).join()).toContain(uri);
  });

  test("keeps the case: its number, its customer, its weight", () => {
    const { store, events } = repaired();
    const before = caseOf(store.documents, item.uri);
    const uri = nameAfter(store.see("repair", command("refurbished")));
    const after = caseOf(store.documents, uri);
    expect(after).toMatchObject({ id: events[0]?.reading, step: "refurbished", gtin: before?.gtin });
    expect(Object.keys(after?.waits ?? {})).toEqual(Object.keys(before?.waits ?? { none: 1 }));
    expect(caseOf(store.documents, item.uri)).toBeUndefined();
    expect(ledgerOf(store.documents)).toMatchObject({ opened: 1, held: 1 });
    expect(typesOf(later(store, "sales-floor", label(uri)))).toEqual(["restocked"]);
    // The customer still waits under the new name.
    expect(store.tick(10 * minute).map(({ subject }) => subject)).toContain(uri);
  });

  test("takes what is scanned next at the post as its own", () => {
    const { store } = repaired();
    const uri = nameAfter(store.see("repair", command("refurbished")));
    expect(store.see("repair", command("grade-a"))[0]).toMatchObject({ subject: uri });
  });

  test("ends the old identity: wherever it is seen again is an alert, and no step", () => {
    const { store, events } = repaired();
    const uri = nameAfter(store.see("repair", command("refurbished")));
    for (const place of [
      "repair",
      "returns-cage",
      "sales-floor",
      "returns-desk",
      "disposal",
      "door",
    ] as const) {
      const [alert, ...more] = later(store, place, item.tag);
      expect(more).toEqual([]);
      expect(dataOf(alert)).toMatchObject({
        code: "return-identity-ended",
        item: item.uri,
        case: events[0]?.reading,
        post: place,
        successor: uri,
      });
      // A tag that stays there says so once.
      expect(later(store, place, item.tag)).toEqual([]);
    }
    expect(typesOf(later(store, "disposal", item.code))).toEqual(["return-identity-ended"]);
    expect(caseOf(store.documents, uri)?.step).toBe("refurbished");
  });

  test("leads a command to the item's new name, at a post that knows the old one", () => {
    const store = returnsBench();
    for (const place of ["returns-desk", "inspection", "repair"] as const) {
      store.wait(10_000);
      store.see(place, item.code);
    }
    const uri = nameAfter(store.see("repair", command("refurbished")));
    expect(store.see("inspection", command("grade-b"))[0]).toMatchObject({ subject: uri });
    store.see("inspection", command("hand-over"));
    store.see("inspection", badge("ANNA"));
    expect(store.see("inspection", badge("BERT"))[0]).toMatchObject({ subject: uri });
  });

  test("is an alert where nothing was repaired or inspected, and needs an item", () => {
    const store = returnsBench();
    expect(typesOf(store.see("returns-desk", command("refurbished")))).toEqual(["return-command-idle"]);
    store.see("returns-desk", item.code);
    expect(typesOf(store.see("returns-desk", command("refurbished")))).toEqual([
      "return-out-of-order",
      "refurbished",
    ]);
  });

  test("may be done again: the third name knows the first", () => {
    const { store } = repaired();
    const second = nameAfter(store.see("repair", command("refurbished")));
    const third = nameAfter(later(store, "repair", command("relabel")));
    expect(third).not.toBe(second);
    const [alert] = later(store, "returns-cage", item.tag);
    expect(dataOf(alert)["successor"]).toBe(third);
  });
});

describe("UNDO after REFURBISHED", () => {
  test("takes the transformation back: the item is what it was, and the new label is void", () => {
    const { store, events } = repaired();
    const before = caseOf(store.documents, item.uri);
    const [refurbished] = store.see("repair", command("refurbished"));
    const uri = refurbished?.subject ?? "";
    const [withdrawn, ...more] = store.see("repair", command("undo"));
    expect(more).toEqual([]);
    expect(withdrawn).toMatchObject({ type: "storewire.return.withdrawn", subject: uri });
    expect(dataOf(withdrawn)).toMatchObject({
      ...dataOf(refurbished),
      errorDeclaration: { reason: "did_not_occur" },
    });
    expect(caseOf(store.documents, item.uri)).toEqual(before);
    expect(ledgerOf(store.documents).held).toBe(1);
    expect(dataOf(later(store, "inspection", label(uri))[0])).toMatchObject({
      code: "return-identity-ended",
      successor: item.uri,
      case: events[0]?.reading,
    });
    expect(typesOf(later(store, "inspection", item.code))).toEqual([]);
    expect(typesOf(later(store, "returns-cage", item.code)).at(-1)).toBe("stored");
  });

  test("is refused once the new identity has gone on, or gone away", () => {
    const { store } = repaired();
    const uri = nameAfter(store.see("repair", command("refurbished")));
    later(store, "sales-floor", label(uri));
    const [idle] = store.see("repair", command("undo"));
    expect(dataOf(idle)).toMatchObject({ code: "return-command-idle", command: "undo" });
    for (const care of ["solved", "called-back"] as const) store.see("sales-floor", command(care));
    later(store, "checkout", label(uri));
    expect(caseOf(store.documents, uri)).toBeUndefined();
    expect(typesOf(store.see("repair", command("undo")))).toEqual(["return-command-idle"]);
  });
});

describe("RELABEL", () => {
  test("retires the label with the identity on it, and commissions another one for the same item", () => {
    const { store } = repaired();
    store.see("repair", command("repaired"));
    const events = store.see("repair", command("relabel"));
    expect(typesOf(events)).toEqual(["retired", "relabelled"]);
    const [retired, relabelled] = events.map(dataOf);
    const uri = nameAfter(events);
    expect(retired).toMatchObject({
      action: "DELETE",
      bizStep: "decommissioning",
      disposition: "inactive",
      epcList: [item.uri],
      "storewire:successor": uri,
    });
    expect(relabelled).toMatchObject({
      action: "ADD",
      bizStep: "commissioning",
      // What it was before: a new label changes nothing of the item.
      disposition: "available",
      epcList: [uri],
      "storewire:formerly": item.uri,
    });
    expect(caseOf(store.documents, uri)?.step).toBe("repaired");
    expect(typesOf(later(store, "returns-cage", label(uri)))).toEqual(["stored"]);
    expect(typesOf(later(store, "inspection", item.code))).toEqual(["return-identity-ended"]);
  });

  test("is taken back with both of its events", () => {
    const { store } = repaired();
    const told = store.see("repair", command("relabel")).map((event) => dataOf(event)["eventID"]);
    const undone = store.see("repair", command("undo"));
    expect(typesOf(undone)).toEqual(["withdrawn", "withdrawn"]);
    expect(undone.map((event) => dataOf(event)["eventID"])).toEqual(told.toReversed());
    expect(undone[1]?.subject).toBe(item.uri);
    expect(caseOf(store.documents, item.uri)?.step).toBe("repair-begun");
  });

  test("leaves the item in its tote, also when it is taken back", () => {
    const { store } = repaired();
    store.see("repair", command("store"));
    store.see("packing", tote.code);
    later(store, "packing", item.code);
    const uri = nameAfter(store.see("packing", command("relabel")));
    const content = () => (store.documents.get(`container/${tote.uri}`) as { content: string[] }).content;
    expect(content()).toEqual([uri]);
    store.see("packing", command("undo"));
    expect(content()).toEqual([item.uri]);
    expect(caseOf(store.documents, item.uri)?.container).toBe(tote.uri);
  });
});

describe("HQ's view of the item", () => {
  const book = new ItemBook();
  const told = (events: readonly EventDraft[]): void => {
    for (const { type, timeMs, data } of events) {
      const body = JSON.stringify({ type, time: new Date(timeMs).toISOString(), clock: "synced", data });
      const event = itemEventOf({ site: "store", gateway: "gw1", body });
      if (event !== undefined) book.see(event);
    }
  };

  test("goes on under the new name, with the same case, and comes back with what is undone", () => {
    const { store, events } = repaired();
    told(events);
    const waits = book.view(item.uri)?.waits;
    const refurbished = store.see("repair", command("refurbished"));
    const uri = nameAfter(refurbished);
    told(refurbished);
    expect(book.view(item.uri)).toBeUndefined();
    expect(book.view(uri)).toMatchObject({
      item: uri,
      formerly: item.uri,
      case: events[0]?.reading,
      step: "refurbished",
      waits,
    });
    told(store.see("repair", command("undo")));
    expect(book.view(uri)).toBeUndefined();
    expect(book.view(item.uri)).toMatchObject({ item: item.uri, step: "repair-begun" });
    expect(book.view(item.uri)).not.toHaveProperty("formerly");
    const relabelled = store.see("repair", command("refurbished"));
    expect(typesOf(relabelled)).toEqual(["return-command-idle"]);
    later(store, "repair", item.code);
    const again = store.see("repair", command("relabel"));
    told(again);
    expect(book.view(nameAfter(again))).toMatchObject({ formerly: item.uri, step: "repair-begun" });
    told(store.see("repair", command("undo")));
    expect(book.view(item.uri)?.step).toBe("repair-begun");
    expect(book.size).toBe(1);
  });
});
