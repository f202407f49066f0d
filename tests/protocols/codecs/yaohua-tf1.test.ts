import { yaohuaTf1 } from "../../../protocols/codecs/yaohua-tf1.ts";
import { itIsAPlainYaohua } from "./yaohua-plain-family.ts";

itIsAPlainYaohua(yaohuaTf1, {
  weights: [
    ["=000.3000", "3.000"],
    ["=00.1000-", "-1.00"],
    ["=00.0000-", "0.00"],
    ["=06510000", "1560"],
    ["=54.32100", "123.45"],
  ],
  refused: [
    ["000.3000", "start"],
    ["=000.300", "length"],
    ["=000.30000", "length"],
    ["=-0001.00", "field"],
    ["=00.30.00", "field"],
    ["=000,3000", "field"],
    ["=.0003000", "field"],
  ],
  stream: ["0.3000=000.300=00.1000-=000.3000=000.", ["=00.1000-", "=000.3000"]],
});
