import type { YaohuaTf0Frame } from "../../protocols/codecs/yaohua-tf0.ts";
import { yaohuaTf0, yaohuaTf0Weight } from "../../protocols/codecs/yaohua-tf0.ts";
import { always, restingBy, scaleDriver } from "./parts/scale/driver.ts";
import { weightWord } from "./parts/scale/protocol.ts";

/** Yaohua's indicators, sending all the time with a check (tf=0). */
export const yaohuaTf0Scale = scaleDriver("yaohua-tf0", (settings) => {
  const decimals = settings.decimals === "auto" ? undefined : settings.decimals;
  return {
    codec: yaohuaTf0,
    read: (frame: YaohuaTf0Frame) => weightWord(yaohuaTf0Weight(frame, decimals)),
    speaks: always(settings),
    unit: settings.unit,
    resting: restingBy(settings),
    capacity: settings.capacity,
  };
});
