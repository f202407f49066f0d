import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { localTimes } from "../../../gateway/local-time.ts";
import { type DayNumber, nextNumber } from "../../../gateway/queue/numbering.ts";
import type { Stamp } from "../../../protocols/readings.ts";
import { Course, happening, startMs } from "./course.ts";

const localTime = localTimes("Europe/Berlin");
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const inHandMs = dayMs;

interface Issued {
  readonly number: number;
  readonly day: string;
  /** Where the day was not known: the stamp that tells it later. */
  readonly unsetAt: Stamp | undefined;
  readonly trueMs: number;
}

/** One press at the kiosk, as the queue service takes it. */
function draw(box: Course, days: readonly DayNumber[]): { issued: Issued; days: readonly DayNumber[] } {
  const at = box.look();
  const { day } = localTime(at.wallMs);
  const isUnset = at.clock === "estimated" && box.time.departed(at) === undefined;
  const next = nextNumber(days, { day, at, isUnset }, box.time, localTime);
  const issued = { number: next.number, day, unsetAt: isUnset ? at : undefined, trueMs: box.trueMs };
  // As it comes back from disk.
  return { issued, days: JSON.parse(JSON.stringify(next.days)) as DayNumber[] };
}

/** The business day that HQ is told in the end. */
function dayOf({ day, unsetAt }: Issued, box: Course): string {
  const at = unsetAt && box.time.departed(unsetAt);
  return at === undefined ? day : localTime(at.wallMs).day;
}

const presses = { kind: "press" } as const;
const gaveUp = { kind: "give-up" } as const;
type Move = ReturnType<typeof happening> extends fc.Arbitrary<infer Value> ? Value : never;

function play(box: Course, course: readonly (Move | typeof presses | typeof gaveUp)[]): readonly Issued[] {
  const issued: Issued[] = [];
  let days: readonly DayNumber[] = [];
  for (const next of course) {
    if (next.kind === "give-up") for (const { boot } of box.time.unset()) box.time.giveUp(boot);
    else if (next.kind !== "press") box.happen(next);
    else {
      const drawn = draw(box, days);
      days = drawn.days;
      issued.push(drawn.issued);
    }
  }
  return issued;
}

const moves = (jumps: readonly number[]) =>
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(presses) },
      { weight: 1, arbitrary: fc.constant(gaveUp) },
      { weight: 3, arbitrary: happening(jumps) },
    ),
    { maxLength: 40 },
  );

describe("ticket numbers", () => {
  test("are never given twice on one business day, through boots without a clock and clocks that jump", () => {
    fc.assert(
      fc.property(fc.boolean(), moves([-dayMs, -hourMs, hourMs, dayMs, 3 * dayMs]), (isSet, course) => {
        const box = new Course({ isSet, holdMsMax: 600_000 });
        const issued = play(box, course);
        // In the end somebody sets the clock, and every day is known.
        box.happen({ kind: "set" });
        box.look();
        const numbers = issued.map((ticket) => `${dayOf(ticket, box)} ${ticket.number}`);
        expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  test("are never in two hands where a clock is set, lost or stepped within the day", () => {
    // A box that was off while its set clock was stepped looks like one that was off for so long: nobody can tell.
    const stepped = moves([-dayMs, -hourMs, hourMs, 2 * dayMs]).map((course) =>
      course.filter(({ kind }) => kind !== "reboot"),
    );
    const short = fc
      .oneof(stepped, moves([]))
      .map((course) =>
        course.map((next) => (next.kind === "pass" ? { ...next, ms: Math.min(next.ms, 600_000) } : next)),
      );
    fc.assert(
      fc.property(fc.boolean(), short, (isSet, course) => {
        // Ten in the morning, and a shop that closes before midnight: forty moves of ten minutes are seven hours.
        const box = new Course({ isSet, holdMsMax: 600_000 });
        const upToMs = startMs + 12 * hourMs;
        const issued = play(box, course).filter(({ trueMs }) => trueMs < upToMs);
        const numbers = issued.map(({ number }) => number);
        expect(new Set(numbers).size).toBe(numbers.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test("begin at 1 on each day of a clock that is set, and of one that never is but was given up", () => {
    for (const isSet of [true, false]) {
      const box = new Course({ isSet, holdMsMax: 0 });
      const day = [presses, presses, { kind: "pass", ms: inHandMs } as const];
      const issued = play(box, [...day, ...day, ...day]);
      expect(issued.map(({ number }) => number)).toEqual([1, 2, 1, 2, 1, 2]);
    }
  });

  test("begin at 1 on the day after the clock was set, and not before", () => {
    const box = new Course({ isSet: false, holdMsMax: 600_000 });
    const set = { kind: "set" } as const;
    const night = { kind: "pass", ms: dayMs } as const;
    const issued = play(box, [presses, night, presses, set, presses, night, presses]);
    expect(issued.map(({ number }) => number)).toEqual([1, 2, 3, 1]);
    expect(issued.map((ticket) => dayOf(ticket, box))).toEqual([
      "2026-11-22",
      "2026-11-23",
      "2026-11-23",
      "2026-11-24",
    ]);
  });

  test("remember the eight days that were used last", () => {
    const box = new Course({ isSet: true, holdMsMax: 0 });
    let days: readonly DayNumber[] = [];
    const used: string[] = [];
    for (let day = 0; day < 10; day += 1) {
      days = draw(box, days).days;
      used.push(localTime(box.trueMs).day);
      box.happen({ kind: "pass", ms: dayMs });
    }
    expect(days.map(({ day }) => day)).toEqual(used.slice(2));
  });
});
