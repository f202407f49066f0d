import { describe, expect, test } from "vitest";
import { continuedCase } from "../../../hq/items/case-forwarder.ts";
import { ItemBook } from "../../../hq/items/item-book.ts";
import { type ItemEvent, itemEventOf } from "../../../hq/items/item-event.ts";
import { type ItemView, viewOf } from "../../../hq/items/item-view.ts";
import { defaultTransitRules } from "../../../hq/items/transit-rules.ts";

const item = "https://id.gs1.org/01/09521141123454/21/1";
const tote = "https://id.gs1.org/8003/0952132112345877";
const depot = "https://id.gs1.org/414/9521321000773";

let timeMs = 0;
function event(type: string, data: ItemEvent["data"] = {}, more: Partial<ItemEvent> = {}): ItemEvent {
  timeMs += 1_000;
  const whole = { epcList: [item], eventID: `ni:${timeMs}`, "storewire:case": "c1", ...data };
  const time = new Date(timeMs).toISOString();
  const body = JSON.stringify({ type: `storewire.${type}`, time, clock: "synced", data: whole });
  const read = itemEventOf({ site: "store", gateway: "gw1", body });
  if (read === undefined) throw new Error(`${type} is about no item`);
  return { ...read, ...more };
}
const seen = (...events: readonly ItemEvent[]): ItemView | undefined => viewOf(item, events);

describe("an item's view", () => {
  test("says where it is, since when, in which step and in whose hands", () => {
    const handedIn = event("return.handed-in", { "storewire:post": "desk", "storewire:clerk": "ANNA" });
    const graded = event("return.graded", { "storewire:post": "bench", "storewire:grade": "B" });
    expect(seen(handedIn, graded)).toMatchObject({
      case: "c1",
      step: "graded",
      grade: "B",
      post: "bench",
      sinceMs: graded.timeMs,
      openedMs: handedIn.timeMs,
      site: "store",
    });
    expect(seen(handedIn)?.clerk).toBe("ANNA");
    expect(seen(handedIn, graded)?.clerk).toBeUndefined();
  });

  test("is not moved by a signature, and taken back with what was withdrawn", () => {
    const handedIn = event("return.handed-in");
    const restocked = event("return.restocked");
    const signed = event("return.handed-over", { "storewire:clerk": "BERT" });
    expect(seen(handedIn, signed)).toMatchObject({
      step: "handed-in",
      sinceMs: handedIn.timeMs,
      clerk: "BERT",
    });
    const withdrawn = event("return.withdrawn", { eventID: restocked.data["eventID"] });
    expect(seen(handedIn, restocked, withdrawn)).toMatchObject({
      step: "handed-in",
      sinceMs: handedIn.timeMs,
    });
    const other = event("return.withdrawn", { eventID: "ni:other" });
    expect(seen(handedIn, restocked, other)?.step).toBe("restocked");
  });

  test("begins anew with another case", () => {
    const again = event("return.handed-in", { "storewire:case": "c2" });
    expect(seen(event("return.handed-in"), event("return.sold"), again)).toMatchObject({
      case: "c2",
      openedMs: again.timeMs,
      earlier: [{ step: "handed-in" }],
    });
  });

  test("knows what the customer still waits for, and who was warned", () => {
    const handedIn = event("return.handed-in");
    const near = event("alert.return", { item, code: "return-deadline-near", deadline: "solved" });
    const missed = event("alert.return", { item, code: "return-deadline-missed", deadline: "informed" });
    const answered = event("return.cared", { "storewire:care": "answered" });
    const view = seen(handedIn, near, missed, answered, event("return.inspected"));
    expect(view?.waits).toEqual({
      plan: { fromMs: handedIn.timeMs, warned: false },
      progress: { fromMs: handedIn.timeMs, warned: false },
      solved: { fromMs: handedIn.timeMs, warned: true },
    });
    expect(view?.alerts.map(({ code }) => code)).toEqual(["return-deadline-missed", "return-deadline-near"]);
  });

  test("shows no more than twenty alerts, and takes no more than four steps back", () => {
    const alerts = Array.from({ length: 30 }, () => event("alert.return", { item, code: "return-left" }));
    const steps = Array.from({ length: 30 }, () => event("return.stored"));
    const view = seen(event("return.handed-in"), ...alerts, ...steps);
    expect(view?.alerts).toHaveLength(20);
    expect(view?.earlier).toHaveLength(4);
  });
});

