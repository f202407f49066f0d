import { yaohuaTf2 } from "../../protocols/codecs/yaohua-tf2.ts";
import { scaleDriver } from "./parts/scale/driver.ts";
import { yaohuaPlainProtocol } from "./parts/scale/yaohua-plain.ts";

/** Yaohua's indicators, sending all the time without a check, as shown (tf=2). */
export const yaohuaTf2Scale = scaleDriver("yaohua-tf2", (settings) =>
  yaohuaPlainProtocol(yaohuaTf2, settings),
);
