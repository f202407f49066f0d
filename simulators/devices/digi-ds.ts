import type { DigiDsFrame } from "../../protocols/codecs/digi-ds.ts";
import { digiDs } from "../../protocols/codecs/digi-ds.ts";
import type { Shown } from "./scale/platform.ts";
import { formatDigits } from "./scale/platform.ts";
import type { SendingOptions } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";

export interface DigiDsOptions extends SendingOptions {
  /** A digit glued before each number. */
  readonly headers: boolean;
  /** Whether it says that the load is at rest. */
  readonly stability: boolean;
}

export const createDigiDs = (options: DigiDsOptions) =>
  new SimulatedScale<DigiDsFrame>({
    name: "digi-ds",
    codec: digiDs,
    platform: options,
    everyMs: options.everyMs,
    tell: (shown) => tell(shown, options),
  });

const fieldCharacters = 7;

function tell(shown: Shown, { headers, stability }: DigiDsOptions): DigiDsFrame {
  const field = (digits: number): string => formatDigits(digits, shown.decimals).padStart(fieldCharacters);
  return {
    ...(stability && { stability: shown.stable ? "\0" : "\x01" }),
    headers,
    net: field(shown.digits),
    tare: field(shown.tareDigits),
  };
}
