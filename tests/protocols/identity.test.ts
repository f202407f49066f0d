import { validate, version } from "uuid";
import { describe, expect, it } from "vitest";
import { newId } from "../../protocols/identity.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

describe("an id", () => {
  it("is one of its own whatever the clock says: before 1970, standing still, or back where it was", () => {
    const clock = new ManualClock(0);
    const random = seededRandom(5);
    const ids: string[] = [];
    for (const wallMs of [-86_400_000, 0, 0, Date.UTC(2026, 10, 22), 0, Date.UTC(2099, 0, 1)]) {
      clock.wallOffsetMs = wallMs;
      for (let count = 0; count < 1_000; count += 1) ids.push(newId(clock, random));
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  });

  it("comes after those of an earlier millisecond, where the clock runs forwards", async () => {
    const clock = new ManualClock();
    const random = seededRandom(5);
    const ids: string[] = [];
    for (let count = 0; count < 100; count += 1) {
      ids.push(newId(clock, random));
      await clock.turn(1);
    }
    expect(ids).toEqual([...ids].sort((left, right) => (left < right ? -1 : 1)));
  });
});
