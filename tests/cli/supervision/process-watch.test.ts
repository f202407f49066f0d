import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { endingOf } from "../../../cli/supervision/ending.ts";
import { ProcessWatch, type Stuck, type Watchable } from "../../../cli/supervision/process-watch.ts";
import type { Pulse } from "../../../protocols/progress.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";

interface Bench {
  readonly clock: ManualClock;
  /** What systemd was told, `WATCHDOG` for `WATCHDOG=1`, and when. */
  readonly told: string[];
  readonly stuck: Stuck[];
  readonly parts: Map<string, { steps: number; rests: boolean }>;
  lost: string | undefined;
  /** Systemd answers. */
  answers: boolean;
}

const minuteMs = 60_000;

function bench(watchdogMs: number | "none" = minuteMs): Bench {
  const clock = new ManualClock();
  const parts = new Map([["writer", { steps: 0, rests: false }]]);
  const made: Bench = { clock, told: [], stuck: [], parts, lost: undefined, answers: true };
  const watchable: Watchable = {
    look: () => undefined,
    pulses: (): readonly Pulse[] =>
      [...parts].map(([part, seen]) => ({ part, ...seen, stillMsMax: minuteMs })),
    lost: () => made.lost,
    callsHang: () => false,
    status: () => "well",
  };
  const watch = new ProcessWatch({
    watchable,
    wishes: { notifySocket: "/run/notify", watchdogMs: watchdogMs === "none" ? undefined : watchdogMs },
    tell(lines) {
      made.told.push(`${clock.monotonicMs() / 1_000} s ${lines.join(" ")}`);
      return made.answers ? Promise.resolve() : new Promise(() => undefined);
    },
    onStuck: (stuck) => made.stuck.push(stuck),
    clock,
    log: pino({ level: "silent" }),
  });
  watch.start();
  return made;
}

async function working({ clock, parts }: Bench, forMs: number, but?: string): Promise<void> {
  for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs += 1_000) {
    for (const [part, seen] of parts) if (part !== but) seen.steps += 1;
    await clock.turn(1_000);
  }
}

describe("a process that is watched", () => {
  it("is told to systemd as ready once and then as alive every third of the watchdog's time", async () => {
    const watched = bench();
    await working(watched, minuteMs);
    expect(watched.told).toEqual([
      "0 s READY=1 STATUS=well",
      "20 s WATCHDOG=1 STATUS=well",
      "40 s WATCHDOG=1 STATUS=well",
      "60 s WATCHDOG=1 STATUS=well",
    ]);
    expect(watched.stuck).toEqual([]);
  });

  it("says how it is where nobody wants to hear that it is alive", async () => {
    const watched = bench("none");
    watched.told.length = 0;
    // Without WatchdogSec= there is nothing to divide; a third of a minute is often enough.
    await working(watched, 21_000);
    expect(watched.told.map((line) => line.replace(/^\d+ s /, ""))).toEqual(["STATUS=well"]);
  });

  it.each(["writer", "link"])(
    "is alive no more from the moment on in which its %s stands still",
    async (part) => {
      const watched = bench();
      watched.parts.set("link", { steps: 0, rests: false });
      await working(watched, minuteMs);
      watched.told.length = 0;
      await working(watched, 3 * minuteMs, part);
      // Within its limit of a minute it is believed.
      expect(watched.told.filter((line) => line.includes("WATCHDOG"))).toHaveLength(3);
      expect(watched.stuck).toEqual([{ part, stillMs: 62_000 }]);
    },
  );

  it("is alive for ever with a part that rests", async () => {
    const watched = bench();
    watched.parts.set("device scale", { steps: 0, rests: true });
    await working(watched, 30 * minuteMs, "device scale");
    expect(watched.told).toHaveLength(91);
    expect(watched.stuck).toEqual([]);
  });

  it("ends with what could not be helped inside of it", async () => {
    const watched = bench();
    await working(watched, minuteMs);
    watched.lost = "device reader";
    await working(watched, minuteMs);
    expect(watched.stuck).toEqual([{ part: "device reader", stillMs: undefined }]);
    expect(watched.told.at(-1)).toBe("60 s WATCHDOG=1 STATUS=well");
  });

  it("asks nothing of a systemd that has not taken the last word yet", async () => {
    const watched = bench();
    watched.answers = false;
    await working(watched, 5 * minuteMs);
    expect(watched.told).toEqual(["0 s READY=1 STATUS=well", "20 s WATCHDOG=1 STATUS=well"]);
  });

  it("is stuck when its event loop is late at every look for a minute", async () => {
    const watched = bench();
    const { clock } = watched;
    const real = clock.after.bind(clock);
    clock.after = (delayMs, task) => real(delayMs + 1_500, task);
    await working(watched, 3 * minuteMs);
    expect(watched.stuck).toEqual([{ part: "event loop", stillMs: expect.closeTo(63_000, -4) as number }]);
  });
});

describe("the end of a process", () => {
  const stuck = (part: string) => ({ kind: "stuck", stuck: { part, stillMs: 60_000 } }) as const;

  it.each([
    ["a signal", { kind: "signal", signal: "SIGTERM" }, false, { closeMsMax: undefined, by: 0 }],
    ["a restart that was asked for", { kind: "restart" }, false, { closeMsMax: undefined, by: 69 }],
    ["a crash", { kind: "crashed", error: new Error("x") }, false, { closeMsMax: 5_000, by: 70 }],
    ["a link that stood still", stuck("link"), false, { closeMsMax: 10_000, by: 75 }],
    ["a device, with a thread that hangs", stuck("device a"), true, { closeMsMax: 10_000, by: "SIGKILL" }],
    ["a writer, which leaves nothing to close", stuck("writer"), false, { closeMsMax: 0, by: "SIGABRT" }],
    ["a reader", stuck("reader"), true, { closeMsMax: 0, by: "SIGABRT" }],
  ] as const)("after %s", (_, cause, callsHang, ending) => {
    expect(endingOf(cause, callsHang)).toEqual(ending);
  });
});