describe("the book of items", () => {
  const weighing = { sensorElementList: [{ sensorReport: [{ type: "Mass", value: 1.254, uom: "KGM" }] }] };
  const packed = () => event("return.packed", { epcList: undefined, parentID: tote, childEPCs: [item] });
  const ofTote = { epcList: [tote], "storewire:case": undefined };
  const shipped = () =>
    event("return.shipped", { ...ofTote, destinationList: [{ type: "location", destination: depot }] });

  test("carries a tote's content along, and says what went where", () => {
    const book = new ItemBook();
    for (const each of [event("return.handed-in"), event("return.weighed", weighing), packed()])
      book.see(each);
    const sent = shipped();
    const [view, ...others] = book.see(sent);
    expect(others).toEqual([]);
    expect(view).toMatchObject({ item, step: "shipped", container: tote, destination: depot });
    expect(view?.left).toEqual({ atMs: sent.timeMs, to: depot });
    expect(view && continuedCase(view, defaultTransitRules)).toMatchObject({
      item,
      case: "c1",
      step: "shipped",
      container: tote,
      grams: 1_254,
    });
    book.see(event("return.arrived", ofTote, { site: "depot" }));
    expect(book.view(item)).toMatchObject({ site: "depot", step: "arrived", case: "c1" });
  });

  test("follows an item whose label was replaced in its tote, under both of its names", () => {
    const book = new ItemBook();
    const asset = "https://id.gs1.org/8004/952132110000100000000001";
    const relabelled = event("return.relabelled", { epcList: [asset], "storewire:formerly": item });
    for (const each of [event("return.handed-in"), packed(), relabelled]) book.see(each);
    const [view, ...others] = book.see(shipped());
    expect(others).toEqual([]);
    expect(view && continuedCase(view, defaultTransitRules)).toMatchObject({
      item: asset,
      formerly: item,
      case: "c1",
      container: tote,
    });
    expect(book.view(item)).toBeUndefined();
  });

  test("lets go of what came out of a tote, and forgets what has ended", () => {
    const book = new ItemBook();
    const unpacked = event("return.unpacked", { epcList: undefined, parentID: tote, childEPCs: [item] });
    for (const each of [event("return.handed-in"), packed(), unpacked, shipped()]) book.see(each);
    expect(book.view(item)?.step).toBe("unpacked");
    for (const care of ["solved", "called-back"]) book.see(event("return.cared", { "storewire:care": care }));
    book.see(event("return.inspected"));
    book.see(event("return.destroyed"));
    expect(book.size).toBe(0);
  });

  test("knows that what was not unpacked is not in the tote any more", () => {
    const book = new ItemBook();
    for (const each of [event("return.handed-in"), packed(), shipped()]) book.see(each);
    book.see(event("return.arrived", ofTote));
    book.see(event("return.unpacking-done", { epcList: undefined, parentID: tote }));
    expect(book.view(item)).toMatchObject({ step: "arrived" });
    expect(book.view(item)).not.toHaveProperty("container");
    book.see(shipped());
    expect(book.view(item)?.step).toBe("arrived");
  });
});

describe("an item that is sent on its way", () => {
  const shipped = () =>
    event("return.shipped", { destinationList: [{ type: "location", destination: depot }] });

  test("is owed to its customer in the same case where a site that knows of none opens one", () => {
    const view = seen(
      event("return.handed-in"),
      shipped(),
      event("return.unpacked", { "storewire:case": "c2" }),
    );
    expect(view).toMatchObject({ case: "c1", step: "unpacked", left: { to: depot } });
    expect(Object.keys(view?.waits ?? {})).toContain("solved");
  });

  test("is its site's again where the sending is withdrawn", () => {
    const sent = shipped();
    const view = seen(event("return.handed-in"), sent, event("return.withdrawn", sent.data));
    expect(view).not.toHaveProperty("left");
    expect(view?.step).toBe("handed-in");
  });

  test("that has not arrived is told of until it is seen again", () => {
    const told = event("alert.return", { item, code: "return-not-arrived" });
    expect(seen(event("return.handed-in"), shipped(), told)?.notArrivedTold).toBe(true);
    const found = seen(event("return.handed-in"), shipped(), told, event("return.arrived"));
    expect(found).not.toHaveProperty("notArrivedTold");
  });
});

describe("what says nothing of items", () => {
  test("is passed over", () => {
    const body = JSON.stringify({ type: "storewire.queue.length", data: {} });
    expect(itemEventOf({ site: "s", gateway: "g", body })).toBeUndefined();
    expect(itemEventOf({ site: "s", gateway: "g", body: '{"type":"storewire.return.x"}' })).toBeUndefined();
  });
});
