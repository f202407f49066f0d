import type { Toledo8217Frame } from "../../protocols/codecs/toledo-8217.ts";
import { toledo8217 } from "../../protocols/codecs/toledo-8217.ts";
import type { PlatformOptions, ScaleKey, Shown } from "./scale/platform.ts";
import { finer, magnitude } from "./scale/platform.ts";
import type { ScaleRequest } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";

const keys: Readonly<Record<string, ScaleKey>> = { Z: "zero", T: "tare", C: "clear-tare" };

/** It shows no weight that moves or is below nought, and says a status instead. */
export const createToledo8217 = (platform: PlatformOptions) =>
  new SimulatedScale<Toledo8217Frame>({
    name: "toledo-8217",
    codec: toledo8217,
    platform,
    tell,
    hear,
    confirm: statusOf,
  });

function tell(shown: Shown): Toledo8217Frame {
  if (shown.obstacle !== undefined || !shown.stable || shown.digits < 0) return statusOf(shown);
  const width = shown.decimals + 3;
  return { kind: "weight", field: magnitude(shown).padStart(width, "0"), net: shown.net };
}

function statusOf({ obstacle, stable, digits, atZero, net }: Shown): Toledo8217Frame {
  const bits = [
    !stable,
    obstacle === "overload",
    obstacle === "underload" || (obstacle === undefined && digits < 0),
    obstacle === "no-zero",
    atZero,
    net,
    true,
  ];
  return { kind: "status", status: bits.reduce((status, bit, place) => status | (bit ? 1 << place : 0), 0) };
}

function hear(frame: Toledo8217Frame): ScaleRequest<Toledo8217Frame> | undefined {
  if (frame.kind !== "command") return undefined;
  if (frame.command === "W") return { kind: "weight" };
  if (frame.command === "H") return { kind: "weight", tell: (shown) => tell(finer(shown)) };
  const key = keys[frame.command];
  return key && { kind: "key", key };
}
