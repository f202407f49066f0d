import { describe, expect, test } from "vitest";
import { WaitingArea, words } from "./waiting-area.ts";

const attentive = (attention: Record<string, number>) =>
  new WaitingArea((site) => {
    if (site.queue !== undefined) site.queue.attention = attention;
  });
const alerts = (area: WaitingArea, seconds: number) =>
  words(area.pass(seconds).filter(({ type }) => type === "storewire.alert.queue"));

describe("somebody has to look", () => {
  test("where many wait for one service: once, and once it is well again below four fifths", () => {
    const area = attentive({ waiting: 5 });
    for (let count = 0; count < 4; count += 1) area.issue();
    area.issue("advice");
    expect(alerts(area, 2)).toEqual([]);
    area.issue("returns", "elderly");
    expect(alerts(area, 3)).toEqual(["queue queue-long false"]);
    area.decide("counter-2", { kind: "call-next" });
    area.issue();
    area.decide("counter-2", { kind: "call-next" });
    expect(alerts(area, 3)).toEqual([]);
    area.decide("counter-2", { kind: "call-next" });
    expect(alerts(area, 3)).toEqual(["queue queue-long true"]);
  });

  test("where somebody waits for long, however short the line is", () => {
    const area = attentive({ longestWaitMinutes: 10 });
    area.issue();
    expect(alerts(area, 599)).toEqual([]);
    const told = area.pass(1).filter(({ type }) => type === "storewire.alert.queue");
    expect(told).toMatchObject([
      { subject: "returns", data: { code: "queue-wait-long", about: "returns", value: 10, limit: 10 } },
    ]);
    area.decide("counter-2", { kind: "call-next" });
    expect(alerts(area, 1)).toEqual(["queue queue-wait-long true"]);
  });

  test("where nobody is at an open counter, but not while a customer is served there or the counter is paused", () => {
    const area = attentive({ unattendedMinutes: 5 });
    area.issue();
    area.issue();
    area.decide("counter-2", { kind: "call-next" });
    area.decide("counter-2", { kind: "serve" });
    expect(alerts(area, 400)).toEqual([]);
    area.decide("counter-2", { kind: "finish" });
    expect(alerts(area, 299)).toEqual([]);
    expect(alerts(area, 2)).toEqual(["queue counter-unattended false"]);
    area.decide("counter-2", { kind: "pause" });
    expect(alerts(area, 2)).toEqual(["queue counter-unattended true"]);
    expect(alerts(area, 600)).toEqual([]);
  });

  test("where many are gone when they are called, once ten have ended", () => {
    const area = attentive({ abandonedShare: 0.3 });
    for (let count = 0; count < 9; count += 1) {
      area.issue();
      area.decide("counter-2", { kind: "call-next" });
      area.decide("counter-2", { kind: count % 2 === 0 ? "no-show" : "finish" });
    }
    expect(alerts(area, 1)).toEqual([]);
    area.decide("kiosk", { kind: "cancel", ticket: area.issue() });
    expect(alerts(area, 1)).toEqual(["queue queue-abandoned false"]);
    for (let count = 0; count < 40; count += 1) {
      area.issue();
      area.decide("counter-2", { kind: "call-next" });
      area.decide("counter-2", { kind: "finish" });
    }
    expect(alerts(area, 1)).toEqual(["queue queue-abandoned true"]);
  });
});
