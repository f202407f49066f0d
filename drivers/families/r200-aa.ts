import { m100Bb } from "../../protocols/codecs/m100-bb.ts";
import type { MagicrfFrame } from "../../protocols/codecs/magicrf/frame.ts";
import { r200Aa } from "../../protocols/codecs/r200-aa.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Driver } from "../driver.ts";
import { run } from "../driver.ts";
import { Conversation } from "./parts/conversation.ts";
import type { MagicrfMemory, MagicrfQuestion } from "./parts/magicrf.ts";
import { MagicrfScript } from "./parts/magicrf.ts";

type Settings = SettingsOf<"r200-aa">;

/** UHF modules with R200 firmware (Invelion and others). */
export const r200Reader: Driver<Settings> = {
  name: "r200-aa",
  transports: ["serial", "tcp"],
  start: (settings) => run(new R200Session(settings)),
};

export class R200Session extends Conversation<MagicrfFrame, MagicrfMemory, MagicrfQuestion> {
  constructor(settings: Settings) {
    super(
      new MagicrfScript({
        codec: r200Aa,
        sister: {
          codec: m100Bb,
          words: "a module with M100 firmware (BB..7E) answered: its driver is m100-bb",
        },
        settings,
      }),
    );
  }
}
