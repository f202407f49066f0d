import { beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../../cli/system.ts";
import { type KilledWeek, playKilledWeek } from "./killed-week.ts";

/** Each way is gone as often as its share says. `npm run test:returns-week` plays the whole week. */
const items = 100;
const kills = 10;
const seed = 1;
/** Half a minute here; each kill costs the start of a process, which a busy machine makes wait. */
const patienceMs = 600_000;

let killed: KilledWeek;
beforeAll(async () => {
  killed = await playKilledWeek({ items, kills, seed }, systemClock());
}, patienceMs);

describe(`a week whose gateways are real processes, killed by SIGKILL at random, seed ${seed}`, () => {
  test("ends and tells what it does when nobody dies", () => {
    expect(killed.findings, `the files are in ${killed.directory}`).toEqual([]);
    expect(killed.events).toBeGreaterThan(5 * items);
  });

  test("was killed in the middle of work", () => {
    const { kills: died, withReadings, readingsSentAgain } = killed.kills;
    // Some die once more in their start.
    expect(died).toBeGreaterThanOrEqual(kills);
    expect(withReadings).toBeGreaterThan(0);
    expect(readingsSentAgain).toBeGreaterThanOrEqual(withReadings);
  });
});
