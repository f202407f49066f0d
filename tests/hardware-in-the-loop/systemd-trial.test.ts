import { describe, expect, it } from "vitest";
import { type Moment, shortcomings, type Trial } from "./systemd-trial.ts";

const ready: Moment = {
  Type: "notify",
  WatchdogUSec: "1min",
  MainPID: "151",
  NRestarts: "0",
  ActiveState: "active",
};
const ended: Moment = { ...ready, MainPID: "0", NRestarts: "1", ActiveState: "activating" };
const trial: Trial = {
  ready,
  hung: ready,
  ended,
  again: { ...ended, MainPID: "299", ActiveState: "active" },
};

describe("the judgement of a unit's trial", () => {
  it("has nothing to say of a unit whose watchdog bit once", () => {
    expect(shortcomings(trial)).toEqual([]);
  });

  it.each([
    ["the unit tells when it is ready", { ready: { ...ready, Type: "simple" } }],
    ["the unit tells when it is ready", { ready: { ...ready, ActiveState: "activating" } }],
    ["it has a watchdog", { ready: { ...ready, WatchdogUSec: "infinity" } }],
    ["it was not restarted before it hung", { ready: { ...ready, NRestarts: "1" } }],
    ["it was restarted once when it hung", { ended: { ...ended, NRestarts: "2" } }],
    ["it is ready again", { again: { ...trial.again, ActiveState: "failed" } }],
    ["it is another process", { again: { ...trial.again, MainPID: "151" } }],
  ] as const)("misses that %s", (words, change) => {
    expect(shortcomings({ ...trial, ...change })).toEqual([`not so: ${words}`]);
  });
});
