import { describe, expect, it } from "vitest";
import { duration, statusLine } from "../../../cli/supervision/status-line.ts";

const device = (name: string, state: string, fault?: string) => ({ device: name, state, fault });

describe("the line in systemctl status", () => {
  it("says what works, what does not, and since when", () => {
    const line = statusLine({
      devices: [
        device("cage-reader", "ready"),
        device("printer", "degraded", "paper-end"),
        device("scale", "absent", "device-absent"),
      ],
      link: { name: "headquarters", up: false, forMs: 11_520_000 },
      backlog: { count: 1_204, of: "events" },
      clock: "estimated",
    });
    expect(line).toBe(
      "2 of 3 devices ready (printer paper-end, scale device-absent); headquarters down for 3 h 12 min; " +
        "1204 events waiting; clock not set yet",
    );
  });

  it("shows three faults, and how many more there are", () => {
    const devices = ["a", "b", "c", "d", "e"].map((name) => device(name, "faulted", "silent"));
    const line = statusLine({
      devices,
      link: undefined,
      backlog: { count: 0, of: "readings" },
      clock: "synced",
    });
    expect(line).toBe(
      "0 of 5 devices ready (a silent, b silent, c silent, 2 more); 0 readings waiting; clock set",
    );
  });

  it.each([
    [0, "0 s"],
    [999, "0 s"],
    [61_000, "1 min 1 s"],
    [3_600_000, "1 h"],
    [90_061_000, "1 d 1 h"],
    [864_000_000, "10 d"],
  ])("has words for %d ms", (ms, words) => {
    expect(duration(ms)).toBe(words);
  });
});
