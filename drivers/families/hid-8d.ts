import type { HidScaleFrame, HidScaleStatus } from "../../protocols/codecs/hid-8d.ts";
import { hid8d, hidScaleTare, hidScaleWeight } from "../../protocols/codecs/hid-8d.ts";
import { always, restingBy, scaleDriver } from "./parts/scale/driver.ts";
import type { ScaleObstacle, ScaleWord } from "./parts/scale/protocol.ts";
import { weightWord } from "./parts/scale/protocol.ts";

/** A USB scale of usage page 8D. What it sends first after opening may be old, and is told by no session. */
export const hid8dScale = scaleDriver("hid-8d", (settings) => ({
  codec: hid8d,
  read,
  speaks: always(settings),
  commands: { tare: hidScaleTare },
  resting: restingBy(settings),
}));

const obstacles: Partial<Record<HidScaleStatus, ScaleObstacle>> = {
  fault: "error",
  calibrate: "error",
  "over-limit": "overload",
  "re-zero": "no-zero",
};

function read(report: HidScaleFrame): ScaleWord | undefined {
  if (report.status === "tare-command") return undefined;
  const obstacle = obstacles[report.status];
  if (obstacle !== undefined)
    return { kind: "obstacle", obstacle, detail: `the scale says ${report.status}` };
  return weightWord(hidScaleWeight(report));
}
