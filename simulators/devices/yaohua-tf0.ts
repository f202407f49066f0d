import { yaohuaTf0 } from "../../protocols/codecs/yaohua-tf0.ts";
import type { SendingOptions } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";
import { yaohuaNumber } from "./scale/yaohua.ts";

export const createYaohuaTf0 = (options: SendingOptions) =>
  new SimulatedScale({
    name: "yaohua-tf0",
    codec: yaohuaTf0,
    platform: options,
    everyMs: options.everyMs,
    tell: yaohuaNumber,
  });
