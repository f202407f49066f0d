import type { Random } from "../../protocols/random.ts";
import type { IsBlind } from "./blindness.ts";
import { choose, comings, within } from "./chance.ts";
import type { ReturnedItem } from "./returned-item.ts";
import { returnedItem } from "./returned-item.ts";
import type { ReturnsFlow } from "./scenario-schema.ts";
import type { TimedAction } from "./timed-action.ts";
import { stimulate } from "./timed-action.ts";

export interface World {
  readonly random: Random;
  readonly isBlind: IsBlind;
}

/** One item at the desk, counted from its scan. */
const tagNearMs = 400;
const loadMs = 2_500;
const unloadMs = 6_000;
const tagGoneMs = 7_000;
const nextItemMs = 9_000;
/** How long a cart with items stands at the door of the cage. */
const cageMs = 6_000;
/** Two scans in a hand are at least so far apart. */
const inspectionMs = 3_000;
const loadDigits = [80, 8_000] as const;
const serialsMax = 1_000_000_000;

/** Customers bring items back: desk, then inspection, then the cage. One desk serves one at a time. */
export function planReturns(flow: ReturnsFlow, durationMs: number, world: World): readonly TimedAction[] {
  const { random } = world;
  const actions: TimedAction[] = [];
  let serial = 1 + Math.floor(random.fraction() * serialsMax);
  let deskFreeMs = 0;
  let inspectorFreeMs = 0;
  for (const comesMs of comings(random, flow.customerEveryMs, durationMs)) {
    const count = 1 + Math.floor(random.fraction() * flow.itemsMax);
    for (let index = 0; index < count; index += 1) {
      const gtin =
        choose(
          random,
          flow.gtins.map((each) => [each, 1] as const),
        ) ?? "";
      const item = returnedItem(gtin, serial, flow.companyPrefixDigits);
      serial += 1;
      const scanMs = Math.max(comesMs, deskFreeMs);
      deskFreeMs = scanMs + nextItemMs;
      actions.push(...atDesk(flow.desk, item, scanMs, world));
      const inspected = atInspection(flow, item, Math.max(scanMs, inspectorFreeMs), world);
      inspectorFreeMs = inspected.atMs + inspectionMs;
      actions.push(...inspected.actions, ...atCage(flow, item, inspected.atMs, world));
    }
  }
  return actions;
}

function atDesk(
  { scanner, reader, scale }: ReturnsFlow["desk"],
  { uri, code, epcHex }: ReturnedItem,
  atMs: number,
  { random, isBlind }: World,
): readonly TimedAction[] {
  // Scanner and reader see the same item: one of them is enough, and the second changes nothing.
  const noticed =
    !isBlind(scanner, atMs) || (reader !== undefined && !isBlind(reader.device, atMs + tagNearMs));
  const handedIn = { type: "storewire.return.handed-in", subject: uri, certain: noticed } as const;
  const actions = [stimulate(atMs, scanner, { kind: "scan", ...code }, handedIn)];
  if (reader !== undefined) {
    const { device, antenna } = reader;
    actions.push(
      stimulate(atMs + tagNearMs, device, { kind: "tag-near", epcHex, antenna, rssiDbm: -52 }),
      stimulate(atMs + tagGoneMs, device, { kind: "tag-gone", epcHex }),
    );
  }
  if (scale !== undefined) {
    const digits = Math.round(within(random, loadDigits));
    const certain = noticed && !isBlind(scale, atMs + loadMs) && !isBlind(scale, atMs + unloadMs);
    const weighed = { type: "storewire.return.weighed", subject: uri, certain } as const;
    actions.push(
      stimulate(atMs + loadMs, scale, { kind: "load", digits }, weighed),
      stimulate(atMs + unloadMs, scale, { kind: "load", digits: 0 }),
    );
  }
  return actions;
}

function atInspection(
  { inspection }: ReturnsFlow,
  { uri, code }: ReturnedItem,
  fromMs: number,
  { random, isBlind }: World,
): { readonly atMs: number; readonly actions: readonly TimedAction[] } {
  if (inspection === undefined) return { atMs: fromMs, actions: [] };
  const atMs = fromMs + nextItemMs + within(random, inspection.afterMs);
  const certain = !isBlind(inspection.scanner, atMs);
  const inspected = { type: "storewire.return.inspected", subject: uri, certain } as const;
  return { atMs, actions: [stimulate(atMs, inspection.scanner, { kind: "scan", ...code }, inspected)] };
}

function atCage(
  { cage }: ReturnsFlow,
  { uri, epcHex }: ReturnedItem,
  fromMs: number,
  { random, isBlind }: World,
): readonly TimedAction[] {
  if (cage === undefined) return [];
  const atMs = fromMs + within(random, cage.afterMs);
  const { device, antenna } = cage.reader;
  const certain = !isBlind(device, atMs) && !isBlind(device, atMs + cageMs);
  const stored = { type: "storewire.return.stored", subject: uri, certain } as const;
  return [
    stimulate(atMs, device, { kind: "tag-near", epcHex, antenna, rssiDbm: -60 }, stored),
    stimulate(atMs + cageMs, device, { kind: "tag-gone", epcHex }),
  ];
}
