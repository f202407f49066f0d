import type { SmaFrame } from "../../protocols/codecs/sma.ts";
import { sma } from "../../protocols/codecs/sma.ts";
import type { Obstacle, PlatformOptions, ScaleKey, Shown } from "./scale/platform.ts";
import { finer, formatDigits } from "./scale/platform.ts";
import type { ScaleRequest } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";

const statuses: Partial<Record<Obstacle, string>> = { overload: "O", underload: "U", "no-zero": "I" };
const keys: Readonly<Record<string, ScaleKey>> = { Z: "zero", T: "tare", C: "clear-tare" };
const fieldCharacters = 10;

/** What it does not know it answers with `?`, what it cannot read with `!`, and a command with the weight. */
export const createSma = (platform: PlatformOptions) =>
  new SimulatedScale<SmaFrame>({
    name: "sma",
    codec: sma,
    platform,
    tell,
    hear,
    confirm: tell,
    unread: { kind: "garbled" },
  });

function tell(shown: Shown): SmaFrame {
  const obstacle = shown.obstacle && statuses[shown.obstacle];
  const weight = formatDigits(shown.digits, shown.decimals).padStart(fieldCharacters);
  return {
    kind: "weight",
    status: obstacle ?? (shown.atZero ? "Z" : " "),
    range: "1",
    mode: shown.net ? "N" : "G",
    motion: !shown.stable,
    reserved: " ",
    field: obstacle === undefined ? weight : "-".repeat(fieldCharacters),
    unit: shown.unit.padEnd(3),
  };
}

function hear(frame: SmaFrame): ScaleRequest<SmaFrame> | undefined {
  if (frame.kind !== "command") return undefined;
  if (frame.command === "W") return { kind: "weight" };
  if (frame.command === "H") return { kind: "weight", tell: (shown) => tell(finer(shown)) };
  const key = keys[frame.command];
  return key === undefined ? { kind: "say", frame: { kind: "unknown-command" } } : { kind: "key", key };
}
