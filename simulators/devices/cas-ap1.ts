import type { CasAp1Frame } from "../../protocols/codecs/cas-ap1.ts";
import { casAp1 } from "../../protocols/codecs/cas-ap1.ts";
import type { PlatformOptions, Shown } from "./scale/platform.ts";
import { magnitude } from "./scale/platform.ts";
import type { ScaleRequest } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";

const fieldCharacters = 6;

export interface CasAp1Options extends PlatformOptions {
  /** ACS scales write `KG`; with `G` the check may be any of the dialogue's own bytes. */
  readonly capitals: boolean;
}

export const createCasAp1 = (options: CasAp1Options) =>
  new SimulatedScale<CasAp1Frame>({
    name: "cas-ap1",
    codec: casAp1,
    platform: options,
    tell: (shown) => tell(shown, options),
    hear,
  });

function tell(shown: Shown, { capitals }: CasAp1Options): CasAp1Frame {
  const unit = shown.unit.padStart(2);
  return {
    kind: "weight",
    stable: shown.stable,
    negative: shown.digits < 0,
    field: magnitude(shown).padStart(fieldCharacters, "0"),
    unit: capitals ? unit.toUpperCase() : unit,
  };
}

function hear({ kind }: CasAp1Frame): ScaleRequest<CasAp1Frame> | undefined {
  if (kind === "enquiry") return { kind: "say", frame: { kind: "acknowledge" } };
  return kind === "request" ? { kind: "weight" } : undefined;
}
