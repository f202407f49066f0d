import type { NciEcrFrame } from "../../protocols/codecs/nci-ecr.ts";
import { nciEcr } from "../../protocols/codecs/nci-ecr.ts";
import type { Obstacle, PlatformOptions, Shown } from "./scale/platform.ts";
import { finer, magnitude } from "./scale/platform.ts";
import type { ScaleRequest } from "./scale/simulated-scale.ts";
import { SimulatedScale } from "./scale/simulated-scale.ts";

export const createNciEcr = (platform: PlatformOptions) =>
  new SimulatedScale<NciEcrFrame>({
    name: "nci-ecr",
    codec: nciEcr,
    platform,
    tell,
    hear,
    confirm: (shown) => ({ kind: "status", status: statusOf(shown) }),
    unread: { kind: "unknown-command" },
  });

const fills: Partial<Record<Obstacle, string>> = {
  overload: "^^^^^^^",
  underload: "_______",
  "no-zero": "-------",
};

function tell(shown: Shown): NciEcrFrame {
  const sign = shown.digits < 0 ? "-" : "0";
  const weight = `${sign}${magnitude(shown).padStart(shown.decimals + 4, "0")}`;
  const field = (shown.obstacle && fills[shown.obstacle]) ?? weight;
  return { kind: "weight", field, unit: shown.unit === "kg" ? "KG" : "G ", status: statusOf(shown) };
}

const bit = (set: boolean, place: number): number => (set ? 1 << place : 0);

function statusOf({ obstacle, stable, atZero }: Shown): string {
  const first = 0x30 | bit(!stable, 0) | bit(atZero, 1) | bit(obstacle === "error", 2);
  const second = 0x30 | bit(obstacle === "underload", 0) | bit(obstacle === "overload", 1);
  return String.fromCharCode(first, second);
}

function hear(frame: NciEcrFrame): ScaleRequest<NciEcrFrame> | undefined {
  if (frame.kind !== "command") return undefined;
  switch (frame.command) {
    case "W":
      return { kind: "weight" };
    case "H":
      return { kind: "weight", tell: (shown) => tell(finer(shown)) };
    case "S":
      return { kind: "weight", tell: (shown) => ({ kind: "status", status: statusOf(shown) }) };
    default:
      return { kind: "key", key: "zero" };
  }
}
