import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventTypes } from "../../../protocols/events.ts";
import { WaitingArea, words } from "./waiting-area.ts";

const crowdSchema = eventTypes["storewire.queue.crowd"].data;
const face = (area: WaitingArea, score: number, counter = "counter-1") =>
  area
    .see("console", counter, { kind: "action", action: { kind: "rate", score } })
    .events.map(({ data }) => data);

describe("a face that is pressed at a counter", () => {
  const served = () => {
    const area = new WaitingArea();
    area.issue();
    area.decide("counter-1", { kind: "call-next" });
    area.decide("counter-1", { kind: "serve" });
    return area;
  };

  test("is a rating of whoever is served there, and their first press counts", () => {
    const area = served();
    const [rating] = face(area, 5);
    expect(rating).toMatchObject({ counter: "counter-1", score: 5, faces: 5, service: "returns" });
    expect(face(area, 1)).toEqual([]);
    area.decide("counter-1", { kind: "finish" });
    area.atMs += 60_000;
    expect(face(area, 1)).toEqual([]);
  });

  test("is theirs on the way out, and after two minutes of somebody whom nobody knows", () => {
    const area = served();
    area.decide("counter-1", { kind: "finish" });
    area.atMs += 120_000;
    expect(face(area, 2)).toMatchObject([{ service: "returns" }]);
    area.atMs += 1;
    expect(face(area, 4)).toEqual([{ counter: "counter-1", score: 4, faces: 5 }]);
    area.atMs += 19_999;
    expect(face(area, 4)).toEqual([]);
    area.atMs += 1;
    expect(face(area, 4)).toHaveLength(1);
  });

  test("means nothing where there is no such face or no counter", () => {
    const area = new WaitingArea((site) => {
      if (site.queue !== undefined) site.queue.faces = 3;
    });
    expect(face(area, 4)).toEqual([]);
    expect(face(area, 3, "kiosk")).toEqual([]);
    expect(face(area, 3)).toHaveLength(1);
  });
});

describe("somebody at a shelf", () => {
  const shop = () =>
    new WaitingArea((site) => {
      if (site.queue !== undefined)
        site.queue.shelves = [{ readPoint: "bench", seconds: 20, name: "Cameras" }];
    });
  const sees = (area: WaitingArea, present: boolean, readPoint = "bench") =>
    words(area.see("sensor1", readPoint, { kind: "presence", present }).events);
  const told = (area: WaitingArea, seconds: number) =>
    words(area.pass(seconds).filter(({ type }) => type.startsWith("storewire.queue.shelf")));

  test("who stays is told of once, shown on the board, and told of when they leave", () => {
    const area = shop();
    expect(sees(area, true)).toEqual([]);
    expect(told(area, 19)).toEqual([]);
    expect(area.view.shelves).toEqual([]);
    expect(told(area, 1)).toEqual(["shelf.staff-called"]);
    expect(told(area, 60)).toEqual([]);
    expect(area.view.shelves).toMatchObject([{ readPoint: "bench", name: "Cameras", presentMs: 80_000 }]);
    expect(sees(area, true)).toEqual([]);
    expect(sees(area, false)).toEqual(["shelf.left"]);
    expect(area.view.shelves).toEqual([]);
  });

  test("who passes by is not, nor whom a sensor saw that is gone, nor anybody elsewhere", () => {
    const area = shop();
    sees(area, true);
    area.pass(10);
    expect(sees(area, false)).toEqual([]);
    sees(area, true);
    area.see("sensor1", "bench", { kind: "health", state: "absent", noiseBytes: 0, droppedReadings: 0 });
    sees(area, true, "desk");
    expect(told(area, 60)).toEqual([]);
  });
});

describe("a queue without tickets", () => {
  const shop = (exits: string[] = []) =>
    new WaitingArea((site) => {
      if (site.queue !== undefined) site.queue.crowds = [{ id: "tills", entrances: ["desk"], exits }];
    });
  const pass = (area: WaitingArea, direction: "in" | "out", readPoint = "desk") =>
    area.see("beams1", readPoint, { kind: "passage", direction });
  const told = (area: WaitingArea, seconds: number) =>
    area
      .pass(seconds)
      .filter(({ type }) => type === "storewire.queue.crowd")
      .map(({ data }) => data);

  test("is as long as passages say, told within a second and once a minute, with what is not known of it", () => {
    const area = shop(["bench"]);
    for (let count = 0; count < 4; count += 1) pass(area, "in");
    pass(area, "out", "bench");
    pass(area, "out");
    const facts = { crowd: "tills", arrivals: 4, departures: 1, abandoned: 1, miscounts: 0 };
    expect(told(area, 1)).toEqual([{ ...facts, length: 2, least: 1, most: 3 }]);
    expect(told(area, 59)).toEqual([]);
    expect(told(area, 1)).toHaveLength(1);
    expect(area.view.crowds).toEqual([
      { id: "tills", name: "tills", nameChinese: "tills", length: 2, least: 1, most: 3 },
    ]);
  });

  test("knows less the more pass, and all again when nobody is there", () => {
    const area = shop();
    for (let count = 0; count < 100; count += 1) pass(area, "in");
    const { least, most } = area.view.crowds[0] ?? { least: 0, most: 0 };
    expect(most - least).toBe(8);
    for (let count = 0; count < 101; count += 1) pass(area, "out");
    expect(told(area, 1)).toMatchObject([{ length: 0, least: 0, most: 0, departures: 101, miscounts: 1 }]);
  });

  test("is empty when nobody has passed for half an hour, and on another day", () => {
    const area = shop();
    for (let count = 0; count < 3; count += 1) pass(area, "in");
    expect(told(area, 1_800).at(-1)).toMatchObject({ length: 0, least: 0, most: 0, miscounts: 3 });
    pass(area, "in");
    area.atMs += 86_400_000;
    pass(area, "in");
    expect(told(area, 1).at(-1)).toMatchObject({ length: 1, arrivals: 1, miscounts: 0 });
  });

  test("is never shorter than nobody, and what came, went and was corrected always adds up", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("in", "out", "out-bench", "in-bench"), { maxLength: 80 }),
        (passages) => {
          const area = shop(["bench"]);
          for (const passage of passages) {
            pass(area, passage.startsWith("in") ? "in" : "out", passage.endsWith("bench") ? "bench" : "desk");
            area.atMs += 500;
          }
          if (passages.length === 0) return;
          const [data] = told(area, 1).map((each) => crowdSchema.parse(each));
          if (data === undefined) throw new Error("nothing was told");
          expect(data.length).toBe(data.arrivals - data.departures - data.abandoned + data.miscounts);
          expect(data.least).toBeLessThanOrEqual(data.length);
          expect(data.most).toBeGreaterThanOrEqual(data.length);
        },
      ),
    );
  });
});
