import type { HidScaleFrame, HidScaleStatus } from "../../protocols/codecs/hid-8d.ts";
import { hid8d } from "../../protocols/codecs/hid-8d.ts";
import type { Obstacle, Shown } from "./scale/platform.ts";
import type { SendingOptions } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";

/** What the first host to open it hears: a parcel that was weighed before. */
const staleReport: HidScaleFrame = { status: "stable", unit: "kg", exponent: -3, magnitude: 4_321 };
/** Two bytes of weight. */
const magnitudeMost = 0xffff;

export const createHid8d = (options: SendingOptions) =>
  new SimulatedScale<HidScaleFrame>({
    name: "hid-8d",
    codec: hid8d,
    platform: options,
    everyMs: options.everyMs,
    tell,
    hear: ({ status }) => (status === "tare-command" ? { kind: "key", key: "tare" } : undefined),
    stale: staleReport,
  });

const statuses: Partial<Record<Obstacle, HidScaleStatus>> = {
  overload: "over-limit",
  error: "fault",
  "no-zero": "re-zero",
};

function tell(shown: Shown): HidScaleFrame {
  return {
    status: (shown.obstacle && statuses[shown.obstacle]) ?? statusOf(shown),
    unit: shown.unit,
    exponent: shown.decimals === 0 ? 0 : -shown.decimals,
    magnitude: Math.min(Math.abs(shown.digits), magnitudeMost),
  };
}

function statusOf({ digits, stable }: Shown): HidScaleStatus {
  if (digits < 0) return "under-zero";
  if (!stable) return "in-motion";
  return digits === 0 ? "stable-zero" : "stable";
}
