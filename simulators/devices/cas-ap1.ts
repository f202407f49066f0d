import type { CasAp1Frame } from "../../protocols/codecs/cas-ap1.ts";
import { casAp1 } from "../../protocols/codecs/cas-ap1.ts";
import type { PlatformOptions, Shown } from "./scale/platform.ts";
import { magnitude } from "./scale/platform.ts";
import type { ScaleRequest } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";

const fieldCharacters = 6;

export const createCasAp1 = (platform: PlatformOptions) =>
  new SimulatedScale<CasAp1Frame>({ name: "cas-ap1", codec: casAp1, platform, tell, hear });

const tell = (shown: Shown): CasAp1Frame => ({
  kind: "weight",
  stable: shown.stable,
  negative: shown.digits < 0,
  field: magnitude(shown).padStart(fieldCharacters, "0"),
  unit: shown.unit.padStart(2),
});

function hear({ kind }: CasAp1Frame): ScaleRequest<CasAp1Frame> | undefined {
  if (kind === "enquiry") return { kind: "say", frame: { kind: "acknowledge" } };
  return kind === "request" ? { kind: "weight" } : undefined;
}
