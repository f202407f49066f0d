import { describe, expect, test } from "vitest";
import { workLimits } from "../../gateway/broker/limits.ts";
import { WorkBudget, type WorkShare } from "../../gateway/broker/work-budget.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

const { ownUnitsBurst, ownUnitsPerSecond, poolUnitsBurst, poolUnitsPerSecond } = workLimits;

/** Works whenever it may, one unit at a time. */
class Flooder {
  done = 0;
  readonly #share: WorkShare;

  constructor(share: WorkShare) {
    this.#share = share;
    this.#go();
  }

  #go(): void {
    while (this.#share.mayWork) {
      this.#share.pay(1);
      this.done += 1;
    }
    this.#share.wait(() => this.#go());
  }
}

const tenSecondsMs = 10_000;

describe("the broker's budget of work", () => {
  test("lets one client have its own share and the pool, and no more", async () => {
    const clock = new ManualClock();
    const flooder = new Flooder(new WorkBudget(clock).openShare());
    expect(flooder.done).toBe(ownUnitsBurst + poolUnitsBurst);
    await clock.turn(tenSecondsMs);
    const wanted = ownUnitsBurst + poolUnitsBurst + 10 * (ownUnitsPerSecond + poolUnitsPerSecond);
    expect(flooder.done).toBeGreaterThan(wanted * 0.98);
    expect(flooder.done).toBeLessThanOrEqual(wanted);
  });

  test("shares the pool in turn among those who want more", async () => {
    const clock = new ManualClock();
    const budget = new WorkBudget(clock);
    const flooders = Array.from({ length: 8 }, () => new Flooder(budget.openShare()));
    await clock.turn(tenSecondsMs);
    const done = flooders.map((flooder) => flooder.done);
    expect(Math.max(...done) / Math.min(...done)).toBeLessThan(1.2);
    const wanted = poolUnitsBurst + 10 * poolUnitsPerSecond + 8 * (ownUnitsBurst + 10 * ownUnitsPerSecond);
    expect(done.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(wanted);
  });

  test("never lets one wait who stays within its own share, whatever the others do", async () => {
    const clock = new ManualClock();
    const budget = new WorkBudget(clock);
    const flooders = Array.from({ length: 31 }, () => new Flooder(budget.openShare()));
    const honest = budget.openShare();
    for (let message = 0; message < 500; message += 1) {
      await clock.turn(1_000 / ownUnitsPerSecond);
      expect(honest.mayWork).toBe(true);
      honest.pay(1);
    }
    expect(flooders.every(({ done }) => done > ownUnitsBurst)).toBe(true);
  });

  test("makes useless work be paid back in advance, out of the own share alone", async () => {
    const clock = new ManualClock();
    const share = new WorkBudget(clock).openShare();
    share.fine(ownUnitsBurst + 50);
    // The pool is full, and no help.
    expect(share.mayWork).toBe(false);
    await clock.turn((50 / ownUnitsPerSecond) * 1_000 - 1);
    expect(share.mayWork).toBe(false);
    await clock.turn(2);
    expect(share.mayWork).toBe(true);
    expect(share.isHopeless).toBe(false);
  });

  test("loses patience with one who goes on and on, and not with one who errs now and then", async () => {
    const clock = new ManualClock();
    const budget = new WorkBudget(clock);
    const clumsy = budget.openShare();
    const malicious = budget.openShare();
    let endedAfter: number | undefined;
    for (let second = 1; second <= 600; second += 1) {
      await clock.turn(1_000);
      clumsy.fine(workLimits.uselessUnitsPerSecond);
      for (let count = 0; count < 5; count += 1) malicious.fine(workLimits.deadLetterUnits);
      if (malicious.isHopeless) endedAfter ??= second;
    }
    expect(clumsy.isHopeless).toBe(false);
    // The burst, at 5 * 10 units a second of which 10 are forgiven.
    expect(endedAfter).toBe(15);
  });

  test("calls who waits although there is no hope, so that it can be cut off", async () => {
    const clock = new ManualClock();
    const share = new WorkBudget(clock).openShare();
    share.fine(workLimits.uselessUnitsBurst + 100);
    let called = false;
    share.wait(() => {
      called = true;
    });
    await clock.turn(workLimits.turnEveryMs);
    expect([called, share.mayWork, share.isHopeless]).toEqual([true, false, true]);
  });

  test("forgets who left", async () => {
    const clock = new ManualClock();
    const share = new WorkBudget(clock).openShare();
    share.fine(ownUnitsBurst + 1);
    share.wait(() => {
      throw new Error("called after it left");
    });
    share.leave();
    await clock.turn(60_000);
  });
});
