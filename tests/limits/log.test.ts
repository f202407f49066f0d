import { describe, expect, it } from "vitest";
import { openLog } from "../../cli/log.ts";
import { LogThinning, lineKindsMax, sameLinesMax, sameLinesMs } from "../../cli/log-thinning.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

describe("the log", () => {
  const thinned = () => {
    const clock = new ManualClock();
    const lines: Record<string, unknown>[] = [];
    const write = (line: string): void => void lines.push(JSON.parse(line));
    return { clock, lines, log: openLog("info", "run", clock, { write }) };
  };

  it("writes ten lines a minute of one event and device, and says how many it left out", async () => {
    const { clock, lines, log } = thinned();
    for (let second = 0; second < 100; second += 1) {
      log.warn({ event: "device-lost", attempt: second }, "again");
      await clock.turn(1_000);
    }
    expect(lines.map(({ attempt }) => attempt)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69,
    ]);
    expect(lines[10]).toMatchObject({
      event: "device-lost",
      leftOut: 50,
      level: 40,
      part: "run",
    });
    expect(Object.values(lines[10] ?? {})).toContain("again");
    expect(lines.filter(({ leftOut }) => leftOut !== undefined)).toHaveLength(1);
  });

  it("does not let one device's trouble silence another's, or another event", () => {
    const { lines, log } = thinned();
    const [first, second] = [log.child({ device: "scale1" }), log.child({ device: "scale2" })];
    for (let line = 0; line < 20; line += 1) first.warn({ event: "noisy" });
    second.warn({ event: "noisy" });
    first.error({ event: "silent" });
    log.error({ event: "noisy", device: "scale3" });
    expect(lines).toHaveLength(sameLinesMax + 3);
    expect(lines.at(-1)).toMatchObject({ device: "scale3" });
  });

  it("keeps its secrets and its level", () => {
    const { lines, log } = thinned();
    log.debug({ event: "chatter" });
    log.info({ event: "told", password: "x", account: { password: "y" } });
    expect(lines).toMatchObject([
      { event: "told", password: "[Redacted]", account: { password: "[Redacted]" } },
    ]);
  });

  it("remembers so many kinds of lines and no more, and forgets the one that was silent longest", () => {
    const thinning = new LogThinning();
    const said = (kind: string, nowMs: number): boolean => thinning.judge(kind, nowMs).write;
    for (let line = 0; line < sameLinesMax; line += 1) said("first", 0);
    expect(said("first", 1)).toBe(false);
    for (let kind = 1; kind < lineKindsMax; kind += 1) said(`kind ${kind}`, 2);
    expect(said("first", 3)).toBe(false);
    said("one more", 4);
    expect(said("first", 5)).toBe(true);
  });

  it("counts anew in each window", () => {
    const thinning = new LogThinning();
    for (let line = 0; line < sameLinesMax + 7; line += 1) thinning.judge("a", line);
    expect(thinning.judge("a", sameLinesMs - 1)).toEqual({ write: false });
    expect(thinning.judge("a", sameLinesMs)).toEqual({ write: true, leftOut: 8 });
    expect(thinning.judge("a", sameLinesMs + 1)).toEqual({ write: true, leftOut: 0 });
  });
});
