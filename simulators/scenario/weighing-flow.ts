import { choose, comings, within } from "./chance.ts";
import type { World } from "./returns-flow.ts";
import type { WeighingFlow } from "./scenario-schema.ts";
import { stimulate, type TimedAction } from "./timed-action.ts";

/** One customer at the counter, counted from the first thing that the clerk does. */
const secondMs = 2_500;
const unloadMs = 9_000;
const nextMs = 13_000;
/** A label is printed and looked after within this time. */
const printMs = 12_000;
const loadDigits = [120, 3_000] as const;

/** Goods that are weighed and labelled: a clerk lays them down and scans, or scans and lays them down. */
export function planWeighing(
  { customerEveryMs, scale, scanner, printer, products }: WeighingFlow,
  durationMs: number,
  { random, isBlind }: World,
): readonly TimedAction[] {
  const codes = products.map(({ gtin }) => [gtin, 1] as const);
  let freeMs = 0;
  return comings(random, customerEveryMs, durationMs).flatMap((comesMs) => {
    const atMs = Math.max(comesMs, freeMs);
    freeMs = atMs + nextMs;
    const gtin = choose(random, codes) ?? "";
    const isScannedFirst = random.fraction() < 0.5;
    const [loadMs, scanMs] = isScannedFirst ? [atMs + secondMs, atMs] : [atMs, atMs + secondMs];
    const seen = [scale, scanner].flatMap((device) => [device, device] as const);
    const times = [atMs, atMs + unloadMs];
    const devices = printer === undefined ? seen : [...seen, printer, printer];
    const isSound = devices.every((device, index) => !isBlind(device, times[index % 2] ?? atMs));
    const certain = isSound && (printer === undefined || !isBlind(printer, atMs + printMs));
    const subject = `https://id.gs1.org/01/${gtin}`;
    const labelled = { type: "storewire.weighing.labelled", subject, certain } as const;
    const digits = Math.round(within(random, loadDigits));
    return [
      stimulate(loadMs, scale, { kind: "load", digits }),
      stimulate(scanMs, scanner, { kind: "scan", text: gtin.slice(1), aim: "]E0" }, labelled),
      stimulate(atMs + unloadMs, scale, { kind: "load", digits: 0 }),
    ];
  });
}
