import { yaohuaTf2 } from "../../protocols/codecs/yaohua-tf2.ts";
import type { SendingOptions } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";
import { yaohuaShown } from "./scale/yaohua.ts";

export const createYaohuaTf2 = (options: SendingOptions) =>
  new SimulatedScale({
    name: "yaohua-tf2",
    codec: yaohuaTf2,
    platform: options,
    everyMs: options.everyMs,
    tell: yaohuaShown,
  });
