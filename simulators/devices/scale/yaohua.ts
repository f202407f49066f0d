import type { YaohuaNumber } from "../../../protocols/codecs/scale/yaohua.ts";
import type { YaohuaPlainFrame } from "../../../protocols/codecs/scale/yaohua-plain.ts";
import type { Shown } from "./platform.ts";
import { magnitude } from "./platform.ts";

/** An indicator has no word for an overload: it goes on counting. */
export const yaohuaNumber = ({ digits, decimals }: Pick<Shown, "digits" | "decimals">): YaohuaNumber => ({
  negative: digits < 0,
  digits: String(Math.abs(digits)).padStart(6, "0"),
  decimals,
});

const shownCharacters = 8;

export const yaohuaShown = (shown: Shown): YaohuaPlainFrame => ({
  shown:
    shown.digits < 0
      ? `-${magnitude(shown).padStart(shownCharacters - 1, "0")}`
      : magnitude(shown).padStart(shownCharacters, "0"),
});
