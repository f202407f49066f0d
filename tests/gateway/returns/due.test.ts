import { describe, expect, test } from "vitest";
import { DeadlineIndex, deadlineIndexOf } from "../../../gateway/returns/deadline-index.ts";
import { caseOf } from "../../../gateway/returns/return-case.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { type DeadlineName, deadlineNames } from "../../../protocols/returns/deadlines.ts";
import { command, dataOf, returnsBench, thing, typesOf } from "./returns-bench.ts";

const item = thing(1);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const none = Object.fromEntries(deadlineNames.map((name) => [name, 0])) as Record<DeadlineName, 0>;
const only = (name: DeadlineName, ms: number) => ({ deadlines: { ...none, [name]: ms }, unseenMs: 0 });

describe("a deadline", () => {
  test("warns at four fifths and is missed at the end, once each", () => {
    const store = returnsBench(only("inspection", 3 * minuteMs));
    const [handIn] = store.see("returns-desk", item.code);
    expect(store.tick(143_000, 1_000)).toEqual([]);
    const [near] = store.tick(1_000);
    expect(dataOf(near)).toMatchObject({
      code: "return-deadline-near",
      deadline: "inspection",
      item: item.uri,
      case: handIn?.reading,
      post: "returns-desk",
      cure: "Inspect the item now, or send help to the inspection post.",
    });
    expect(store.tick(35_000, 1_000)).toEqual([]);
    const [missed] = store.tick(1_000);
    expect(dataOf(missed)).toMatchObject({ code: "return-deadline-missed", deadline: "inspection" });
    expect(store.tick(10 * hourMs, minuteMs)).toEqual([]);
  });

  test("that was met in time is never told of", () => {
    const store = returnsBench(only("inspection", 3 * minuteMs));
    store.see("returns-desk", item.code);
    store.wait(2 * minuteMs);
    store.see("inspection", item.code);
    expect(store.tick(hourMs, minuteMs)).toEqual([]);
  });

  test.each([
    ["informed", "informed"],
    ["first-answer", "answered"],
    ["plan", "planned"],
    ["progress", "progressed"],
    ["solved", "solved"],
  ] as const)("%s is met by the command %s", (name, order) => {
    const store = returnsBench(only(name, hourMs));
    store.see("returns-desk", item.code);
    expect(typesOf(store.see("returns-desk", command(order)))).toEqual(["cared"]);
    expect(store.tick(2 * hourMs, minuteMs)).toEqual([]);
    const missed = returnsBench(only(name, hourMs));
    missed.see("returns-desk", item.code);
    expect(typesOf(missed.tick(2 * hourMs, minuteMs))).toEqual([
      "return-deadline-near",
      "return-deadline-missed",
    ]);
  });

  test.each(deadlineNames)("%s can be switched off alone: the others are told of as before", (name) => {
    const told = (returns: Parameters<typeof returnsBench>[0]) => {
      const store = returnsBench({ unseenMs: 0, ...returns });
      store.see("returns-desk", item.code);
      const before = [...store.tick(6 * minuteMs, minuteMs / 2), ...store.tick(73 * hourMs, hourMs / 10)];
      store.see("inspection", item.code);
      store.see("inspection", command("solved"));
      return [...before, ...store.tick(8 * 24 * hourMs, hourMs)].map((event) => dataOf(event)["deadline"]);
    };
    const all = told({});
    expect(all).toHaveLength(2 * deadlineNames.length);
    expect(told({ deadlines: { [name]: 0 } })).toEqual(all.filter((each) => each !== name));
  });

  test("that is switched off while it runs ends without a word, and the case with it", () => {
    const before = returnsBench({ unseenMs: 0 });
    for (const place of ["returns-desk", "inspection", "disposal"] as const) {
      before.see(place, item.code);
      before.wait(30_000);
    }
    const after = returnsBench({ unseenMs: 0, deadlines: none });
    for (const [key, value] of before.documents) after.documents.set(key, value);
    expect(caseOf(after.documents, item.uri)?.ended).toBe(true);
    expect(after.tick(80 * hourMs, hourMs)).toEqual([]);
    expect(caseOf(after.documents, item.uri)).toBeUndefined();
  });

  test("is met for all of the customer's but the call back by SOLVED alone", () => {
    const store = returnsBench({ unseenMs: 0 });
    store.see("returns-desk", item.code);
    store.see("returns-desk", command("solved"));
    const told = store.tick(73 * hourMs, hourMs).map((event) => dataOf(event)["deadline"]);
    expect(new Set(told)).toEqual(new Set(["inspection"]));
  });

  test("of the call back begins when the case is solved", () => {
    const store = returnsBench(only("call-back", 10 * hourMs));
    store.see("returns-desk", item.code);
    expect(store.tick(50 * hourMs, hourMs)).toEqual([]);
    store.see("returns-desk", item.code);
    store.see("returns-desk", command("solved"));
    expect(typesOf(store.tick(7.5 * hourMs, hourMs / 2))).toEqual([]);
    expect(typesOf(store.tick(hourMs, hourMs / 2))).toEqual(["return-deadline-near"]);
    store.see("returns-desk", item.code);
  });

  test("is what the issue of the house says, where nothing is configured", () => {
    const store = returnsBench({ unseenMs: 0 });
    store.see("returns-desk", item.code);
    const told = store.tick(73 * hourMs, minuteMs / 2).map((event) => {
      const { code, deadline } = dataOf(event);
      return `${String(deadline)} ${String(code).replace("return-deadline-", "")} ${(event.timeMs - Date.UTC(2026, 0, 5, 8)) / minuteMs}`;
    });
    expect(told).toEqual([
      "inspection near 2.5",
      "inspection missed 3",
      "informed near 4",
      "informed missed 5",
      "first-answer near 48",
      "first-answer missed 60",
      "plan near 384",
      "plan missed 480",
      "progress near 1152",
      "progress missed 1440",
      "solved near 3456",
      "solved missed 4320",
    ]);
  });

  test("runs on over a restart and a jump of the clock, and is told once after a night without power", () => {
    const store = returnsBench(only("plan", 8 * hourMs));
    store.see("returns-desk", item.code);
    store.tick(hourMs, minuteMs);
    // The second start's wall clock begins in 1970; its monotonic clock at 0. An hour has passed until then.
    store.restart("boot2");
    const told: string[] = [];
    for (let past = 0; past < 8 * hourMs; past += minuteMs) {
      const now = { boot: "boot2", clock: "estimated" as const, monotonicMs: past, wallMs: past };
      const types = typesOf(store.step({ kind: "tick" }, now).events);
      told.push(...types.map((type) => `${type} ${past / minuteMs}`));
    }
    expect(told).toEqual(["return-deadline-near 324", "return-deadline-missed 420"]);
    store.restart("boot3");
    const later = { boot: "boot3", monotonicMs: 9 * hourMs, wallMs: Date.UTC(2026, 0, 6) };
    expect(store.step({ kind: "tick" }, later).events).toEqual([]);
  });

  test("that a night without power has passed over is missed, without a warning first", () => {
    const store = returnsBench(only("plan", 8 * hourMs));
    store.see("returns-desk", item.code);
    store.restart("boot2");
    const now = { boot: "boot2", monotonicMs: 1_000, wallMs: Date.UTC(2026, 0, 6) };
    expect(typesOf(store.step({ kind: "tick" }, now).events)).toEqual(["return-deadline-missed"]);
  });
});

