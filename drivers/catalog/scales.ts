import { mtSicsScale } from "../families/mt-sics.ts";
import type { Families } from "./family.ts";
import { eightBits, serialBridges, sevenBits } from "./family.ts";

export const scales: Families<"mt-sics"> = {
  "mt-sics": {
    driver: mtSicsScale,
    title: "Scale (MT-SICS)",
    titleChinese: "电子秤（MT-SICS）",
    usb: serialBridges,
    serial: [...eightBits(9_600), ...sevenBits(9_600, 2_400), ...eightBits(19_200)],
  },
};
