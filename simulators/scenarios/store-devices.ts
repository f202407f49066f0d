import type { ScenarioInput } from "../scenario/scenario-schema.ts";

/** A whole store: a returns desk, a bench, a cage with a dock, a kiosk and two counters. */
export const storeDevices: ScenarioInput["devices"] = [
  { id: "desk-rfid", driver: "r2000-a0", carrier: "pty" },
  { id: "cage-rfid", driver: "r2000-a0", carrier: "tcp", options: { endPacket: "short" } },
  { id: "desk-scanner", driver: "serial-scanner", carrier: "pty", options: { aimPrefix: true } },
  { id: "inspection-scanner", driver: "hid-scanner" },
  { id: "desk-scale", driver: "mt-sics", carrier: "pty" },
  { id: "kiosk-printer", driver: "escpos-printer", carrier: "pty" },
  { id: "kiosk-buttons", driver: "gpio-buttons" },
  { id: "counter-1-buttons", driver: "gpio-buttons" },
  { id: "counter-2-buttons", driver: "gpio-buttons" },
];

/** Bicycle lamp, kettle, jacket: made-up goods of a made-up company, with right check digits. */
const gtins = ["09521141123454", "09521141000120", "19521141000134"];

export const storeReturns: NonNullable<ScenarioInput["returns"]> = {
  customerEveryMs: 20_000,
  itemsMax: 2,
  gtins,
  desk: { scanner: "desk-scanner", reader: { device: "desk-rfid" }, scale: "desk-scale" },
  inspection: { scanner: "inspection-scanner", afterMs: [5_000, 40_000] },
  cage: { reader: { device: "cage-rfid" }, afterMs: [5_000, 30_000] },
};

const counterLines = { call: "next", serve: "serve", finish: "finish" };

export const storeQueue: NonNullable<ScenarioInput["queue"]> = {
  customerEveryMs: 15_000,
  // One in five should not stand long.
  kiosk: {
    buttons: "kiosk-buttons",
    printer: "kiosk-printer",
    lines: { returns: 4, "returns-priority": 1 },
  },
  counters: [
    { buttons: "counter-1-buttons", lines: counterLines },
    { buttons: "counter-2-buttons", lines: counterLines },
  ],
  serveMs: [10_000, 25_000],
};

/** A counter where goods are weighed and labelled; beside the others, for a small shop has none. */
export const weighingDevices: ScenarioInput["devices"] = [
  { id: "weighing-scale", driver: "toledo-8217", carrier: "pty" },
  { id: "weighing-scanner", driver: "serial-scanner", carrier: "pty", options: { aimPrefix: true } },
  { id: "label-printer", driver: "escpos-printer", carrier: "pty" },
];

export const storeWeighing: NonNullable<ScenarioInput["weighing"]> = {
  customerEveryMs: 25_000,
  scale: "weighing-scale",
  scanner: "weighing-scanner",
  printer: "label-printer",
  products: [
    {
      gtin: "09521141000151",
      name: "Gouda, young",
      nameChinese: "高达奶酪",
      keepDays: 3,
      advice: "Keep below 7 C",
    },
    {
      gtin: "09521141000168",
      name: "Ham, smoked",
      nameChinese: "烟熏火腿",
      keepDays: 5,
      advice: "Keep below 7 C",
    },
  ],
};
