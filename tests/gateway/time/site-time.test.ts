import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bootsIn, bootsMax } from "../../../gateway/time/boots.ts";
import type { Reading, Stamp } from "../../../protocols/readings.ts";
import { readingsOf, scanned, testTime } from "../store.ts";
import { Course, happening, startMs } from "./course.ts";

const hourMs = 3_600_000;
const own = (change: Partial<Stamp>): Stamp => ({
  wallMs: 0,
  monotonicMs: 0,
  boot: "boot1",
  clock: "estimated",
  ...change,
});
const reading = (at: Stamp, agent = "agent2"): Reading =>
  readingsOf(agent)({ device: "scanner1", readPoint: "desk", observation: scanned("x"), at });

describe("a clock that was set", () => {
  test("gives every earlier stamp of its boot a time, and no other boot's", () => {
    const time = testTime(600_000);
    const early = own({ wallMs: 5_000, monotonicMs: 30_000 });
    expect(time.begin(early, false)).toEqual(early);
    expect(time.departed(early)).toBeUndefined();
    time.begin(own({ wallMs: startMs + 90_000, monotonicMs: 90_000, clock: "synced" }), true);
    const known = { ...early, wallMs: startMs + 30_000, clock: "synced" };
    expect(time.restamped(early)).toEqual(known);
    expect(time.departed(early)).toEqual(known);
    expect(time.restamped(own({ boot: "boot2", wallMs: 7 }))).toEqual(own({ boot: "boot2", wallMs: 7 }));
  });

  test("and is stepped later does not move what has left, but what is stamped anew", () => {
    const time = testTime(600_000);
    time.begin(own({}), false);
    time.begin(own({ wallMs: startMs, clock: "synced" }), true);
    time.begin(own({ wallMs: startMs + hourMs + 5_000, monotonicMs: 5_000, clock: "synced" }), true);
    const early = own({ monotonicMs: 1_000 });
    expect(time.departed(early)?.wallMs).toBe(startMs + 1_000);
    expect(time.restamped(early).wallMs).toBe(startMs + hourMs + 1_000);
    const { revision } = time;
    // Slewed, not stepped: nothing is written for it.
    time.begin(own({ wallMs: startMs + hourMs + 60_499, monotonicMs: 60_000, clock: "synced" }), true);
    expect(time.revision).toBe(revision);
  });
});

describe("a boot that ended before its clock was set", () => {
  const documents = new Map<string, unknown>();
  const boots = (name: string) => testTime(600_000, name, documents);
  const before = boots("boot1");
  before.begin(own({ wallMs: startMs, monotonicMs: 100_000, clock: "synced" }), false);
  const unset = boots("boot2");
  const inside = own({ boot: "boot2", wallMs: 60_000, monotonicMs: 80_000 });
  unset.begin({ ...inside, monotonicMs: 20_000 }, false);
  unset.begin({ ...inside, monotonicMs: 90_000 }, false);
  const after = boots("boot3");

  test("lies between the times that are known: not before the last believed one", () => {
    after.begin(own({ boot: "boot3", wallMs: 1_000, monotonicMs: 30_000 }), false);
    expect(after.departed(inside)).toBeUndefined();
    // boot2 came up after the last note of boot1, and boot3 after 90 s of boot2.
    expect(after.restamped(inside)).toMatchObject({ wallMs: startMs + 80_000, clock: "estimated" });
    expect(after.restamped(own({ boot: "boot3", monotonicMs: 30_000 })).wallMs).toBe(startMs + 120_000);
  });

  test("and is bounded by the next one's zero for good once that is set", () => {
    const set = own({ boot: "boot3", wallMs: startMs + hourMs, monotonicMs: 40_000, clock: "synced" });
    after.begin(set, true);
    expect(after.departed(inside)).toMatchObject({ wallMs: startMs + 80_000, clock: "estimated" });
    // Off for an hour less what the three boots ran; the one in between came as late as it can have.
    expect(after.elapsedMs(own({ monotonicMs: 100_000 }), set)).toBe(hourMs);
    expect(after.elapsedMs(inside, set)).toBe(40_000 + (90_000 - 80_000));
  });
});

