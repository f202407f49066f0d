import type { AsciiStUsFrame } from "../../protocols/codecs/ascii-st-us.ts";
import { asciiStUs } from "../../protocols/codecs/ascii-st-us.ts";
import type { ScaleKey, Shown } from "./scale/platform.ts";
import { magnitude } from "./scale/platform.ts";
import type { ScaleRequest, SendingOptions } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";

export interface AsciiStUsOptions extends SendingOptions {
  readonly sends: "always" | "asked";
  /** `gross-net`: with GS or NT, as T-Scale and CAS; `plain`: without, as A&D. */
  readonly style: "gross-net" | "plain";
}

export const createAsciiStUs = (options: AsciiStUsOptions) =>
  new SimulatedScale<AsciiStUsFrame>({
    name: "ascii-st-us",
    codec: asciiStUs,
    platform: options,
    ...(options.sends === "always" && { everyMs: options.everyMs }),
    tell: options.style === "plain" ? tellPlain : tell,
    hear,
  });

const stateOf = ({ stable }: Shown): "ST" | "US" => (stable ? "ST" : "US");
const signOf = ({ digits }: Shown): string => (digits < 0 ? "-" : "+");

function tell(shown: Shown): AsciiStUsFrame {
  const { unit } = shown;
  const mode = shown.net ? "NT" : "GS";
  if (shown.obstacle === "overload") return { kind: "weight", state: "OL", mode, field: "+------.-", unit };
  const field = `${signOf(shown)}${magnitude(shown).padStart(7)}`;
  return { kind: "weight", state: stateOf(shown), mode, field, unit };
}

/** Eight digits and the point, the unit in three characters; nines with an exponent where there is no weight. */
function tellPlain(shown: Shown): AsciiStUsFrame {
  const { obstacle } = shown;
  if (obstacle === "overload" || obstacle === "underload") {
    const field = `${obstacle === "overload" ? "+" : "-"}9999999E+19`;
    return { kind: "weight", state: "OL", field, unit: "" };
  }
  const field = `${signOf(shown)}${magnitude(shown).padStart(9, "0")}`;
  return { kind: "weight", state: stateOf(shown), field, unit: shown.unit.padStart(3) };
}

const keys: Readonly<Record<string, ScaleKey>> = { Z: "zero", R: "zero", T: "tare" };

function hear(frame: AsciiStUsFrame): ScaleRequest<AsciiStUsFrame> | undefined {
  if (frame.kind !== "command") return undefined;
  const key = keys[frame.command];
  return key === undefined ? { kind: "weight" } : { kind: "key", key };
}
