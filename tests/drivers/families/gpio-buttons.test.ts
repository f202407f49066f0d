import { describe, expect, it } from "vitest";
import { gpioButtonsSession } from "../../../drivers/families/gpio-buttons.ts";
import { createButtons } from "../../../simulators/devices/gpio-buttons.ts";
import { Pump } from "./pump.ts";

const settings = {
  buttons: { regular: { kind: "issue", service: "returns", priorityClass: "regular" } },
} as const;
const pump = (bounces: number) => new Pump(gpioButtonsSession(settings), createButtons({ bounces }));

describe("gpio-buttons", () => {
  it("is ready as soon as the lines are open", async () => {
    const { ready } = await pump(0).open();
    expect(ready).toBe(true);
  });

  it("reports a press as its two edges, by the line's name", async () => {
    const buttons = await pump(0).open();
    buttons.stimulate({ kind: "press", line: "regular", holdMs: 90 });
    await buttons.clock.turn(89);
    expect(buttons.observations).toEqual([{ kind: "button", change: "down", button: "regular" }]);
    await buttons.clock.turn(1);
    expect(buttons.observations.slice(1)).toEqual([{ kind: "button", change: "up", button: "regular" }]);
  });

  it("passes every edge of a bouncing contact on, for the transport to debounce", async () => {
    const buttons = await pump(2).open();
    buttons.stimulate({ kind: "press", line: "regular" });
    buttons.stimulate({ kind: "press", line: "regular" });
    await buttons.clock.turn(1_000);
    const changes = buttons.observations.map((seen) => seen.kind === "button" && seen.change);
    expect(changes).toEqual(["down", "up", "down", "up", "down", "up", "down", "up", "down", "up"]);
  });

  it("does not know a line that no button is configured for", async () => {
    const buttons = await pump(0).open();
    buttons.stimulate({ kind: "press", line: "constructor" });
    await buttons.clock.turn(1_000);
    expect(buttons.observations).toEqual([]);
  });

  it("answers a command that it cannot carry out", async () => {
    const buttons = await pump(0).open();
    buttons.command({ id: "c1", device: "b", task: { kind: "tare" } });
    expect(buttons.answers).toEqual([
      { kind: "answer", command: "c1", outcome: "failed", fault: "command-unsupported" },
    ]);
  });
});
