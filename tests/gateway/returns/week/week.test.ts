import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { ManualClock } from "../../../../simulators/manual-clock.ts";
import { Headquarters } from "./headquarters.ts";
import { openMemorySite } from "./memory-site.ts";
import { type PlayedWeek, playWeek } from "./play-week.ts";
import { alertsByItem, outOfOrder, saidMore, surprises, toldIn } from "./week-check.ts";
import { ways } from "./week-plan.ts";
import type { StoredRow } from "./week-words.ts";

/** `STOREWIRE_RETURNS_ITEMS=2000 npx vitest run tests/gateway/returns/week/week.test.ts` plays the whole week. */
const items = Number(process.env["STOREWIRE_RETURNS_ITEMS"] ?? 300);
const kills = 50;
const patienceMs = 300_000;

let quiet: PlayedWeek;
let killed: PlayedWeek;
beforeAll(async () => {
  quiet = await playWeek({ items, openSite: openMemorySite });
  killed = await playWeek({
    items,
    kills: { count: kills, seed: 2, quiet: quiet.rows },
    openSite: openMemorySite,
  });
}, 2 * patienceMs);

describe("a week of one store and one depot", () => {
  test("has every way, and goods with and without serial numbers", () => {
    expect(new Set(quiet.names).size).toBe(ways.length);
    expect(quiet.uris.some((uri) => uri.includes("/8004/"))).toBe(true);
  });

  test("ends each case as its way has it, and tells each alert once", () => {
    expect(surprises(quiet)).toEqual([]);
    const all = [...alertsByItem(quiet.rows).values()].flat();
    expect(all).toHaveLength(quiet.expected.flatMap(({ alerts }) => alerts).length);
  });

  test("records what is destroyed without a name, and each new identity", () => {
    const told = toldIn(quiet.rows);
    const count = (name: RegExp) => quiet.names.filter((each) => name.test(each)).length;
    const unnamed = told.filter(({ type, data }) => type.endsWith(".destroyed") && "quantityList" in data);
    expect(unnamed).toHaveLength(count(/without a name/));
    expect(told.filter(({ type }) => type.endsWith(".refurbished"))).toHaveLength(count(/refurbished/));
    expect(told.filter(({ type }) => type.endsWith(".relabelled"))).toHaveLength(count(/label replaced/));
  });

  test("tells of no item in another order than it happened", () => {
    expect(outOfOrder(quiet.rows)).toEqual([]);
  });

  test("is the same when the process dies fifty times before or after a commit", () => {
    expect(killed.deaths).toBeGreaterThanOrEqual(40);
    expect(surprises(killed)).toEqual([]);
    expect(outOfOrder(killed.rows)).toEqual([]);
    expect(saidMore(killed.rows, quiet.rows)).toEqual([]);
    expect(saidMore(quiet.rows, killed.rows)).toEqual([]);
  });

  test("is joined at HQ: what went to the depot is there, under the case of the store", () => {
    const missing = quiet.names.flatMap((name, item) => (name === "missing in the tote" ? [item] : []));
    for (const item of missing) {
      const uri = quiet.uris[item] ?? "";
      expect(quiet.book.view(uri)).toMatchObject({ step: "arrived", site: "depot" });
    }
    const depot = toldIn(quiet.rows).filter(
      ({ site, type }) => site === "depot" && type.endsWith(".recycled"),
    );
    const opened = new Set(
      toldIn(quiet.rows).flatMap(({ site, type, data }) =>
        site === "store" && type.endsWith(".handed-in") ? [data["storewire:case"]] : [],
      ),
    );
    const continued = depot.filter(({ data }) => opened.has(data["storewire:case"]));
    const whole = quiet.names.filter((name) => name === "to the depot and recycled there").length;
    expect(continued).toHaveLength(whole);
  });

  test("leaves in memory what is open, and not what was", () => {
    const open = quiet.states.filter(({ store, depot }) => store !== "closed" || depot !== "closed").length;
    // Beside cases: two documents for each closed one that is remembered, and those of posts.
    expect(quiet.documents).toBeLessThanOrEqual(open + 2 * 2 * items + 100);
    expect(quiet.book.size).toBeLessThanOrEqual(open + 20);
  });
});

describe("the checkers", () => {
  test("see a step too early, and one that may not follow", () => {
    const row = (type: string, time: string): StoredRow => ({
      site: "store",
      gateway: "gw1",
      body: JSON.stringify({ type: `storewire.return.${type}`, subject: "x", time, data: {} }),
    });
    expect(outOfOrder([row("handed-in", "2"), row("inspected", "1")])).toHaveLength(1);
    expect(outOfOrder([row("handed-in", "1"), row("sold", "2")])).toEqual(["store x: sold after handed-in"]);
    expect(outOfOrder([row("handed-in", "1"), row("inspected", "1")])).toEqual([]);
  });

  test("see an alert that is told twice, and one that is missing", () => {
    const alert = quiet.rows.find(({ body }) => body.includes('"storewire.alert.return"'));
    const rest = quiet.rows.filter((row) => row !== alert);
    expect(surprises({ ...quiet, rows: rest })).toHaveLength(1);
    expect(
      surprises({ ...quiet, rows: [...quiet.rows, ...(alert === undefined ? [] : [alert])] }),
    ).toHaveLength(1);
  });

  test("see what one week tells and the other does not, or twice", () => {
    const [first, ...rest] = quiet.rows;
    const twice = first === undefined ? [] : [first, first, ...rest];
    expect(saidMore(quiet.rows, rest)).toHaveLength(1);
    expect(saidMore(twice, quiet.rows)).toHaveLength(1);
    expect(saidMore(rest, quiet.rows)).toEqual([]);
  });

  test("see at HQ a hole, and an event that is another one after a death", async () => {
    const folder = mkdtempSync(join(tmpdir(), "storewire-week-hq-"));
    const headquarters = await Headquarters.open(join(folder, "hq.db"), new ManualClock());
    const name = { site: "store", gateway: "gw1" };
    const [first, second, third] = quiet.rows
      .filter(({ site }) => site === "store")
      .map(({ body }, place) => ({
        sequence: place + 1,
        category: body.includes("storewire.return.") ? "return" : "alert",
        body,
      }));
    if (first === undefined || second === undefined || third === undefined) throw new Error("no rows");
    expect(await headquarters.receive(name, [first])).toBe(1);
    await expect(headquarters.receive(name, [third])).rejects.toThrow("a hole");
    const other = { ...first, body: first.body.replace('"time":"2026', '"time":"2027') };
    await expect(headquarters.receive(name, [other])).rejects.toThrow("2027");
    expect(await headquarters.receive(name, [first, second])).toBe(2);
    expect(headquarters.doubled).toBe(1);
    await headquarters.close();
    rmSync(folder, { recursive: true });
  });
});
