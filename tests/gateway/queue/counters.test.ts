import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { QueueAction } from "../../../protocols/readings.ts";
import { WaitingArea } from "./waiting-area.ts";

const openedArea = (...services: readonly string[]) => {
  const area = new WaitingArea();
  const tickets = services.map((service) => area.issue(service));
  return { area, tickets };
};

describe("a counter's decisions", () => {
  test("recall with a rising attempt, until the customer comes", () => {
    const { area } = openedArea("returns");
    expect(area.decide("counter-1", { kind: "recall" })).toEqual([]);
    area.decide("counter-1", { kind: "call-next" });
    expect(area.decide("counter-1", { kind: "recall" })).toEqual(["called A-001"]);
    area.decide("counter-1", { kind: "recall" });
    expect(area.view.counters[0]?.ticket).toMatchObject({ number: "A-001", state: "called", attempt: 3 });
    expect(area.view.calls.map(({ call, attempt }) => [call, attempt])).toEqual([
      [3, 3],
      [2, 2],
      [1, 1],
    ]);
    area.decide("counter-1", { kind: "serve" });
    expect(area.decide("counter-1", { kind: "recall" })).toEqual([]);
  });

  test("transfer to another service: the number stays, and the line there is longer by one", () => {
    const { area, tickets } = openedArea("returns", "advice");
    area.decide("counter-2", { kind: "call-next" });
    area.pass(1);
    expect(area.decide("counter-2", { kind: "transfer", service: "advice" })).toEqual(["transferred A-001"]);
    expect(area.pass(1).map(({ data }) => data)).toEqual([
      { service: "advice", priorityClass: "regular", waiting: 2, least: 1, most: 2 },
    ]);
    expect(area.status(tickets[0] ?? "")).toMatchObject({ state: "waiting", ticket: { service: "advice" } });
    // It has waited longest of those whom counter 1 may call.
    expect(area.decide("counter-1", { kind: "call-next" })).toEqual([
      "counter.state counter-1 open",
      "called A-001",
    ]);
  });

  test("transfer to one counter, which alone may call it then", () => {
    const { area } = openedArea("returns");
    area.decide("counter-1", { kind: "call-next" });
    area.decide("counter-1", { kind: "transfer", counter: "counter-2" });
    expect(area.decide("counter-1", { kind: "call-next" })).toEqual([]);
    expect(area.decide("counter-2", { kind: "call-next" })).toEqual([
      "counter.state counter-2 open",
      "called A-001",
    ]);
  });

  test("transfer to nobody in particular puts back behind those who wait", () => {
    const { area } = openedArea("returns", "returns");
    area.pass(60);
    area.decide("counter-2", { kind: "call-next" });
    expect(area.decide("counter-2", { kind: "transfer" })).toEqual(["deferred A-001"]);
    area.pass(1);
    expect(area.decide("counter-2", { kind: "call-next" })).toEqual(["called A-002"]);
    expect(area.decide("counter-2", { kind: "call-next" })).toEqual(["no-show A-002", "called A-001"]);
  });

  test("transfer nowhere where there is no such place", () => {
    const { area } = openedArea("returns");
    area.decide("counter-1", { kind: "call-next" });
    expect(area.decide("counter-1", { kind: "transfer", service: "lunch" })).toEqual([]);
    expect(area.decide("counter-1", { kind: "transfer", counter: "counter-9" })).toEqual([]);
    expect(area.view.counters[0]?.ticket?.number).toBe("A-001");
  });

  test("pause and resume, each told once; calling opens as well", () => {
    const { area } = openedArea();
    expect(area.decide("counter-1", { kind: "pause" })).toEqual([]);
    expect(area.decide("counter-1", { kind: "resume" })).toEqual(["counter.state counter-1 open"]);
    expect(area.decide("counter-1", { kind: "pause" })).toEqual(["counter.state counter-1 paused"]);
    expect(area.decide("counter-1", { kind: "pause" })).toEqual([]);
    expect(area.view.counters.map(({ state }) => state)).toEqual(["paused", "closed"]);
    expect(area.decide("counter-1", { kind: "call-next" })).toEqual(["counter.state counter-1 open"]);
  });

  test("give up a ticket at the counter, or from the customer's page while it waits", () => {
    const { area, tickets } = openedArea("returns", "returns", "returns");
    area.decide("counter-1", { kind: "call-next" });
    expect(area.decide("counter-1", { kind: "cancel" })).toEqual(["cancelled A-001"]);
    expect(area.decide("kiosk", { kind: "cancel", ticket: tickets[2] ?? "" })).toEqual(["cancelled A-003"]);
    expect(area.decide("kiosk", { kind: "cancel", ticket: tickets[2] ?? "" })).toEqual([]);
    expect(area.view.services[0]?.waiting).toBe(1);
    expect(area.status(tickets[2] ?? "")).toEqual({ state: "unknown" });
  });

  test("of an impatient finger count once", () => {
    const area = new WaitingArea((site) => {
      if (site.queue !== undefined) site.queue.pressAgainMs = 500;
    });
    for (const _ of [1, 2, 3]) {
      area.issue();
      area.atMs += 500;
    }
    area.decide("counter-1", { kind: "call-next" });
    area.atMs += 499;
    expect(area.decide("counter-1", { kind: "call-next" })).toEqual([]);
    area.atMs += 1;
    expect(area.decide("counter-1", { kind: "call-next" })).toEqual(["no-show A-001", "called A-002"]);
    expect(area.issue()).not.toBe("none");
    expect(area.issue()).toBe("none");
    // Another button is another customer's.
    expect(area.issue("advice")).not.toBe("none");
  });
});

