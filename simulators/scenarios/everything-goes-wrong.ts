import type { ScenarioInput } from "../scenario/scenario-schema.ts";
import { storeDevices, storeQueue, storeReturns, storeWeighing, weighingDevices } from "./store-devices.ts";

type Occurrences = NonNullable<ScenarioInput["timeline"]>;

const lineFaultOrder = ["split", "garbage", "false-start", "flipped-bit", "silence", "late-reply"] as const;
const onStreams = ["desk-rfid", "desk-scanner", "desk-scale", "kiosk-printer", "cage-rfid", "weighing-scale"];

/** Each fault of the line on each device, one after the other, so that devices overlap and each finds back. */
const badLines: Occurrences = lineFaultOrder.flatMap((fault, round) =>
  onStreams.map((device, place) => ({
    what: "line-fault" as const,
    atMs: 15_000 + round * 60_000 + place * 7_000,
    device,
    fault,
    lastsMs: 6_000,
  })),
);

const stimulus = (atMs: number, device: string, happens: Record<string, unknown>) =>
  ({ what: "stimulus", atMs, device, stimulus: happens }) as const;

export const everythingGoesWrong: ScenarioInput = {
  name: "everything-goes-wrong",
  title: "Ten minutes in which every device fails in every way that it knows, while customers keep coming",
  durationMs: 600_000,
  devices: [...storeDevices, ...weighingDevices],
  returns: { ...storeReturns, customerEveryMs: 12_000 },
  queue: { ...storeQueue, customerEveryMs: 10_000 },
  weighing: { ...storeWeighing, customerEveryMs: 15_000 },
  timeline: [
    ...badLines,
    { what: "unplug", atMs: 60_000, device: "desk-scanner", replugAtMs: 75_000 },
    { what: "unplug", atMs: 120_000, device: "desk-rfid", replugAtMs: 123_000 },
    { what: "unplug", atMs: 180_000, device: "cage-rfid", replugAtMs: 200_000 },
    { what: "unplug", atMs: 240_000, device: "desk-scale", replugAtMs: 244_000 },
    { what: "unplug", atMs: 300_000, device: "kiosk-printer", replugAtMs: 330_000 },
    { what: "unplug", atMs: 360_000, device: "inspection-scanner", replugAtMs: 365_000 },
    stimulus(90_000, "desk-rfid", { kind: "antenna-lost", antenna: 1 }),
    stimulus(105_000, "desk-rfid", { kind: "antenna-back", antenna: 1 }),
    stimulus(150_000, "cage-rfid", { kind: "fail-next", error: 0x52 }),
    stimulus(165_000, "cage-rfid", { kind: "restart" }),
    stimulus(210_000, "desk-scale", { kind: "load", digits: 45_000 }),
    stimulus(216_000, "desk-scale", { kind: "load", digits: 0 }),
    stimulus(220_000, "desk-scale", { kind: "print-key" }),
    stimulus(225_000, "desk-scale", { kind: "power-up" }),
    stimulus(260_000, "desk-scanner", { kind: "command-reply", command: "REVINF" }),
    stimulus(400_000, "kiosk-printer", { kind: "paper-ends-before-cut" }),
    stimulus(430_000, "kiosk-printer", { kind: "paper", paper: "ok" }),
    stimulus(450_000, "kiosk-printer", { kind: "cover", cover: "open" }),
    stimulus(470_000, "kiosk-printer", { kind: "cover", cover: "closed" }),
    stimulus(330_000, "label-printer", { kind: "paper", paper: "end" }),
    stimulus(350_000, "label-printer", { kind: "paper", paper: "ok" }),
    stimulus(480_000, "label-printer", { kind: "paper-ends-before-cut" }),
    stimulus(510_000, "label-printer", { kind: "paper", paper: "ok" }),
    { what: "unplug", atMs: 540_000, device: "weighing-scale", replugAtMs: 550_000 },
    stimulus(500_000, "kiosk-printer", { kind: "hang", hanging: true }),
    stimulus(520_000, "kiosk-printer", { kind: "hang", hanging: false }),
  ],
};
