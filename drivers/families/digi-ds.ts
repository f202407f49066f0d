import type { DigiDsFrame } from "../../protocols/codecs/digi-ds.ts";
import { digiDs, digiDsWeight } from "../../protocols/codecs/digi-ds.ts";
import { always, restingBy, scaleDriver } from "./parts/scale/driver.ts";
import { weightWord } from "./parts/scale/protocol.ts";

/** DIGI DS-425. It may be set to say whether the load is at rest; where not, the rule decides. */
export const digiDsScale = scaleDriver("digi-ds", (settings) => ({
  codec: digiDs,
  read: (frame: DigiDsFrame) => weightWord(digiDsWeight(frame)),
  speaks: always(settings),
  unit: settings.unit,
  resting: restingBy(settings),
  capacity: settings.capacity,
}));
