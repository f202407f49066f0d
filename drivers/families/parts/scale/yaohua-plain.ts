import type { StreamCodec } from "../../../../protocols/codec.ts";
import type { YaohuaPlainFrame } from "../../../../protocols/codecs/scale/yaohua-plain.ts";
import { yaohuaPlainWeight } from "../../../../protocols/codecs/scale/yaohua-plain.ts";
import type { SettingsOf } from "../../../../protocols/config/devices.ts";
import { always, restingBy } from "./driver.ts";
import type { ScaleProtocol } from "./protocol.ts";
import { weightWord } from "./protocol.ts";

/** What Yaohua's two modes without a check have in common. The frame names no unit, so the settings' one counts. */
export const yaohuaPlainProtocol = (
  codec: StreamCodec<YaohuaPlainFrame>,
  settings: SettingsOf<"yaohua-tf1" | "yaohua-tf2">,
): ScaleProtocol<YaohuaPlainFrame> => ({
  codec,
  read: (frame) => weightWord({ ...yaohuaPlainWeight(frame), unit: null }),
  speaks: always(settings),
  unit: settings.unit,
  resting: restingBy(settings),
  capacity: settings.capacity,
});
