import type { NciEcrFrame, NciEcrObstacle } from "../../protocols/codecs/nci-ecr.ts";
import { nciEcr, nciEcrObstacle, nciEcrWeight } from "../../protocols/codecs/nci-ecr.ts";
import { fromLatin1 } from "../../protocols/stream/bytes.ts";
import { scaleDriver, whenAsked } from "./parts/scale/driver.ts";
import type { ScaleObstacle, ScaleWord } from "./parts/scale/protocol.ts";
import { weightWord } from "./parts/scale/protocol.ts";

/** NCI and Weigh-Tronix: asked by a letter, zeroed by another. */
export const nciEcrScale = scaleDriver("nci-ecr", (settings) => ({
  codec: nciEcr,
  read,
  speaks: whenAsked(settings.highResolution ? "H\r" : "W\r", settings),
  commands: { zero: fromLatin1("Z\r") },
}));

const obstacles: Readonly<Record<NciEcrObstacle, ScaleObstacle>> = {
  overload: "overload",
  underload: "underload",
  zero: "no-zero",
  ram: "error",
  eeprom: "error",
  rom: "error",
  calibration: "error",
};

function read(frame: NciEcrFrame): ScaleWord | undefined {
  if (frame.kind === "command") return undefined;
  if (frame.kind === "unknown-command") return { kind: "not-understood" };
  const named = nciEcrObstacle(frame);
  if (named !== undefined)
    return { kind: "obstacle", obstacle: obstacles[named], detail: `the scale says ${named}` };
  // A status alone says that there is no weight to send yet.
  return weightWord(nciEcrWeight(frame)) ?? { kind: "unsettled" };
}
