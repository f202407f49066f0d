import { yaohuaTf1 } from "../../protocols/codecs/yaohua-tf1.ts";
import type { SendingOptions } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";
import { yaohuaShown } from "./scale/yaohua.ts";

export const createYaohuaTf1 = (options: SendingOptions) =>
  new SimulatedScale({
    name: "yaohua-tf1",
    codec: yaohuaTf1,
    platform: options,
    everyMs: options.everyMs,
    tell: yaohuaShown,
  });
