import { expect, it } from "vitest";
import { Alarm } from "../../edge-agent/alarm.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

it("an alarm is moved forward, not back, and rings once", async () => {
  const clock = new ManualClock();
  const rung: number[] = [];
  const alarm = new Alarm(clock, () => rung.push(clock.monotonicMs()));
  alarm.setFor(500);
  alarm.setFor(200);
  alarm.setFor(900);
  alarm.setFor(undefined);
  await clock.turn(1_000);
  expect(rung).toEqual([200]);
  alarm.setFor(300);
  await clock.turn(0);
  expect(rung).toEqual([200, 1_000]);
  alarm.setFor(1_500);
  alarm.stop();
  await clock.turn(1_000);
  expect(rung).toEqual([200, 1_000]);
});
