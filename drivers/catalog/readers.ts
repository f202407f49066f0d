import { r2000Reader } from "../families/r2000-a0.ts";
import type { Families } from "./family.ts";
import { eightBits, serialBridges } from "./family.ts";

export const readers: Families<"r2000-a0"> = {
  "r2000-a0": {
    driver: r2000Reader,
    title: "UHF RFID reader (R2000/E710, A0 protocol)",
    titleChinese: "超高频 RFID 读写器（R2000/E710，A0 协议）",
    usb: serialBridges,
    serial: eightBits(115_200, 38_400, 19_200, 9_600),
  },
};
