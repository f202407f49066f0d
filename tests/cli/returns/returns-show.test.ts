import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { itemStory } from "../../../cli/returns/item-story.ts";
import { type ItemHistory, readItemHistory } from "../../../gateway/returns/item-history.ts";
import { openSqliteOutbox } from "../../../outbox/sqlite-outbox.ts";
import { renamingOf } from "../../../protocols/returns/renaming.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { badge, command, returnsBench, thing, weighed } from "../../gateway/returns/returns-bench.ts";
import { writeSite } from "../../site.ts";
import { answerOf } from "../command-answer.ts";

const directory = mkdtempSync(join(tmpdir(), "storewire-show-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const path = join(directory, "gateway.db");
const item = thing(1);
const refurbished = thing(3);

/** What a day at the store leaves on disk; the outbox stays open, as a running gateway keeps it. */
let close: () => Promise<void> = () => Promise.resolve();
beforeAll(async () => {
  const store = returnsBench({ deadlines: { informed: 0 } });
  store.see("returns-desk", badge("ANNA"));
  store.see("returns-desk", item.code);
  store.wait(2_000);
  store.see("returns-desk", weighed("1.254"));
  store.tick(180_000, 1_000);
  store.see("inspection", item.code);
  store.see("inspection", command("grade-b"));
  store.see("returns-desk", thing(2).code);
  store.wait(60_000);
  // A clock that is not set yet.
  store.see("returns-cage", item.tag, { boot: "boot9", wallMs: 60_000, clock: "estimated" });
  for (const place of ["returns-desk", "inspection", "repair"] as const) store.see(place, refurbished.code);
  for (const name of ["refurbished", "relabel"] as const) store.see("repair", command(name));
  const { outbox } = await openSqliteOutbox({ path, clock: new ManualClock() });
  await outbox.commit({
    documents: [...store.archive].map(([key, value]) => ({
      collection: "returns-history",
      key,
      value: JSON.stringify(value),
    })),
  });
  close = () => outbox.close();
});
afterAll(() => close());

describe("an item's story", () => {
  test("is read beside the gateway that writes it, in order, and is that of one item only", async () => {
    const { steps } = await readItemHistory(path, item.uri);
    expect(steps.map(({ type, code }) => code ?? type.replace("storewire.return.", ""))).toEqual([
      "handed-in",
      "weighed",
      "return-deadline-near",
      "return-deadline-missed",
      "inspected",
      "graded",
      "stored",
    ]);
    expect(steps[0]).toMatchObject({ device: "device-returns-desk", at: { clock: "synced", boot: "boot1" } });
    expect(steps[0]?.data["@context"]).toBeDefined();
    expect(steps[6]?.at.clock).toBe("estimated");
  });

  test("tells step by step when, what, where, who and by which device", async () => {
    const lines = itemStory(await readItemHistory(path, item.uri));
    expect(lines[0]).toBe(item.uri);
    expect(lines[2]).toBe(
      "2026-01-05T09:00:00.000+01:00  handed in  returned, to https://id.gs1.org/417/9521321000018, returns-desk, clerk ANNA, device-returns-desk",
    );
    expect(lines[3]).toContain("weighed  returned, 1.254 KGM, returns-desk, clerk ANNA");
    // An alert has no offset of its own, and is told in the store's all the same.
    expect(lines[4]).toMatch(/^2026-01-05T09:02:2\d.000\+01:00 {2}! return-deadline-near {2}/);
    expect(lines[7]).toContain("graded  conformant, grade B");
    expect(lines.at(-1)).toMatch(/\+01:00~ put away/);
  });

  test("is told in Chinese as well, alerts included", async () => {
    const lines = itemStory(await readItemHistory(path, item.uri), "chinese");
    expect(lines[1]).toMatch(/^退货编号 /);
    expect(lines[2]).toContain(
      "退货登记  已退回, 交至 https://id.gs1.org/417/9521321000018, returns-desk, 员工 ANNA",
    );
    expect(lines[4]).toContain("! return-deadline-near  退货时限将到：检验，还剩1分钟；商品处于“退货登记”");
    expect(lines[7]).toContain("定级  合格, 等级 B");
    expect(lines.join("\n")).not.toMatch(/clerk|grade /);
  });

  test("is one under all of its names, and says what it was and is called", async () => {
    const { steps } = await readItemHistory(path, refurbished.uri);
    const [first] = steps;
    const names = steps.flatMap(({ data }) => renamingOf(data) ?? []);
    expect(names).toHaveLength(2);
    for (const uri of names.flatMap(({ from, to }) => [from, to]))
      expect((await readItemHistory(path, uri)).steps).toEqual(steps);
    expect(first?.type).toBe("storewire.return.handed-in");
    const lines = itemStory({ item: refurbished.uri, steps });
    const [new1, new2] = names.map(({ to }) => to);
    expect(lines.find((line) => line.includes("refurbished"))).toContain(
      `refurbished, new identity  active, was ${refurbished.uri}, is ${new1}, repair`,
    );
    expect(lines.find((line) => line.includes("retired"))).toContain(`inactive, is ${new2}, repair`);
    expect(lines.find((line) => line.includes("label replaced"))).toContain(`was ${new1}, is ${new2}`);
  });

  test("says so where nothing is known", () => {
    const unknown: ItemHistory = { item: "x", steps: [] };
    expect(itemStory(unknown)).toEqual(["x: nothing is known of it here"]);
  });
});

describe("storewire returns show", () => {
  const file = writeSite({ directory, headquartersUrl: "mqtt://127.0.0.1:1883" });

  test.each([item.uri, `010952114112345421${1}`, item.epcHex])("finds it by %s", async (words) => {
    const { exitCode, stdout } = await answerOf(["returns", "show", words, "--config", file, "--json"]);
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout.join("")) as ItemHistory).steps).toHaveLength(7);
  });

  test("refuses words that name no item, and says which file cannot be read", async () => {
    expect((await answerOf(["returns", "show", "nonsense", "--config", file])).exitCode).toBe(64);
    const elsewhere = mkdtempSync(join(directory, "empty-"));
    const other = writeSite({ directory: elsewhere, headquartersUrl: "mqtt://127.0.0.1:1883" });
    const { exitCode, stderr } = await answerOf(["returns", "show", item.uri, "--config", other]);
    expect(exitCode).toBe(69);
    expect(stderr).toContain(join(elsewhere, "gateway.db"));
  });
});
