import type { YaohuaCmdFrame } from "../../protocols/codecs/yaohua-cmd.ts";
import { yaohuaCmd } from "../../protocols/codecs/yaohua-cmd.ts";
import type { PlatformOptions, Shown } from "./scale/platform.ts";
import type { ScaleRequest } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";
import { yaohuaNumber } from "./scale/yaohua.ts";

export interface YaohuaCmdOptions extends PlatformOptions {
  /** Its letter; to any other it is silent. */
  readonly address: string;
}

/** What each command asks for, in the last digit. */
const digitsOf: Readonly<Record<string, (shown: Shown) => number>> = {
  B: ({ digits, tareDigits }) => digits + tareDigits,
  C: ({ tareDigits }) => tareDigits,
  D: ({ digits }) => digits,
};

export function createYaohuaCmd(options: YaohuaCmdOptions) {
  const { address } = options;
  const tell = (command: string, shown: Shown): YaohuaCmdFrame => ({
    kind: "weight",
    address,
    command,
    number: yaohuaNumber({ digits: digitsOf[command]?.(shown) ?? shown.digits, decimals: shown.decimals }),
  });
  const hear = (frame: YaohuaCmdFrame): ScaleRequest<YaohuaCmdFrame> | undefined => {
    if (frame.kind !== "command" || frame.address !== address) return undefined;
    if (frame.command === "A") return { kind: "say", frame };
    if (digitsOf[frame.command] === undefined) return undefined;
    return { kind: "weight", tell: (shown) => tell(frame.command, shown) };
  };
  return new SimulatedScale({
    name: "yaohua-cmd",
    codec: yaohuaCmd,
    platform: options,
    tell: (shown) => tell("D", shown),
    hear,
  });
}
