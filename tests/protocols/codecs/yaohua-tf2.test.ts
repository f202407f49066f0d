import { yaohuaTf2 } from "../../../protocols/codecs/yaohua-tf2.ts";
import { itIsAPlainYaohua } from "./yaohua-plain-family.ts";

itIsAPlainYaohua(yaohuaTf2, {
  weights: [
    ["=0003.000", "3.000"],
    ["=-0001.00", "-1.00"],
    ["=-0000.00", "0.00"],
    ["=00001560", "1560"],
    ["=00123.45", "123.45"],
  ],
  refused: [
    ["0003.000", "start"],
    ["=003.000", "length"],
    ["=00003.000", "length"],
    ["=00.1000-", "field"],
    ["=00.30.00", "field"],
    ["=0003,000", "field"],
    ["=0003000.", "field"],
  ],
  stream: ["3.000=0003.00=-0001.00=0003.000=0003", ["=-0001.00", "=0003.000"]],
});
