import { expect, test } from "vitest";
import { TfminiSession } from "../../../drivers/families/tfmini.ts";
import { smoother } from "../../../edge-agent/smoothing.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { createTfmini, tfminiDefaults } from "../../../simulators/devices/tfmini.ts";
import { Pump } from "../../drivers/families/pump.ts";
import { WaitingArea, words } from "./waiting-area.ts";

/** A sensor at a read point, from its bytes to what the queue makes of its readings. */
async function sensorAt(readPoint: string, settings: object) {
  const transport = { kind: "serial", path: "/dev/ttyAMA0" };
  const device = deviceSchema.parse({ id: "eye", readPoint, driver: "tfmini", transport, settings });
  if (device.driver !== "tfmini") throw new Error("a tfmini was parsed");
  const eye = new Pump(new TfminiSession(device.settings), createTfmini(tfminiDefaults, seededRandom(3)));
  const readings = smoother(device.smoothing);
  let taken = 0;
  await eye.open();
  /** Seconds pass at the sensor and in the store; what the queue tells meanwhile. */
  async function pass(area: WaitingArea, seconds: number): Promise<string[]> {
    const told: string[] = [];
    for (let second = 0; second < seconds; second += 1) {
      await eye.clock.turn(1_000);
      for (const observation of eye.observations.slice(taken))
        for (const reading of readings.observe(observation, area.atMs))
          told.push(...words(area.see("eye", readPoint, reading).events));
      taken = eye.observations.length;
      told.push(...words(area.pass(1)));
    }
    return told.filter((word) => !word.startsWith("length"));
  }
  return { eye, pass };
}

test("whoever stands at a shelf calls staff, in sunlight too; who passes by does not", async () => {
  const area = new WaitingArea((site) => {
    if (site.queue !== undefined) site.queue.shelves = [{ readPoint: "bench", seconds: 20 }];
  });
  const { eye, pass } = await sensorAt("bench", {});
  await pass(area, 5);
  eye.stimulate({ kind: "pass", distanceCm: 90, bodyMs: 3_000 });
  expect(await pass(area, 40)).toEqual([]);
  eye.stimulate({ kind: "come", distanceCm: 90 });
  await pass(area, 5);
  eye.stimulate({ kind: "light", light: "sunlight" });
  expect(await pass(area, 12)).toEqual([]);
  expect(await pass(area, 5)).toEqual(["shelf.staff-called"]);
  eye.stimulate({ kind: "light", light: "good" });
  eye.stimulate({ kind: "go" });
  expect(await pass(area, 2)).toEqual(["shelf.left"]);
});

test("whoever passes a doorway joins the queue or leaves it, each once", async () => {
  const area = new WaitingArea((site) => {
    if (site.queue !== undefined)
      site.queue.crowds = [{ id: "tills", entrances: ["desk"], exits: ["bench"] }];
  });
  const entrance = await sensorAt("desk", { emptyCm: 200, counts: "in" });
  const exit = await sensorAt("bench", { emptyCm: 200, counts: "out" });
  for (const { eye, pass } of [entrance, entrance, entrance, exit]) {
    await pass(area, 1);
    eye.stimulate({ kind: "pass", distanceCm: 80, bodyMs: 250 });
    await pass(area, 2);
  }
  expect(area.view.crowds).toMatchObject([{ id: "tills", length: 2 }]);
});
