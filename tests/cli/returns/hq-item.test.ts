import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DeskBench, depot, depotPlace, hourMs, itemOf, minuteMs, tote } from "../../hq/items/desk-bench.ts";
import { answerOf } from "../command-answer.ts";

describe("storewire hq item", () => {
  const item = itemOf(7);
  const bench = new DeskBench(new Map([[depotPlace, depot]]));
  const ask = (...words: string[]) => answerOf(["hq", "item", ...words, "--database", bench.path]);

  beforeAll(async () => {
    await bench.start();
    bench.broker.depotTakes(() => true);
    const facts = { "storewire:case": "case-7", "storewire:post": "desk", "storewire:clerk": "ANNA" };
    await bench.hear(bench.row("handed-in", { epcList: [item], eventTimeZoneOffset: "+01:00", ...facts }));
    await bench.clock.turn(10 * minuteMs);
    const missed = {
      code: "return-deadline-missed",
      deadline: "informed",
      item,
      cause: "too late: to inform",
    };
    await bench.hear(
      bench.row("alert.return", missed),
      bench.row("packed", { parentID: tote, childEPCs: [item], "storewire:case": "case-7" }),
      bench.shipped(tote),
    );
    await bench.clock.turn(hourMs);
    await bench.desk.look();
  });
  afterAll(() => bench.remove());

  test("says for people where it is, who watches it, what is owed by when, and how it came there", async () => {
    const { exitCode, stdout, stderr } = await ask(item);
    expect(stdout).toEqual([
      item,
      "  step    shipped (shipped)",
      "  since   2026-01-05T08:10:00.000Z",
      "  where   store/gw1/desk",
      `  in      ${tote}`,
      `  bound   ${depotPlace}, since 2026-01-05T08:10:00.000Z`,
      "  watched by depot/gw1, since 2026-01-05T08:10:00.000Z",
      "  opened  2026-01-05T08:00:00.000Z",
      "  case    case-7",
      "  owed    first answer to the customer: since 2026-01-05T08:00:00.000Z, usually due 2026-01-05T09:00:00.000Z",
      "  owed    a plan for the customer: since 2026-01-05T08:00:00.000Z, usually due 2026-01-05T16:00:00.000Z",
      "  owed    progress told to the customer: since 2026-01-05T08:00:00.000Z, usually due 2026-01-06T08:00:00.000Z",
      "  owed    the customer's case is solved: since 2026-01-05T08:00:00.000Z, usually due 2026-01-08T08:00:00.000Z",
      "  alert   2026-01-05T08:10:00.000Z  store  return-deadline-missed",
      "2026-01-05T09:00:00.000+01:00  handed in  desk, clerk ANNA, store/gw1",
      "2026-01-05T09:10:00.000+01:00  ! return-deadline-missed  too late: to inform, store/gw1",
      `2026-01-05T09:10:00.000+01:00  packed  in ${tote}, store/gw1`,
      `2026-01-05T09:10:00.000+01:00  shipped  to ${depotPlace}, store/gw1`,
    ]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });

  test("says what nobody knows on stderr, with an exit code, and of how many gateways it knows", async () => {
    const { exitCode, stdout, stderr } = await ask(itemOf(9));
    expect(stdout).toEqual([]);
    expect(stderr).toContain(`${itemOf(9)}: nothing is known of it; no event names it, of 1 gateways'`);
    expect(exitCode).toBe(1);
    const json = await ask(itemOf(9), "--json");
    expect(json.stdout).toEqual(["null"]);
    expect(json.exitCode).toBe(1);
  });

  test("says what may be missing", async () => {
    const ledger = { site: "shop-2", gateway: "gw1", stream: "evt" as const, epoch: "e2" };
    const ledgers = [{ ...ledger, contiguous: 3, beyond: [{ from: 7, to: 9 }] }];
    await bench.store.store({ events: [], ledgers, deadLetters: [] });
    expect((await ask(itemOf(9))).stderr).toContain("events are missing of shop-2/gw1");
    expect((await ask(item)).stdout).toContain(
      "  missing events of shop-2/gw1 are not here yet; it may tell more",
    );
  });

  test("refuses what names no item, and says where no database is", async () => {
    const wrong = await ask("hello world");
    expect(wrong.exitCode).toBe(64);
    expect(wrong.stderr).toContain('"hello world" names no item');
    const nowhere = await answerOf(["hq", "item", item, "--database", "/no/such/file.db"]);
    expect(nowhere.exitCode).toBe(69);
    expect(nowhere.stderr).toContain("/no/such/file.db cannot be read");
  });
});
