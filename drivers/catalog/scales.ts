import type { scaleTransports } from "../../protocols/config/devices/scales.ts";
import type { DriverName } from "../../protocols/config/devices.ts";
import { asciiStUsScale } from "../families/ascii-st-us.ts";
import { cas22Scale } from "../families/cas-22.ts";
import { casAp1Scale } from "../families/cas-ap1.ts";
import { digiDsScale } from "../families/digi-ds.ts";
import { hid8dScale } from "../families/hid-8d.ts";
import { mtSicsScale } from "../families/mt-sics.ts";
import { nciEcrScale } from "../families/nci-ecr.ts";
import { smaScale } from "../families/sma.ts";
import { toledo8217Scale } from "../families/toledo-8217.ts";
import { toledoContinuousScale } from "../families/toledo-continuous.ts";
import { yaohuaCmdScale } from "../families/yaohua-cmd.ts";
import { yaohuaTf0Scale } from "../families/yaohua-tf0.ts";
import { yaohuaTf1Scale } from "../families/yaohua-tf1.ts";
import { yaohuaTf2Scale } from "../families/yaohua-tf2.ts";
import type { Families } from "./family.ts";
import { eightBits, serialBridges, sevenBits } from "./family.ts";

/** What any scale with a serial line is plugged in by. */
const wired = { usb: serialBridges };
/** Its rate is chosen in a menu of the indicator. */
const yaohuaLines = eightBits(9_600, 4_800, 2_400, 1_200);

export const scales: Families<Extract<DriverName, keyof typeof scaleTransports>> = {
  "mt-sics": {
    driver: mtSicsScale,
    title: "Scale (MT-SICS)",
    titleChinese: "电子秤（MT-SICS）",
    serial: [...eightBits(9_600), ...sevenBits(9_600, 2_400), ...eightBits(19_200)],
    ...wired,
  },
  "toledo-8217": {
    driver: toledo8217Scale,
    title: "Checkout scale (Toledo 8217)",
    titleChinese: "收银秤（Toledo 8217）",
    serial: [...sevenBits(9_600), ...eightBits(9_600)],
    ...wired,
  },
  "toledo-continuous": {
    driver: toledoContinuousScale,
    title: "Scale terminal (Toledo continuous output)",
    titleChinese: "称重仪表（托利多连续输出）",
    serial: [...eightBits(9_600), ...sevenBits(9_600, 4_800), ...eightBits(4_800, 19_200)],
    ...wired,
  },
  "nci-ecr": {
    driver: nciEcrScale,
    title: "Scale (NCI, Weigh-Tronix ECR)",
    titleChinese: "电子秤（NCI ECR 协议）",
    serial: [...sevenBits(9_600), ...eightBits(9_600)],
    ...wired,
  },
  "yaohua-tf0": {
    driver: yaohuaTf0Scale,
    title: "Yaohua XK3190 indicator, continuous with check (tf=0)",
    titleChinese: "耀华 XK3190 仪表（连续方式 tf=0）",
    serial: yaohuaLines,
    ...wired,
  },
  "yaohua-tf1": {
    driver: yaohuaTf1Scale,
    title: "Yaohua XK3190 indicator, continuous, last digit first (tf=1)",
    titleChinese: "耀华 XK3190 仪表（连续方式 tf=1）",
    serial: yaohuaLines,
    ...wired,
  },
  "yaohua-tf2": {
    driver: yaohuaTf2Scale,
    title: "Yaohua XK3190 indicator, continuous, as shown (tf=2)",
    titleChinese: "耀华 XK3190 仪表（连续方式 tf=2）",
    serial: yaohuaLines,
    ...wired,
  },
  "yaohua-cmd": {
    driver: yaohuaCmdScale,
    title: "Yaohua XK3190 indicator, command mode",
    titleChinese: "耀华 XK3190 仪表（指令方式）",
    serial: yaohuaLines,
    ...wired,
  },
  "cas-ap1": {
    driver: casAp1Scale,
    title: "Counter scale (CAS AP-1, ACS)",
    titleChinese: "台秤（CAS AP-1、ACS）",
    serial: eightBits(9_600),
    ...wired,
  },
  "cas-22": {
    driver: cas22Scale,
    title: "Indicator (CAS CI, NT, 22 bytes)",
    titleChinese: "称重仪表（CAS CI、NT，22 字节）",
    serial: eightBits(9_600, 4_800, 2_400, 19_200),
    ...wired,
  },
  "ascii-st-us": {
    driver: asciiStUsScale,
    title: "Scale (A&D, T-Scale and others, ST/US lines)",
    titleChinese: "电子秤（A&D、T-Scale 等，ST/US 格式）",
    serial: [...eightBits(9_600), ...sevenBits(2_400), ...eightBits(4_800, 2_400)],
    ...wired,
  },
  "digi-ds": {
    driver: digiDsScale,
    title: "Scale (DIGI DS)",
    titleChinese: "电子秤（寺冈 DIGI DS）",
    serial: eightBits(9_600, 4_800, 2_400, 19_200),
    ...wired,
  },
  sma: {
    driver: smaScale,
    title: "Scale (SMA SCP-0499)",
    titleChinese: "电子秤（SMA SCP-0499）",
    serial: [...eightBits(9_600), ...sevenBits(9_600)],
    ...wired,
  },
  "hid-8d": {
    driver: hid8dScale,
    title: "USB scale (HID)",
    titleChinese: "USB 电子秤（HID）",
    serial: [],
    usb: [
      { vendor: "0922", product: "8003", name: "Dymo M10" },
      { vendor: "0922", product: "8004", name: "Dymo M25" },
      { vendor: "0922", product: "8009", name: "Dymo S180" },
      { vendor: "1446", product: "6a73", name: "Stamps.com, Endicia" },
      { vendor: "1446", product: "6a78", name: "Endicia" },
      { vendor: "0eb8", product: "f000", name: "Mettler Toledo BC60" },
      { vendor: "0eb8", product: "2200", name: "Mettler Toledo Ariva" },
      { vendor: "2233", product: "6323", name: "USB postal scale" },
      { vendor: "7b7c", product: "0100", name: "Elane" },
    ],
  },
};
