import { yaohuaPlain } from "./scale/yaohua-plain.ts";

/** Yaohua, sending all the time, mode 2: `=0003.000` is 3.000. */
export const yaohuaTf2 = yaohuaPlain("yaohua-tf2", "as-shown");
