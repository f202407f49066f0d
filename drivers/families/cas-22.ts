import type { Cas22Frame } from "../../protocols/codecs/cas-22.ts";
import { cas22, cas22Weight } from "../../protocols/codecs/cas-22.ts";
import { always, scaleDriver } from "./parts/scale/driver.ts";
import { weightWord } from "./parts/scale/protocol.ts";

/** CAS CI and NT indicators, frames of 22 bytes. */
export const cas22Scale = scaleDriver("cas-22", (settings) => ({
  codec: cas22,
  // A frame without a weight is one with OL.
  read: (frame: Cas22Frame) =>
    weightWord(cas22Weight(frame)) ?? { kind: "obstacle", obstacle: "overload", detail: "the scale says OL" },
  speaks: always(settings),
}));
