import type { Toledo8217Frame } from "../../protocols/codecs/toledo-8217.ts";
import { toledo8217, toledo8217Status, toledo8217Value } from "../../protocols/codecs/toledo-8217.ts";
import { fromLatin1 } from "../../protocols/stream/bytes.ts";
import { scaleDriver, whenAsked } from "./parts/scale/driver.ts";
import type { ScaleWord } from "./parts/scale/protocol.ts";

/** The scale under a checkout's scanner. The unit is nowhere in its frames, so the settings name it. */
export const toledo8217Scale = scaleDriver("toledo-8217", (settings) => ({
  codec: toledo8217,
  read,
  speaks: whenAsked(settings.highResolution ? "H" : "W", settings),
  commands: { zero: fromLatin1("Z"), tare: fromLatin1("T"), "clear-tare": fromLatin1("C") },
  unit: settings.unit,
}));

function read(frame: Toledo8217Frame): ScaleWord | undefined {
  if (frame.kind === "status") return readStatus(frame.status);
  if (frame.kind === "command") return undefined;
  const value = toledo8217Value(frame.field);
  return {
    kind: "weight",
    weight: { value, unit: null, stable: true, mode: frame.net ? "net" : "gross" },
  };
}

/** Worst first. */
const obstacles = [
  { bit: "overCapacity", obstacle: "overload" },
  { bit: "underZero", obstacle: "underload" },
  { bit: "outsideZeroCapture", obstacle: "no-zero" },
] as const;

/** Sent instead of a weight while there is none; motion may stand in it beside what it comes from. */
function readStatus(status: number): ScaleWord {
  const bits = toledo8217Status(status);
  const found = obstacles.find(({ bit }) => bits[bit]);
  if (found !== undefined)
    return { kind: "obstacle", obstacle: found.obstacle, detail: `the scale says ${found.bit}` };
  return { kind: "unsettled" };
}
