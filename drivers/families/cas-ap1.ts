import type { CasAp1Frame } from "../../protocols/codecs/cas-ap1.ts";
import { casAp1, casAp1Value } from "../../protocols/codecs/cas-ap1.ts";
import { scaleDriver } from "./parts/scale/driver.ts";
import type { ScaleWord } from "./parts/scale/protocol.ts";

/** CAS AP-1 and ACS counter scales: ENQ, the scale's ACK, DC1, the weight. */
export const casAp1Scale = scaleDriver("cas-ap1", (settings) => ({
  codec: casAp1,
  read,
  speaks: { when: "asked", ask: casAp1.encode({ kind: "enquiry" }), everyMs: settings.pollMs },
  unit: settings.unit,
  capacity: settings.capacity,
}));

function read(frame: CasAp1Frame): ScaleWord | undefined {
  if (frame.kind === "acknowledge") return { kind: "proceed", bytes: casAp1.encode({ kind: "request" }) };
  if (frame.kind !== "weight") return undefined;
  const unit = frame.unit.trim();
  return { kind: "weight", weight: { value: casAp1Value(frame), unit, stable: frame.stable } };
}
