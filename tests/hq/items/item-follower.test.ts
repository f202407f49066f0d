import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventRow } from "../../../hq/event-store.ts";
import { ItemFollower } from "../../../hq/items/item-follower.ts";
import { readStoredItem } from "../../../hq/items/stored-item.ts";
import { defaultTransitRules } from "../../../hq/items/transit-rules.ts";
import { TransitWatch } from "../../../hq/items/transit-watch.ts";
import { openDatabase } from "../../../outbox/database.ts";
import { type Random, seededRandom } from "../../../protocols/random.ts";
import { DeskBench, hourMs, itemOf, minuteMs, tote } from "./desk-bench.ts";

let bench: DeskBench;
beforeEach(async () => {
  bench = new DeskBench(new Map());
  await bench.start();
});
afterEach(() => bench.remove());

const queued = (count: number): EventRow[] =>
  Array.from({ length: count }, () => bench.row("queue.length", { waiting: 1 }));

describe("open items", () => {
  test("are followed out of a file of an earlier version, page after page", async () => {
    const items = Array.from({ length: 1_050 }, (_, serial) => itemOf(serial));
    await bench.hear(...queued(5_200), ...items.map((item) => bench.handedIn(item)), ...queued(100));
    await bench.end();
    const database = await openDatabase(bench.path);
    await database.exec(
      "DROP TABLE item; DROP TABLE item_event; DELETE FROM meta WHERE name LIKE 'items-%'; PRAGMA user_version = 1",
    );
    const before = await readStoredItem(bench.path, itemOf(7));
    expect(before.view).toMatchObject({ step: "handed-in" });
    await database.close();
    await bench.start();
    expect(await bench.table.count()).toBe(0);
    await bench.desk.look();
    expect(await bench.table.count()).toBe(1_050);
    expect(bench.desk.through).toBe(6_350);
    expect(await readStoredItem(bench.path, itemOf(7))).toEqual(before);
    expect(bench.notices).toEqual([]);
  });

  test("are read before the receiver has followed what it stored", async () => {
    const item = itemOf(1);
    await bench.hear(bench.handedIn(item));
    await bench.desk.close();
    await bench.hear(bench.row("stored", { epcList: [item], "storewire:case": `case of ${item}` }));
    expect((await readStoredItem(bench.path, item)).view).toMatchObject({ step: "stored" });
  });

  test("are gone when nothing is expected of them, and do not come back with a word that comes late", async () => {
    const item = itemOf(1);
    const words = { epcList: [item], "storewire:case": `case of ${item}` };
    const startMs = bench.clock.wallMs();
    await bench.hear(bench.handedIn(item));
    const stored = bench.row("stored", words, { atMs: startMs + minuteMs });
    const cares = ["solved", "called-back"].map((care) =>
      bench.row("cared", { ...words, "storewire:care": care }, { atMs: startMs + 2 * minuteMs }),
    );
    await bench.hear(bench.row("inspected", words, { atMs: startMs + minuteMs }), ...cares);
    await bench.hear(bench.row("destroyed", words, { atMs: startMs + hourMs }));
    expect(await bench.table.count()).toBe(0);
    await bench.hear(stored);
    expect(await bench.table.count()).toBe(0);
    expect((await readStoredItem(bench.path, item)).view).toMatchObject({ step: "destroyed" });
  });

  test("stand as their events say, in whatever order and pages those come", async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = seededRandom(seed);
      const serials = [0, 1, 2].map((each) => seed * 10 + each);
      const told = shuffled(
        random,
        serials.flatMap((serial) => life(serial, random)),
      );
      while (told.length > 0) await bench.hear(...told.splice(0, 1 + Math.floor(random.fraction() * 6)));
      for (const serial of serials) {
        const { view } = await readStoredItem(bench.path, itemOf(serial));
        expect(await bench.view(view?.item ?? ""), `seed ${seed}, item ${serial}`).toEqual(view);
      }
      expect(await bench.table.count()).toBe(3 * seed);
    }
  });

  /** Handed in, shipped in a tote of its own, unpacked and renamed, or some of it, at moments of its own. */
  function life(serial: number, random: Random): EventRow[] {
    const item = itemOf(serial);
    const renamed = `${item}x`;
    const startMs = bench.clock.wallMs() + serial * hourMs;
    const box = `${tote}${serial}`;
    const words = { "storewire:case": `case of ${item}` };
    const steps: readonly (readonly [string, object])[] = [
      ["handed-in", { epcList: [item], ...words }],
      ["inspected", { epcList: [item], ...words }],
      ["packed", { parentID: box, childEPCs: [item], ...words }],
      ["shipped", { epcList: [box] }],
      ["arrived", { epcList: [box] }],
      ["unpacked", { parentID: box, childEPCs: [item], ...words }],
      ["unpacking-done", { parentID: box }],
      ["refurbished", { inputEPCList: [item], outputEPCList: [renamed], ...words }],
      ["stored", { epcList: [renamed], ...words }],
    ];
    return steps
      .slice(0, 4 + Math.floor(random.fraction() * 6))
      .map(([type, data], index) => bench.row(type, data, { atMs: startMs + index * minuteMs }));
  }

  test("are taken into memory a bounded number at once; what there is no room for is told and stays as it was", async () => {
    const items = Array.from({ length: 20 }, (_, serial) => itemOf(serial));
    await bench.hear(...items.flatMap((item) => [bench.handedIn(item), bench.packed(item)]));
    await bench.desk.close();
    await bench.hear(bench.shipped(tote));
    const crowded: number[] = [];
    const onCrowded = (viewsMax: number): void => void crowded.push(viewsMax);
    const rules = defaultTransitRules;
    const follower = await ItemFollower.open({
      table: bench.table,
      clock: bench.clock,
      rules,
      viewsMax: 15,
      onCrowded,
    });
    await follower.advance();
    expect(crowded).toEqual([15]);
    const steps = await Promise.all(items.map(async (item) => (await bench.view(item))?.step));
    expect(steps.filter((step) => step === "shipped")).toHaveLength(15);
    expect(steps.filter((step) => step === "packed")).toHaveLength(5);
  });

  test("cost a start no look at what says nothing of them", async () => {
    for (let count = 0; count < 11; count += 1) await bench.hear(...queued(5_000));
    expect(await bench.table.place("items-through")).toBeGreaterThan(50_000);
    await bench.restart();
    expect(bench.desk.through).toBeGreaterThan(50_000);
  });

  test("that are due at once are told of by 256 in a look", async () => {
    const items = Array.from({ length: 300 }, (_, serial) => itemOf(serial));
    const destinationList: readonly object[] = [];
    await bench.hear(
      ...items.flatMap((item) => [
        bench.handedIn(item),
        bench.row("shipped", { epcList: [item], destinationList, "storewire:case": `case of ${item}` }),
      ]),
    );
    await bench.desk.close();
    const { store, table, clock } = bench;
    const rules = defaultTransitRules;
    const watch = new TransitWatch({ store, table, rules, clock, random: seededRandom(1) });
    const follower = await ItemFollower.open({ table, clock, rules });
    const laterMs = clock.wallMs() + 4.5 * minuteMs;
    expect(await watch.look(laterMs)).toBe(256);
    await follower.advance();
    expect(await watch.look(laterMs)).toBe(44);
    await follower.advance();
    expect(await watch.look(laterMs)).toBe(0);
  });
});

function shuffled<Each>(random: Random, list: readonly Each[]): Each[] {
  const keyed = list.map((each) => ({ each, key: random.fraction() }));
  return keyed.sort((left, right) => left.key - right.key).map(({ each }) => each);
}
