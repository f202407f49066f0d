import type { ToledoContinuousFrame } from "../../protocols/codecs/toledo-continuous.ts";
import {
  toledoContinuous,
  toledoContinuousObstacle,
  toledoContinuousWeight,
} from "../../protocols/codecs/toledo-continuous.ts";
import { always, scaleDriver } from "./parts/scale/driver.ts";
import type { ScaleWord } from "./parts/scale/protocol.ts";
import { weightWord } from "./parts/scale/protocol.ts";

/** Mettler Toledo's terminals in continuous mode, with and without the check behind each frame. */
export const toledoContinuousScale = scaleDriver("toledo-continuous", (settings) => ({
  codec: toledoContinuous,
  read,
  speaks: always(settings),
}));

const details = {
  overload: "out of range",
  underload: "out of range, below nought",
  "no-zero": "power-up zero not captured",
} as const;

function read(frame: ToledoContinuousFrame): ScaleWord | undefined {
  const obstacle = toledoContinuousObstacle(frame);
  if (obstacle !== undefined)
    return { kind: "obstacle", obstacle, detail: `the scale says ${details[obstacle]}` };
  return weightWord(toledoContinuousWeight(frame));
}
