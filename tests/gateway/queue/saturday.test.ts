import { beforeAll, describe, expect, test } from "vitest";
import { configurationSchema } from "../../../protocols/config/configuration.ts";
import { morningMs } from "../store.ts";
import { LengthLedger } from "./length-ledger.ts";
import { dayConfiguration } from "./quick-floor.ts";
import { type HeldEvent, SaturdayStore } from "./saturday-store.ts";
import { planDay, StoreDay } from "./store-day.ts";

const hourMs = 3_600_000;
const seed = 7;
const hours = 9;
const shape = { seed, customers: 3_100, hours, counters: 8, load: 0.92, priorityShare: 0.18 };

const ticketEvents = "storewire.queue.ticket.";
/** A life in letters: issued, printed or failed, called, serving, served, no-show, transferred, deferred, cancelled. */
const letters: Readonly<Record<string, string>> = {
  issued: "i",
  printed: "p",
  "print-failed": "f",
  called: "c",
  serving: "s",
  served: "E",
  "no-show": "N",
  transferred: "t",
  deferred: "d",
  cancelled: "X",
};
/** Each is issued once, prints come and go, each is called before anything else at a counter, and one ending ends it. */
const legal = /^i(c+(s?[td]))*(c+s?E|c+N|c*s?X)$/;

let store: SaturdayStore;
let events: readonly HeldEvent[];

beforeAll(async () => {
  const plan = planDay(shape);
  const base = dayConfiguration(plan.counters);
  const transport = { kind: "simulated", name: "printer1" };
  const printer = { id: "printer1", readPoint: "kiosk", driver: "escpos-printer", transport };
  const queue = { ...base.queue, pressAgainMs: 500, printers: [{ kiosk: "kiosk", device: "printer1" }] };
  store = new SaturdayStore(configurationSchema.parse({ ...base, devices: [printer], queue }), seed);
  await store.open();
  const day = new StoreDay(plan, store, seed);
  for (const [fromMs, toMs] of [
    [2 * hourMs, 2.2 * hourMs],
    [6 * hourMs, 6.1 * hourMs],
  ] as const) {
    day.at(fromMs, () => store.paper(false, fromMs));
    day.at(toMs, () => store.paper(true, toMs));
  }
  for (let cut = 1; cut <= 12; cut += 1) {
    day.at(cut * 0.7 * hourMs + cut * 777, () => {
      store.cutNext = true;
      return Promise.resolve();
    });
  }
  await day.play(1_000, (hours + 4) * hourMs);
  events = await store.events();
}, 300_000);

describe("a Saturday of one store, with peaks, power cuts, no paper and impatient fingers", () => {
  test("had all of these", () => {
    expect(store.cuts).toBe(12);
    expect(store.impatient).toBeGreaterThan(200);
    const of = (type: string) => events.filter((event) => event.type === type).length;
    expect(of(`${ticketEvents}issued`)).toBeGreaterThanOrEqual(3_000);
    expect(of(`${ticketEvents}print-failed`)).toBeGreaterThan(20);
    for (const name of ["no-show", "transferred", "cancelled"])
      expect(of(ticketEvents + name)).toBeGreaterThan(20);
    const cannotPrint = events.filter(({ data }) => data["code"] === "kiosk-cannot-print");
    expect(cannotPrint.map(({ data }) => data["recovered"])).toEqual([false, true, false, true]);
  });

  test("gave no number twice", () => {
    const numbers = events
      .filter(({ type }) => type === `${ticketEvents}issued`)
      .map(({ data }) => `${data["businessDay"]} ${data["number"]}`);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test("left every ticket a whole and legal life at HQ", () => {
    const lives = new Map<string, string>();
    for (const { type, subject } of events) {
      if (!type.startsWith(ticketEvents)) continue;
      lives.set(subject, (lives.get(subject) ?? "") + (letters[type.slice(ticketEvents.length)] ?? "?"));
    }
    const prints = [...lives.values()].map((life) => life.replaceAll(/[^pf]/g, "").length);
    expect(Math.max(...prints)).toBe(1);
    const illegal = [...lives.values()].filter((life) => !legal.test(life.replaceAll(/[pf]/g, "")));
    expect(illegal).toEqual([]);
  });

  test("told HQ at each moment how many wait, within a second, with the fewest and the most between", () => {
    const told = (line: string) =>
      events
        .filter(({ type, subject }) => type === "storewire.queue.length" && subject === line)
        .map(({ time, data }) => ({
          atMs: Date.parse(time) - morningMs,
          waiting: Number(data["waiting"]),
          least: Number(data["least"]),
          most: Number(data["most"]),
        }));
    expect(store.lengths.names.length).toBeGreaterThan(8);
    for (const line of store.lengths.names) {
      const lengths = told(line);
      expect(store.lengths.judge(line, lengths)).toEqual([]);
      const gapsMs = lengths.map(({ atMs }, index) => atMs - (lengths[index - 1]?.atMs ?? 0)).slice(1);
      expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(1_000);
      expect(Math.max(...gapsMs)).toBeLessThanOrEqual(60_000);
    }
  });
});

test("the ledger says no: to a length that is wrong, late, or never told", () => {
  const ledger = new LengthLedger();
  ledger.joins("a", { service: "s", priorityClass: "c" }, 500);
  ledger.leaves("a", 5_000);
  const right = { atMs: 1_000, waiting: 1, least: 0, most: 1 };
  const gone = { atMs: 6_000, waiting: 0, least: 0, most: 1 };
  expect(ledger.judge("s/c", [right, gone])).toEqual([]);
  expect(ledger.judge("s/c", [{ ...right, waiting: 2 }, gone])).toHaveLength(1);
  expect(ledger.judge("s/c", [right, { ...gone, most: 0 }])).toHaveLength(1);
  expect(ledger.judge("s/c", [right, { ...gone, atMs: 6_001 }])).toHaveLength(1);
  expect(ledger.judge("s/c", [right])).toHaveLength(1);
});
