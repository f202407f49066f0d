import { describe, expect, test } from "vitest";
import { historyWrite } from "../../../gateway/returns/item-history.ts";
import { ledgerOf } from "../../../gateway/returns/ledger.ts";
import { continueCasesMax, continueCasesSchema } from "../../../protocols/returns/continue-case.ts";
import { deadlineNames } from "../../../protocols/returns/deadlines.ts";
import { arrived, scanned } from "../store.ts";
import { command, dataOf, returnsBench, thing, tote, typesOf } from "./returns-bench.ts";

const never = Object.fromEntries(deadlineNames.map((name) => [name, 0]));

describe("open cases", () => {
  test("are bounded: the oldest goes first, and it is told", () => {
    const store = returnsBench({ casesMax: 100 });
    const cases = () => [...store.documents.keys()].filter((key) => key.startsWith("case/"));
    for (let serial = 0; serial < 100; serial += 1) store.see("returns-desk", thing(serial).code);
    expect(cases()).toHaveLength(100);
    expect(typesOf(store.see("returns-desk", thing(100).code))).toEqual(["return-cases-full", "handed-in"]);
    expect(cases()).toHaveLength(100);
    expect(cases()).not.toContain(`case/${thing(0).uri}`);
    expect(ledgerOf(store.documents)).toMatchObject({ opened: 101, held: 100 });
  });
});

describe("closed cases", () => {
  test("leave memory but for the newest serials", () => {
    const store = returnsBench({ pastMax: 3, deadlines: never });
    const destroyed = (serial: number) => {
      store.see("returns-desk", thing(serial).code);
      store.wait(60_000);
      store.see("disposal", thing(serial).code);
      store.wait(60_000);
    };
    for (let serial = 0; serial < 20; serial += 1) destroyed(serial);
    const past = [...store.documents.keys()].filter((key) => key.startsWith("past/"));
    expect(past).toEqual([17, 18, 19].map((serial) => `past/${thing(serial).uri}`));
    expect(typesOf(store.see("returns-desk", thing(18).code))).toContain("return-again");
    expect(typesOf(store.see("returns-desk", thing(3).code))).toEqual(["handed-in"]);
  });

  test("are no bigger in memory after a thousand than after a hundred", () => {
    const store = returnsBench({ pastMax: 10, deadlines: never });
    const sizes = [100, 1_000].map((count) => {
      for (let serial = ledgerOf(store.documents).closed; serial < count; serial += 1) {
        store.see("returns-desk", thing(serial).code);
        store.wait(2_000);
        store.see("disposal", thing(serial).code);
        store.wait(2_000);
      }
      return store.documents.size;
    });
    expect(sizes[1]).toBe(sizes[0]);
  });
});

describe("the history", () => {
  test("is a ring on disk: the oldest step makes room", () => {
    const draft = {
      type: "storewire.alert.return",
      subject: "x",
      data: { code: "return-left", cause: "", cure: "" },
      origin: "returns",
      timeMs: 0,
      clock: "synced",
    } as const;
    const keys = Array.from({ length: 3_000 }, (_, order) => historyWrite(draft, ["x"], order, 1_000).key);
    expect(new Set(keys).size).toBe(1_000);
    expect(keys[2_999]).toBe(keys[999]);
  });
});

describe("a tote", () => {
  test("holds a thousand items; more are followed alone", () => {
    const store = returnsBench({ deadlines: never });
    store.see("packing", tote.code);
    for (let serial = 0; serial < 1_001; serial += 1) {
      store.see("returns-cage", thing(serial).code);
      store.wait(60_000);
      store.see("packing", thing(serial).code);
    }
    const { content } = store.documents.get(`container/${tote.uri}`) as { content: readonly string[] };
    expect(content).toHaveLength(1_000);
  });
});

describe("a message of HQ about cases of another site", () => {
  test("holds 128 of them", () => {
    const told = { item: "x", case: "c", openedMs: 0, step: "shipped" as const, waits: {} };
    const message = (count: number) => ({ id: "m", cases: Array.from({ length: count }, () => told) });
    expect(continueCasesSchema.safeParse(message(continueCasesMax)).success).toBe(true);
    expect(continueCasesSchema.safeParse(message(continueCasesMax + 1)).success).toBe(false);
  });
});

describe("what names no item", () => {
  test("is one alert for each strange code", () => {
    const store = returnsBench();
    const [alert, ...others] = store.see("returns-desk", scanned("WIFI:S:guest;;"));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      type: "storewire.alert.gateway",
      subject: "code-unreadable",
      data: { causeChinese: "条码或标签无法识别" },
    });
    expect(dataOf(alert)).toMatchObject({ content: "WIFI:S:guest;;", readPoint: "returns-desk" });
    expect(store.see("returns-desk", scanned("WIFI:S:guest;;"))).toEqual([]);
    expect(store.see("inspection", arrived("e28011700000020f"))).toHaveLength(1);
    expect(store.see("inspection", arrived("e28011700000020f"))).toEqual([]);
  });

  test("is remembered for a bounded number of codes", () => {
    const store = returnsBench();
    for (let index = 0; index < 65; index += 1) store.see("returns-desk", scanned(`strange ${index}`));
    expect((store.documents.get("unreadable") as string[]).length).toBe(64);
    expect(store.see("returns-desk", scanned("strange 64"))).toEqual([]);
    expect(store.see("returns-desk", scanned("strange 0"))).toHaveLength(1);
  });

  test("is nothing where no returns are taken", () => {
    const store = returnsBench();
    expect(store.see("kiosk", scanned("WIFI:S:guest;;"))).toEqual([]);
    expect(store.see("kiosk", command("undo"))).toEqual([]);
    expect(store.documents.size).toBe(0);
  });
});
