import type { AsciiStUsFrame } from "../../protocols/codecs/ascii-st-us.ts";
import { asciiStUs, asciiStUsObstacle, asciiStUsWeight } from "../../protocols/codecs/ascii-st-us.ts";
import { fromLatin1 } from "../../protocols/stream/bytes.ts";
import { always, scaleDriver, whenAsked } from "./parts/scale/driver.ts";
import type { ScaleWord } from "./parts/scale/protocol.ts";
import { weightWord } from "./parts/scale/protocol.ts";

/** The lines with ST and US of A&D, T-Scale, CAS CI and many nameless scales. Only A&D's hear commands. */
export const asciiStUsScale = scaleDriver("ascii-st-us", (settings) => ({
  codec: asciiStUs,
  read,
  speaks: settings.sends === "asked" ? whenAsked("Q\r\n", settings) : always(settings),
  commands: { zero: fromLatin1("Z\r\n"), tare: fromLatin1("T\r\n") },
}));

function read(frame: AsciiStUsFrame): ScaleWord | undefined {
  const obstacle = asciiStUsObstacle(frame);
  if (obstacle !== undefined) return { kind: "obstacle", obstacle, detail: "the scale says OL" };
  return weightWord(asciiStUsWeight(frame));
}
