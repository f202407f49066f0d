import { yaohuaTf1 } from "../../protocols/codecs/yaohua-tf1.ts";
import { scaleDriver } from "./parts/scale/driver.ts";
import { yaohuaPlainProtocol } from "./parts/scale/yaohua-plain.ts";

/** Yaohua's indicators, sending all the time without a check, the last digit first (tf=1). */
export const yaohuaTf1Scale = scaleDriver("yaohua-tf1", (settings) =>
  yaohuaPlainProtocol(yaohuaTf1, settings),
);
