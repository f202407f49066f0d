import { tfmini } from "../families/tfmini.ts";
import type { Families } from "./family.ts";
import { eightBits, serialBridges } from "./family.ts";

export const sensors: Families<"tfmini"> = {
  tfmini: {
    driver: tfmini,
    title: "Benewake TFmini distance sensor: who stands there, who passes",
    titleChinese: "Benewake TFmini 测距传感器（有人检测、计数）",
    usb: serialBridges,
    serial: eightBits(115_200),
  },
};
