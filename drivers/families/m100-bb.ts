import { m100Bb } from "../../protocols/codecs/m100-bb.ts";
import type { MagicrfFrame } from "../../protocols/codecs/magicrf/frame.ts";
import { r200Aa } from "../../protocols/codecs/r200-aa.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Driver } from "../driver.ts";
import { run } from "../driver.ts";
import { Conversation } from "./parts/conversation.ts";
import type { MagicrfMemory, MagicrfQuestion } from "./parts/magicrf.ts";
import { MagicrfScript } from "./parts/magicrf.ts";

type Settings = SettingsOf<"m100-bb">;

/** UHF modules with Magicrf M100 or QM100 firmware (YRM100, JRD-4035 and many boards). */
export const m100Reader: Driver<Settings> = {
  name: "m100-bb",
  transports: ["serial", "tcp"],
  start: (settings) => run(new M100Session(settings)),
};

export class M100Session extends Conversation<MagicrfFrame, MagicrfMemory, MagicrfQuestion> {
  constructor(settings: Settings) {
    super(
      new MagicrfScript({
        codec: m100Bb,
        sister: {
          codec: r200Aa,
          words: "a module with R200 firmware (AA..DD) answered: its driver is r200-aa",
        },
        settings,
      }),
    );
  }
}
