import { seededRandom } from "../../protocols/random.ts";
import { type Caused, causedNothing, itemUri, scanOf } from "../durability/caused.ts";
import type { Place } from "./commit-plan.ts";

/** What the guest's customers and clerks do, one after the other; the host knows it as well. */
export type PlannedAct =
  | { readonly kind: "scan"; readonly serial: number }
  | { readonly kind: "issue" }
  | { readonly kind: "call" };

/** No boot lasts so long that it does more. */
export const actsMax = 5_000;
export const actEveryMs = 40;
/** Items that are scanned at once, so that some are on their way to the disk at any moment. */
export const burstScans = 6;

export function plannedActs({ seed, boot }: Place): readonly PlannedAct[] {
  const random = seededRandom(seed * 7_919 + boot);
  return Array.from({ length: actsMax }, (_, index): PlannedAct => {
    const lot = random.fraction();
    if (lot < 0.6) return { kind: "scan", serial: boot * actsMax + index };
    return { kind: lot < 0.85 ? "issue" : "call" };
  });
}

/** Everything that can have been caused in the boots up to this one. */
export function causedBy(seed: number, boots: number): Caused {
  const acts = Array.from({ length: boots }, (_, index) => plannedActs({ seed, boot: index + 1 })).flat();
  const scans = acts.flatMap((act) => (act.kind === "scan" ? [act.serial] : []));
  const count = (kind: PlannedAct["kind"]): number => acts.filter((act) => act.kind === kind).length;
  return {
    ...causedNothing(),
    handIns: scans.map((serial) => ({ uri: itemUri(serial), text: scanOf(serial).text, atMs: 0 })),
    issuePresses: count("issue"),
    callPresses: count("call"),
  };
}
