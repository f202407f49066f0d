import type { SmaFrame } from "../../protocols/codecs/sma.ts";
import { sma, smaObstacle, smaWeight } from "../../protocols/codecs/sma.ts";
import { fromLatin1 } from "../../protocols/stream/bytes.ts";
import { scaleDriver, whenAsked } from "./parts/scale/driver.ts";
import type { ScaleWord } from "./parts/scale/protocol.ts";
import { weightWord } from "./parts/scale/protocol.ts";

/** Scales after the Scale Manufacturers Association's SCP-0499. */
export const smaScale = scaleDriver("sma", (settings) => ({
  codec: sma,
  read,
  speaks: whenAsked("\nW\r", settings),
  commands: { zero: fromLatin1("\nZ\r"), tare: fromLatin1("\nT\r"), "clear-tare": fromLatin1("\nC\r") },
}));

function read(frame: SmaFrame): ScaleWord | undefined {
  if (frame.kind === "unknown-command" || frame.kind === "garbled") return { kind: "not-understood" };
  const obstacle = smaObstacle(frame);
  if (obstacle !== undefined)
    return { kind: "obstacle", obstacle, detail: `status ${frame.kind === "weight" ? frame.status : ""}` };
  return weightWord(smaWeight(frame));
}
