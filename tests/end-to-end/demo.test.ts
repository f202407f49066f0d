import { describe, expect, it } from "vitest";
import { eventSchema } from "../../protocols/events.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";

/** Start, the seconds that are asked for, and the time until the last ticket is printed. */
const testMs = 90_000;

describe("storewire demo --json", () => {
  it(
    "prints each event of HQ and one summary, in which nothing is lost, doubled or missing",
    async () => {
      const demo = new StorewireProcess(["demo", "--seconds", "8", "--json", "--seed", "3"]);
      const exitCode = await demo.exit();
      const lines = demo.stdoutLines.map((line): unknown => JSON.parse(line));
      const summary = lines.pop();
      expect(summary, demo.said()).toMatchObject({
        lost: 0,
        doubled: 0,
        gaps: 0,
        uncertain: 0,
        examples: [],
        seed: 3,
        scenario: "ordinary-morning",
      });
      const { caused, stored, events } = summary as Readonly<Record<string, number>>;
      expect(caused).toBeGreaterThan(0);
      expect(stored).toBe(caused);
      const told = lines.map((line) => eventSchema.parse(line));
      expect(told).toHaveLength(events ?? 0);
      expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
      expect(told.map(({ type }) => type)).toEqual(
        expect.arrayContaining([
          "storewire.gateway.started",
          "storewire.device.state",
          "storewire.weighing.labelled",
        ]),
      );
      expect(exitCode).toBe(0);
    },
    testMs,
  );

  it(
    "ends in order when it is interrupted, and still says how it stands",
    async () => {
      const demo = new StorewireProcess(["demo", "--json", "--speed", "3"]);
      await waitUntil(
        "the first item is at HQ",
        () => demo.stdoutLines.some((line) => line.includes("storewire.return.handed-in")),
        testMs,
      );
      expect(await demo.kill("SIGINT")).toBe(0);
      expect(JSON.parse(demo.stdoutLines.at(-1) ?? "")).toMatchObject({ lost: 0, doubled: 0, gaps: 0 });
    },
    testMs,
  );
});