describe("an item that nobody sees", () => {
  test("is told of once, and again only after it was seen", () => {
    const store = returnsBench({ deadlines: none, unseenMs: 24 * hourMs });
    store.see("returns-desk", item.code);
    store.wait(minuteMs);
    store.see("returns-cage", item.tag);
    // A tag in view says so every minute.
    for (let hour = 0; hour < 48; hour += 1) {
      store.tick(hourMs, hourMs);
      expect(store.see("returns-cage", { ...item.tag, change: "present" } as never)).toEqual([]);
    }
    const told = store.tick(60 * hourMs, hourMs);
    expect(typesOf(told)).toEqual(["return-unseen"]);
    expect(dataOf(told[0])).toMatchObject({ item: item.uri, cause: expect.stringContaining("returns-cage") });
    store.see("returns-cage", item.tag);
    expect(typesOf(store.tick(60 * hourMs, hourMs))).toEqual(["return-unseen"]);
  });

  test("is not noted on disk each time that it is seen", () => {
    const store = returnsBench({ deadlines: none });
    store.see("returns-cage", item.tag);
    store.wait(minuteMs);
    const before = caseOf(store.documents, item.uri);
    store.see("returns-cage", { ...item.tag, change: "present" } as never);
    expect(caseOf(store.documents, item.uri)).toBe(before);
  });
});

describe("the index of deadlines", () => {
  test("hands out the earliest, whatever order they came in", () => {
    const random = seededRandom(3);
    const index = new DeadlineIndex(new Map());
    const due = Array.from({ length: 500 }, () => Math.floor(random.fraction() * 1_000));
    for (const [place, atMs] of due.entries()) index.add(`item ${place}`, atMs);
    const taken: number[] = [];
    for (let next = index.take(499); next !== undefined; next = index.take(499)) taken.push(next.atMs);
    expect(taken).toEqual(due.filter((atMs) => atMs <= 499).sort((left, right) => left - right));
    expect(index.take(499)).toBeUndefined();
    expect(index.size).toBe(due.filter((atMs) => atMs > 499).length);
  });

  test("says the same when it is made anew from the documents, and does not grow with what is past", () => {
    const store = returnsBench(only("solved", 72 * hourMs));
    for (let serial = 0; serial < 50; serial += 1) store.see("returns-desk", thing(serial).code);
    for (let round = 0; round < 30; round += 1) {
      for (let serial = 0; serial < 50; serial += 1) {
        store.wait(1_000);
        store.see(round % 2 === 0 ? "inspection" : "returns-cage", thing(serial).code);
        store.see("inspection", command("solved"));
      }
      store.tick();
    }
    expect(deadlineIndexOf(store.documents).size).toBeLessThanOrEqual(2 * 50 + 1_024);
  });

  test("looks at 256 cases in one tick, and at the others in the next", () => {
    const store = returnsBench(only("inspection", 3 * minuteMs));
    for (let serial = 0; serial < 300; serial += 1) store.see("returns-desk", thing(serial).code);
    expect(store.tick(hourMs)).toHaveLength(256);
    expect(store.tick(1_000)).toHaveLength(44);
  });
});
