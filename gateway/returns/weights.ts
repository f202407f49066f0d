import { objectEvent } from "../../protocols/epcis/object-event.ts";
import { deviceAssetUri } from "../../protocols/gs1/own-asset.ts";
import { present } from "../../protocols/present.ts";
import { stepOfRole } from "../../protocols/returns/steps.ts";
import { alert } from "./alerts.ts";
import { changePost, postStateOf } from "./post-state.ts";
import { caseOf, keepCase, type ReturnCase } from "./return-case.ts";
import { extensionsOf, placeFacts, type Sight } from "./step-event.ts";
import type { Turn } from "./turn.ts";

/** A stable load, as the scale sent it. */
export interface Load {
  readonly value: string;
  readonly unit: string;
}

/** The weight is that of the item seen last at the same post, or of the code that still waits for its tag. */
export function weighed(turn: Turn, sight: Sight, load: Load): void {
  const { post, at, device, reading } = sight;
  const { item, scans } = postStateOf(turn, post);
  const { value, unit } = load;
  if (scans !== undefined)
    return changePost(turn, post, { weight: { value, unit, at, device, ...present({ reading }) } });
  if (item === undefined || !turn.within(item.at, at, turn.rules.limits.weightJoinMs)) return;
  const data = weighingEvent(turn, sight, item.uri, load);
  turn.tell(sight, { type: "storewire.return.weighed", subject: item.uri, data }, [item.uri]);
  const open = caseOf(turn, item.uri);
  const grams = gramsOf(value, unit);
  if (open === undefined || grams === undefined) return;
  compare(turn, sight, open, grams);
  if (open.grams === undefined && post.role === "returns-desk") keepCase(turn, { ...open, grams });
}

/** It speaks in the words of the step that it is part of; those of an aggregation are none of one item. */
function weighingEvent(turn: Turn, sight: Sight, uri: string, { value, unit }: Load) {
  const { bizStep, disposition } = turn.rules.steps[stepOfRole[sight.post.role] ?? "inspected"];
  const isAggregation = bizStep === "packing" || bizStep === "unpacking";
  return objectEvent({
    ...placeFacts(turn, sight),
    items: [{ uri, serialised: true }],
    bizStep: isAggregation ? "inspecting" : bizStep,
    ...present({ disposition }),
    weighing: {
      value,
      unit,
      timeMs: sight.at.wallMs,
      ...present({ deviceId: deviceAssetUri(turn.rules.site, sight.device) }),
    },
    extensions: extensionsOf(turn, sight, caseOf(turn, uri)),
  });
}

/** Against the whole product, or, later, against the hand-in. */
function compare(
  turn: Turn,
  sight: Sight,
  { uri, gtin = "", grams: before }: ReturnCase,
  grams: number,
): void {
  const expectedGrams = before ?? turn.rules.gramsOf.get(gtin);
  if (expectedGrams === undefined || isNear(turn, grams, expectedGrams)) return;
  const [whose, whoseChinese] =
    before === undefined ? ["the whole product weighs", "整件应为"] : ["at hand-in it was", "收货时为"];
  const detail = `${grams} g, ${whose} ${expectedGrams} g`;
  const detailChinese = `${grams}克，${whoseChinese}${expectedGrams}克`;
  alert(turn, sight, "return-weight-differs", { item: uri, detail, detailChinese, grams, expectedGrams });
}

function isNear(turn: Turn, grams: number, expected: number): boolean {
  const { weightToleranceGrams, weightTolerancePercent } = turn.rules.limits;
  return (
    Math.abs(grams - expected) <= Math.max(weightToleranceGrams, (expected * weightTolerancePercent) / 100)
  );
}

const gramsPerUnit: Readonly<Record<string, number>> = {
  kg: 1_000,
  g: 1,
  mg: 0.001,
  t: 1_000_000,
  lb: 453.59237,
  oz: 28.349523125,
};

function gramsOf(value: string, unit: string): number | undefined {
  const factor = gramsPerUnit[unit.toLowerCase()];
  return factor === undefined ? undefined : Math.round(Number(value) * factor * 1_000) / 1_000;
}
