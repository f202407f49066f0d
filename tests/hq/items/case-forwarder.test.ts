import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readStoredItem } from "../../../hq/items/stored-item.ts";
import { answerOf } from "../../cli/command-answer.ts";
import { DeskBench, depot, depotPlace, hourMs, itemOf, minuteMs, tote } from "./desk-bench.ts";

const routes = new Map([[depotPlace, depot]]);
let bench: DeskBench;
beforeEach(async () => {
  bench = new DeskBench(routes);
  await bench.start();
});
afterEach(() => bench.remove());

describe("cases on their way to a depot", () => {
  test("are told again until the depot has them on disk, and not after", async () => {
    const { broker, clock } = bench;
    const item = itemOf(1);
    await bench.hear(bench.handedIn(item), bench.packed(item), bench.shipped(tote));
    expect(broker.told).toHaveLength(1);
    expect(broker.told[0]?.cases).toMatchObject([
      { item, case: `case of ${item}`, container: tote, step: "shipped" },
    ]);
    await clock.turn(30_000);
    broker.rise();
    expect(broker.told).toHaveLength(3);
    expect(new Set(broker.told.map(({ id }) => id)).size).toBe(1);
    broker.reply("another");
    await bench.desk.look();
    expect((await bench.view(item))?.taken).toBeUndefined();
    broker.reply(broker.told[0]?.id ?? "");
    await bench.desk.look();
    expect((await bench.view(item))?.taken).toMatchObject({ by: "depot/gw1" });
    await bench.pass(10 * minuteMs);
    expect(broker.told).toHaveLength(3);
  });

  test("wait while the link is down, and go in messages of 128, so many at a time as are answered", async () => {
    const { broker } = bench;
    broker.fall();
    const items = Array.from({ length: 1_100 }, (_, serial) => itemOf(serial));
    await bench.hear(
      ...items.flatMap((item) => [bench.handedIn(item), bench.packed(item)]),
      bench.shipped(tote),
    );
    expect(broker.told).toEqual([]);
    broker.depotTakes(() => true);
    broker.rise();
    expect(broker.told.map(({ cases }) => cases.length)).toEqual(Array.from({ length: 8 }, () => 128));
    await bench.desk.look();
    expect(broker.told.map(({ cases }) => cases.length).at(-1)).toBe(76);
    expect(new Set(broker.told.flatMap(({ cases }) => cases.map(({ item }) => item))).size).toBe(1_100);
  });

  test("are told once more when HQ starts anew, and what was answered is not", async () => {
    const { broker } = bench;
    await bench.hear(bench.handedIn(itemOf(1)), bench.shipped(itemOf(1)));
    await bench.restart();
    await bench.desk.look();
    expect(broker.told.map(({ cases }) => cases.map(({ item }) => item))).toEqual([[itemOf(1)], [itemOf(1)]]);
    broker.reply(broker.told[1]?.id ?? "");
    await bench.desk.look();
    await bench.restart();
    await bench.desk.look();
    expect(broker.told).toHaveLength(2);
  });

  test("stay answered for when HQ hears late of what happened before", async () => {
    const { broker } = bench;
    broker.depotTakes(() => true);
    const item = itemOf(1);
    const startMs = bench.clock.wallMs();
    await bench.pass(hourMs);
    await bench.hear(bench.handedIn(item, { atMs: startMs }), bench.shipped(item));
    await bench.desk.look();
    const words = { epcList: [item], "storewire:case": `case of ${item}`, "storewire:grade": "B" };
    await bench.hear(bench.row("graded", words, { atMs: startMs + minuteMs }));
    expect(await bench.view(item)).toMatchObject({ step: "shipped", grade: "B", taken: { by: "depot/gw1" } });
    await bench.pass(5 * minuteMs);
    expect(broker.told).toHaveLength(1);
  });

  test("are told of again where the item is sent away once more", async () => {
    const { broker } = bench;
    broker.depotTakes(() => true);
    const item = itemOf(1);
    await bench.hear(bench.handedIn(item), bench.shipped(item));
    await bench.desk.look();
    await bench.pass(hourMs, hourMs);
    await bench.hear(bench.row("unpacked", { parentID: tote, childEPCs: [item] }, { site: "depot" }));
    expect((await bench.view(item))?.taken).toBeDefined();
    await bench.pass(hourMs, hourMs);
    await bench.hear(bench.shipped(item));
    expect(broker.told).toHaveLength(2);
  });
});

describe("storewire hq item", () => {
  test("joins what store and depot told, totes included, beside the receiver", async () => {
    const dayMs = 24 * hourMs;
    const item = itemOf(7);
    const asset = "https://id.gs1.org/8004/952132110007700000000001";
    const startMs = bench.clock.wallMs();
    const at = (days: number, site = "depot") => ({ site, atMs: startMs + days * dayMs });
    await bench.hear(
      bench.handedIn(item),
      bench.packed(item),
      bench.packed(itemOf(8)),
      bench.shipped(tote),
      bench.row("arrived", { epcList: [tote], "storewire:post": "dock-in" }, at(1)),
      bench.row(
        "unpacked",
        { parentID: tote, childEPCs: [item], "storewire:case": `case of ${item}` },
        at(2),
      ),
      bench.row(
        "refurbished",
        { inputEPCList: [item], outputEPCList: [asset], "storewire:case": `case of ${item}` },
        at(2.1),
      ),
      bench.row("restocked", { epcList: [asset], "storewire:case": `case of ${item}` }, at(2.2)),
      // The tote goes round again, without it.
      bench.shipped(tote, at(3, "store")),
    );
    const { path } = bench;
    const { view, events: told } = await readStoredItem(path, item);
    expect(view).toMatchObject({ step: "restocked", site: "depot", item: asset, formerly: item });
    // Whichever of its names is asked for, it is one story.
    expect((await readStoredItem(path, asset)).events).toEqual(told);
    expect(told.map(({ type }) => type.split(".").at(-1))).toEqual([
      "handed-in",
      "packed",
      "shipped",
      "arrived",
      "unpacked",
      "refurbished",
      "restocked",
    ]);
    expect(await bench.view(asset)).toEqual(view);
    expect(await bench.view(item)).toBeUndefined();
    const { exitCode, stdout } = await answerOf(["hq", "item", item, "--database", path, "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.join(""))).toMatchObject({ step: "restocked", site: "depot" });
    const words = await answerOf(["hq", "item", item, "--database", path]);
    expect(words.stdout.slice(0, 3)).toEqual([item, `  is      ${asset}`, `  was     ${item}`]);
    expect((await answerOf(["hq", "item", itemOf(9), "--database", path])).exitCode).toBe(1);
  });
});