describe("a counter that nobody presses anything at", () => {
  test("is closed after two hours, and whoever was left there is done", () => {
    const { area } = openedArea("returns");
    area.decide("counter-1", { kind: "call-next" });
    area.decide("counter-1", { kind: "serve" });
    const told = area.pass(7_200).filter(({ type }) => type !== "storewire.queue.length");
    expect(told.map(({ type }) => type)).toEqual([
      "storewire.queue.ticket.served",
      "storewire.queue.counter.state",
    ]);
    expect(told[1]?.data).toEqual({ counter: "counter-1", state: "closed" });
    expect(area.view.counters[0]).toMatchObject({ state: "closed" });
  });
});

describe("two counters that press at the same moment", () => {
  const kinds = [
    "call-next",
    "call-next",
    "finish",
    "no-show",
    "serve",
    "transfer",
    "cancel",
    "recall",
  ] as const;
  const decision = fc.record({
    counter: fc.constantFrom("counter-1", "counter-2"),
    kind: fc.constantFrom(...kinds, "issue" as const, "leave" as const),
    which: fc.nat(40),
  });

  test("never have the same ticket, whatever the order of presses; and each ticket ends at most once", () => {
    fc.assert(
      fc.property(fc.array(decision, { maxLength: 60 }), (decisions) => {
        const area = new WaitingArea();
        const issued: string[] = [];
        const ended: string[] = [];
        for (const { counter, kind, which } of decisions) {
          area.atMs += 10;
          if (kind === "issue") {
            issued.push(area.issue(which % 2 === 0 ? "returns" : "advice"));
            continue;
          }
          const action: QueueAction =
            kind === "leave" ? { kind: "cancel", ticket: issued[which] ?? "nobody" } : { kind };
          const told = area.decide(kind === "leave" ? "kiosk" : counter, action);
          ended.push(
            ...told
              .filter((event) => /^(served|no-show|cancelled) /.test(event))
              .map((event) => event.split(" ")[1] ?? ""),
          );
          const held = area.view.counters.flatMap(({ ticket }) =>
            ticket === undefined ? [] : [ticket.number],
          );
          expect(new Set(held).size).toBe(held.length);
          expect(held.filter((number) => ended.includes(number))).toEqual([]);
        }
        const waiting = area.view.services.reduce((sum, service) => sum + service.waiting, 0);
        const atCounters = area.view.counters.filter(({ ticket }) => ticket !== undefined).length;
        expect(new Set(ended).size).toBe(ended.length);
        expect(issued.length).toBe(ended.length + waiting + atCounters);
        // Nothing of those who have gone stays behind.
        const known = [...area.documents.keys()].filter((key) => key.startsWith("ticket/"));
        expect(known).toHaveLength(waiting + atCounters);
      }),
      { numRuns: 200 },
    );
  });
});