describe("a start whose first input is a tick", () => {
  test("goes on from the start before, so that deadlines run on", () => {
    const documents = new Map<string, unknown>();
    const last = own({ wallMs: startMs, monotonicMs: 100_000, clock: "synced" });
    testTime(0, "boot1", documents).begin(last, false);
    const time = testTime(0, "boot2", documents);
    const first = own({ boot: "boot2", wallMs: startMs + hourMs, monotonicMs: 5_000, clock: "synced" });
    time.begin(first, true);
    expect(time.elapsedMs(last, first)).toBe(hourMs);
  });
});

describe("another box", () => {
  test("that is set tells its boot's time with any reading, and that ours is not earlier", () => {
    const time = testTime(600_000);
    time.begin(own({ monotonicMs: 10_000 }), false);
    const early = own({ boot: "agent-boot", wallMs: 3, monotonicMs: 2_000 });
    expect(time.arrived(reading(early)).at.clock).toBe("estimated");
    expect(time.departed(early)).toBeUndefined();
    time.begin(own({ monotonicMs: 70_000 }), false);
    const told = own({ boot: "agent-boot", wallMs: startMs, monotonicMs: 61_000, clock: "synced" });
    expect(time.arrived(reading(told))).toEqual(reading(told));
    expect(time.departed(early)).toMatchObject({ wallMs: startMs - 59_000, clock: "synced" });
    expect(time.arrived(reading({ ...early, monotonicMs: 3_000 })).at).toMatchObject({
      wallMs: startMs - 58_000,
      clock: "synced",
    });
    // Ours is not set; but it is not before the agent's either.
    expect(time.restamped(own({ monotonicMs: 71_000 }))).toMatchObject({
      wallMs: startMs + 1_000,
      clock: "estimated",
    });
  });

  test("that is never set is measured by its fastest message", () => {
    const time = testTime(600_000);
    const at = (monotonicMs: number) => own({ wallMs: startMs + monotonicMs, monotonicMs, clock: "synced" });
    time.begin(at(100_000), false);
    const first = own({ boot: "agent-boot", wallMs: 3, monotonicMs: 2_000 });
    expect(time.arrived(reading(first)).at).toMatchObject({ wallMs: startMs + 100_000, clock: "estimated" });
    time.begin(at(101_000), false);
    time.arrived(reading({ ...first, monotonicMs: 42_000 }));
    expect(time.restamped(first).wallMs).toBe(startMs + 61_000);
    time.giveUp("agent-boot");
    time.begin(at(102_000), false);
    time.arrived(reading({ ...first, monotonicMs: 52_000 }));
    expect(time.departed(first)?.wallMs).toBe(startMs + 61_000);
    expect(time.restamped(first).wallMs).toBe(startMs + 52_000);
    // A scanner there and a scale here: the distance between their readings.
    expect(time.elapsedMs({ ...first, monotonicMs: 52_000 }, at(103_000))).toBe(1_000);
    expect(time.elapsedMs(at(103_000), { ...first, monotonicMs: 52_000 })).toBe(-1_000);
  });

  test("that begins anew has ended the boot before: nobody will set that clock any more", () => {
    const time = testTime(600_000);
    time.begin(own({ wallMs: startMs, clock: "synced" }), false);
    const first = own({ boot: "first", monotonicMs: 0 });
    time.arrived(reading(first));
    time.arrived(reading(own({ boot: "neighbour" }), "agent3"));
    expect(time.departed(first)).toBeUndefined();
    time.arrived(reading(own({ boot: "second" })));
    expect(time.departed(first)).toMatchObject({ wallMs: startMs, clock: "estimated" });
    expect(time.unset().map(({ boot }) => boot)).toEqual(["neighbour", "second"]);
  });

  test("is forgotten when there are too many, before any of our own starts", () => {
    const documents = new Map<string, unknown>();
    const first = testTime(600_000, "first", documents);
    first.begin(own({ boot: "first" }), false);
    const time = testTime(600_000, "boot1", documents);
    time.begin(own({}), false);
    for (let count = 0; count < bootsMax; count += 1)
      time.arrived(reading(own({ boot: `stranger-${count}` })));
    const names = bootsIn(documents).map(({ boot }) => boot);
    expect(names).toHaveLength(bootsMax);
    expect(names.slice(0, 3)).toEqual(["first", "boot1", "stranger-2"]);
    const forgotten = own({ boot: "stranger-0", wallMs: 77 });
    expect(time.departed(forgotten)).toEqual(forgotten);
    expect(time.elapsedMs(forgotten, own({}))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("elapsed time", () => {
  test("is exact within a boot, exact between boots whose clocks were set, and never more than the truth", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(happening([]), { minLength: 1, maxLength: 25 }), (isSet, course) => {
        const box = new Course({ isSet, holdMsMax: 600_000 });
        const seen: { readonly at: Stamp; readonly trueMs: number; readonly boot: string }[] = [];
        const everSet = new Set<string>();
        for (const next of [{ kind: "pass", ms: 1 } as const, ...course]) {
          box.happen(next);
          const at = box.look();
          if (box.isSet) everSet.add(box.boot);
          for (const before of seen) {
            const elapsedMs = box.time.elapsedMs(before.at, at);
            const trueMs = box.trueMs - before.trueMs;
            expect(elapsedMs).toBeLessThanOrEqual(trueMs + 1);
            const isKnown = before.boot === box.boot || (box.isSet && everSet.has(before.boot));
            if (isKnown) expect(elapsedMs).toBeGreaterThanOrEqual(trueMs - 1);
            // The box has been up so long for certain.
            if (before.boot !== box.boot) expect(elapsedMs).toBeGreaterThanOrEqual(at.monotonicMs);
            const backMs = box.time.elapsedMs(at, before.at);
            expect(backMs === 0 ? 0 : -backMs).toBe(elapsedMs);
          }
          seen.push({ at, trueMs: box.trueMs, boot: box.boot });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("counts what earlier boots were up for, to the minute, also where no clock was ever set", () => {
    const box = new Course({ isSet: false, holdMsMax: 600_000 });
    const first = box.look();
    box.happen({ kind: "pass", ms: 10 * hourMs });
    box.look();
    box.happen({ kind: "reboot", offMs: 8 * hourMs, wallMs: 0 });
    box.look();
    box.happen({ kind: "pass", ms: hourMs });
    expect(box.time.elapsedMs(first, box.look())).toBe(11 * hourMs + 20_000);
  });

  test("lets a deadline ring once, when it is due, whatever the wall clock does", () => {
    const jumps = [-400 * 24 * hourMs, -hourMs, -1_000, 1_000, hourMs, 400 * 24 * hourMs];
    const tickMs = 1_000;
    const isHere = ({ kind }: { readonly kind: string }): boolean => kind !== "reboot";
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(happening(jumps).filter(isHere), { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        (isSet, course, minutes) => {
          const box = new Course({ isSet, holdMsMax: 600_000 });
          const begun = box.look();
          const dueMs = begun.monotonicMs + minutes * 60_000;
          const rung: number[] = [];
          for (const next of [...course, { kind: "pass", ms: 41 * 60_000 } as const]) {
            const untilMs = box.trueMs + (next.kind === "pass" ? Math.min(next.ms, 45 * 60_000) : 0);
            if (next.kind !== "pass") box.happen(next);
            while (box.trueMs < untilMs && rung.length === 0) {
              box.happen({ kind: "pass", ms: Math.min(tickMs, untilMs - box.trueMs) });
              const now = box.look(true);
              if (box.time.elapsedMs(begun, now) >= minutes * 60_000) rung.push(now.monotonicMs);
            }
          }
          expect(rung).toHaveLength(1);
          expect(rung[0]).toBeGreaterThanOrEqual(dueMs);
          expect(rung[0]).toBeLessThanOrEqual(dueMs + tickMs);
        },
      ),
      { numRuns: 60 },
    );
  });
});
