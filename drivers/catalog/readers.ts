import { chafonCfReader } from "../families/chafon-cf.ts";
import { chafonCrc16Reader } from "../families/chafon-crc16.ts";
import { llrpReader } from "../families/llrp.ts";
import { m100Reader } from "../families/m100-bb.ts";
import { mercuryReader } from "../families/mercury-ff.ts";
import { r200Reader } from "../families/r200-aa.ts";
import { r2000Reader } from "../families/r2000-a0.ts";
import type { Families } from "./family.ts";
import { eightBits, serialBridges } from "./family.ts";

export const readers: Families<
  "r2000-a0" | "m100-bb" | "r200-aa" | "llrp" | "chafon-crc16" | "chafon-cf" | "mercury-ff"
> = {
  "r2000-a0": {
    driver: r2000Reader,
    title: "UHF RFID reader (R2000/E710, A0 protocol)",
    titleChinese: "超高频 RFID 读写器（R2000/E710，A0 协议）",
    usb: serialBridges,
    serial: eightBits(115_200, 38_400, 19_200, 9_600),
  },
  "m100-bb": {
    driver: m100Reader,
    title: "UHF RFID module (Magicrf M100 firmware, BB protocol)",
    titleChinese: "超高频 RFID 模块（Magicrf M100 固件，BB 协议）",
    usb: serialBridges,
    serial: eightBits(115_200),
  },
  "r200-aa": {
    driver: r200Reader,
    title: "UHF RFID module (R200 firmware, AA protocol)",
    titleChinese: "超高频 RFID 模块（R200 固件，AA 协议）",
    usb: serialBridges,
    serial: eightBits(115_200),
  },
  llrp: {
    driver: llrpReader,
    title: "UHF RFID reader (LLRP over Ethernet: Impinj, Zebra, Alien)",
    titleChinese: "超高频 RFID 读写器（LLRP 以太网）",
    usb: [],
    serial: [],
  },
  "chafon-crc16": {
    driver: chafonCrc16Reader,
    title: "UHF RFID reader (Chafon UHFReader18, 86, 288)",
    titleChinese: "超高频 RFID 读写器（UHFReader18/86/288）",
    usb: serialBridges,
    serial: eightBits(57_600, 115_200, 9_600),
  },
  "chafon-cf": {
    driver: chafonCfReader,
    title: "UHF RFID reader (Chafon UHF Prime, CF600, M200)",
    titleChinese: "超高频 RFID 读写器（UHF Prime、CF600、M200）",
    usb: serialBridges,
    serial: eightBits(115_200),
  },
  "mercury-ff": {
    driver: mercuryReader,
    title: "UHF RFID module (ThingMagic/Jadak Mercury, Silion)",
    titleChinese: "超高频 RFID 模块（ThingMagic/Jadak Mercury、芯联）",
    usb: serialBridges,
    serial: eightBits(115_200),
  },
};
