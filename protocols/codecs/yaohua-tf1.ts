import { yaohuaPlain } from "./scale/yaohua-plain.ts";

/** Yaohua, sending all the time, mode 1: `=000.3000` is 3.000. */
export const yaohuaTf1 = yaohuaPlain("yaohua-tf1", "last-first");
