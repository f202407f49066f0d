import type { Cas22Frame } from "../../protocols/codecs/cas-22.ts";
import { cas22 } from "../../protocols/codecs/cas-22.ts";
import type { Shown } from "./scale/platform.ts";
import { formatDigits } from "./scale/platform.ts";
import type { SendingOptions } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";

export interface Cas22Options extends SendingOptions {
  /** The indicator's number, any byte: it may be a line feed or a comma. */
  readonly device: number;
}

export const createCas22 = (options: Cas22Options) =>
  new SimulatedScale<Cas22Frame>({
    name: "cas-22",
    codec: cas22,
    platform: options,
    everyMs: options.everyMs,
    tell: (shown) => tell(shown, options.device),
  });

const bit = (set: boolean, place: number): number => (set ? 1 << place : 0);
const fieldCharacters = 8;

function tell(shown: Shown, device: number): Cas22Frame {
  const { stable, net, atZero } = shown;
  const state = stable ? "ST" : "US";
  return {
    state: shown.obstacle === "overload" ? "OL" : state,
    mode: net ? "NT" : "GS",
    device,
    lamps: bit(stable, 6) | bit(shown.printed, 3) | bit(!net, 2) | bit(net, 1) | bit(atZero, 0),
    field: formatDigits(shown.digits, shown.decimals).padStart(fieldCharacters),
    unit: shown.unit.padStart(2),
  };
}
