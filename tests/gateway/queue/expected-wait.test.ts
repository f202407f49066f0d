import { describe, expect, test } from "vitest";
import { WaitingArea } from "./waiting-area.ts";

const minuteMs = 60_000;

/** One customer after another, each of whom takes so long from call to call. */
function serve(area: WaitingArea, customers: number, tookMs: number, counter = "counter-2"): void {
  area.issue();
  area.decide(counter, { kind: "call-next" });
  for (let count = 0; count < customers; count += 1) {
    area.issue();
    area.atMs += tookMs;
    area.decide(counter, { kind: "call-next" });
  }
}

const likely = (area: WaitingArea, priorityClass = "regular"): number | undefined =>
  area.view.services[0]?.classes.find((line) => line.priorityClass === priorityClass)?.expected?.likelyMs;

describe("the expected wait", () => {
  test("is unknown while no counter is open for the service, and so is not on the ticket", () => {
    const area = new WaitingArea();
    expect(likely(area)).toBeUndefined();
    const press = { kind: "button", change: "pressed", button: "returns" } as const;
    const textOf = () => JSON.stringify(area.see("kiosk1", "kiosk", press).commands);
    expect(textOf()).not.toContain("Expected wait");
    area.decide("counter-1", { kind: "call-next" });
    expect(textOf()).toContain("预计等候 Expected wait: ");
  });

  test("is nothing where a counter is free, and the configured minutes as long as nobody was served", () => {
    const area = new WaitingArea();
    area.decide("counter-2", { kind: "resume" });
    expect(likely(area)).toBe(0);
    area.issue();
    area.decide("counter-2", { kind: "call-next" });
    for (let count = 0; count < 3; count += 1) area.issue();
    // The one at the counter and three who wait, five minutes each.
    expect(likely(area)).toBe(20 * minuteMs);
  });

  test("follows how long customers really take, and the time of day", () => {
    const area = new WaitingArea();
    serve(area, 40, 2 * minuteMs);
    const usual = likely(area) ?? 0;
    expect(usual).toBeGreaterThan(1.5 * minuteMs);
    expect(usual).toBeLessThan(2.5 * minuteMs);
    // The hour from ten on is a slow one.
    area.atMs = 2 * 3_600_000;
    serve(area, 15, 6 * minuteMs);
    area.decide("counter-2", { kind: "call-next" });
    area.decide("counter-2", { kind: "finish" });
    area.issue();
    area.decide("counter-2", { kind: "call-next" });
    expect(likely(area)).toBeGreaterThan(3 * minuteMs);
  });

  test("is shared by the counters that are open, and grows when one is paused", () => {
    const area = new WaitingArea();
    for (let count = 0; count < 6; count += 1) area.issue();
    area.decide("counter-1", { kind: "call-next" });
    area.decide("counter-2", { kind: "call-next" });
    const both = likely(area) ?? 0;
    area.decide("counter-1", { kind: "pause" });
    expect(likely(area)).toBe(2 * both);
  });

  test("is shorter for classes that age faster, for whoever has waited already, and names those before", () => {
    const area = new WaitingArea();
    area.decide("counter-2", { kind: "resume" });
    const tickets = Array.from({ length: 8 }, () => area.issue());
    area.decide("counter-2", { kind: "call-next" });
    area.pass(300);
    expect(likely(area, "elderly")).toBeLessThan(likely(area) ?? 0);
    const [second, last] = [area.status(tickets[1] ?? ""), area.status(tickets[7] ?? "")];
    expect(second).toMatchObject({ state: "waiting", before: 0 });
    expect(last).toMatchObject({ state: "waiting", before: 6 });
    if (second.state !== "waiting" || last.state !== "waiting") throw new Error("they wait");
    expect(second.expected?.likelyMs).toBeLessThan(last.expected?.likelyMs ?? 0);
  });

  test("does not count a break, nor a ticket that lies at a counter over night, as time of service", () => {
    const area = new WaitingArea();
    serve(area, 20, 2 * minuteMs);
    const before = likely(area) ?? 0;
    area.issue();
    area.decide("counter-2", { kind: "finish" });
    area.atMs += 20 * minuteMs;
    area.decide("counter-2", { kind: "call-next" });
    area.atMs += 10 * 3_600_000;
    area.decide("counter-2", { kind: "finish" });
    area.issue();
    area.decide("counter-2", { kind: "call-next" });
    expect(Math.abs((likely(area) ?? 0) - before)).toBeLessThan(minuteMs);
  });

  test("has an interval that widens where customers wait longer than they were told", () => {
    const area = new WaitingArea();
    serve(area, 10, 5 * minuteMs);
    const told = () => area.view.services[0]?.classes.at(-1)?.expected;
    const before = told();
    for (let count = 0; count < 10; count += 1) {
      area.issue();
      area.atMs += 20 * minuteMs;
      area.decide("counter-2", { kind: "call-next" });
      area.decide("counter-2", { kind: "finish" });
    }
    area.issue();
    area.decide("counter-2", { kind: "call-next" });
    const width = (wait: ReturnType<typeof told>) => (wait?.highMs ?? 0) / Math.max(1, wait?.likelyMs ?? 1);
    expect(width(told())).toBeGreaterThan(width(before));
  });
});
