import { mtSicsScale } from "../families/mt-sics.ts";
import type { Families } from "./family.ts";
import { serialBridges } from "./family.ts";

export const scales: Families<"mt-sics"> = {
  "mt-sics": {
    driver: mtSicsScale,
    title: "Scale (MT-SICS)",
    titleChinese: "电子秤（MT-SICS）",
    usb: serialBridges,
  },
};
