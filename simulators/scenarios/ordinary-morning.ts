import type { ScenarioInput } from "../scenario/scenario-schema.ts";
import { storeDevices, storeQueue, storeReturns, storeWeighing, weighingDevices } from "./store-devices.ts";

export const ordinaryMorning: ScenarioInput = {
  name: "ordinary-morning",
  title: "Half an hour of an ordinary morning: nothing breaks, only the small things of every day happen",
  durationMs: 1_800_000,
  devices: [...storeDevices, ...weighingDevices],
  returns: storeReturns,
  queue: storeQueue,
  weighing: storeWeighing,
  timeline: [
    {
      what: "stimulus",
      atMs: 600_000,
      device: "kiosk-printer",
      stimulus: { kind: "paper", paper: "near-end" },
    },
    { what: "stimulus", atMs: 900_000, device: "kiosk-printer", stimulus: { kind: "paper", paper: "ok" } },
    { what: "stimulus", atMs: 700_000, device: "desk-scale", stimulus: { kind: "print-key" } },
    {
      what: "stimulus",
      atMs: 300_000,
      device: "inspection-scanner",
      stimulus: { kind: "command-reply", command: "REVINF" },
    },
  ],
};
