import type { ToledoContinuousFrame } from "../../protocols/codecs/toledo-continuous.ts";
import { toledoContinuous } from "../../protocols/codecs/toledo-continuous.ts";
import type { Shown } from "./scale/platform.ts";
import type { SendingOptions } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";

export interface ToledoContinuousOptions extends SendingOptions {
  /** A check behind each frame is a setting of the terminal. */
  readonly checksum: boolean;
}

export const createToledoContinuous = (options: ToledoContinuousOptions) =>
  new SimulatedScale<ToledoContinuousFrame>({
    name: "toledo-continuous",
    codec: toledoContinuous,
    platform: options,
    everyMs: options.everyMs,
    tell: (shown) => tell(shown, options.checksum),
  });

const bit = (set: boolean, place: number): number => (set ? 1 << place : 0);
const always = 0x20;
/** The display counts in steps of one. */
const incrementOne = 0b01 << 3;
const grams = 1;
const field = (digits: number): string => String(Math.abs(digits) % 1_000_000).padStart(6);

function tell(shown: Shown, checked: boolean): ToledoContinuousFrame {
  const { obstacle, digits, unit } = shown;
  const statusB =
    always |
    bit(shown.net, 0) |
    bit(digits < 0, 1) |
    bit(obstacle === "overload" || obstacle === "underload", 2) |
    bit(!shown.stable, 3) |
    bit(unit === "kg", 4) |
    bit(obstacle === "no-zero", 6);
  return {
    statusA: always | incrementOne | (shown.decimals + 2),
    statusB,
    statusC: always | (unit === "g" ? grams : 0) | bit(shown.printed, 3),
    weight: field(digits),
    tare: field(shown.tareDigits),
    checked,
  };
}
