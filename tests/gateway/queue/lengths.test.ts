import { describe, expect, test } from "vitest";
import { WaitingArea, words } from "./waiting-area.ts";

const quiet = ["returns", "advice"].flatMap((service) =>
  ["priority", "elderly", "pregnant", "disabled", "regular"].map(
    (each) => `length ${service}/${each} 0 (0-0)`,
  ),
);

describe("how many wait", () => {
  test("is told of every line at the start and once a minute, also where nobody comes", () => {
    const area = new WaitingArea();
    expect(words(area.pass(1))).toEqual(quiet);
    expect(area.pass(59)).toEqual([]);
    expect(words(area.pass(1))).toEqual(quiet);
  });

  test("is told once a second where it changes: the latest, with the fewest and the most since", () => {
    const area = new WaitingArea();
    area.pass(1);
    for (let count = 0; count < 3; count += 1) area.issue();
    area.decide("counter-1", { kind: "call-next" });
    expect(words(area.pass(1))).toEqual(["length returns/regular 2 (0-3)"]);
    expect(area.pass(1)).toEqual([]);
    area.decide("counter-1", { kind: "call-next" });
    area.issue();
    expect(words(area.pass(1))).toEqual(["length returns/regular 2 (1-2)"]);
  });

  test("counts those who left from the middle of a line", () => {
    const area = new WaitingArea();
    area.pass(1);
    const tickets = [area.issue(), area.issue(), area.issue(), area.issue()];
    for (const place of [1, 2]) area.decide("kiosk", { kind: "cancel", ticket: tickets[place] ?? "" });
    expect(words(area.pass(1))).toEqual(["length returns/regular 2 (0-4)"]);
    expect(area.decide("counter-1", { kind: "call-next" })[1]).toBe("called A-001");
    expect(area.decide("counter-1", { kind: "call-next" })[1]).toBe("called A-004");
    expect(words(area.pass(1))).toEqual(["length returns/regular 0 (0-2)"]);
  });
});
