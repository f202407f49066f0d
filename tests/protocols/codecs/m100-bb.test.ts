import { m100Bb } from "../../../protocols/codecs/m100-bb.ts";
import { itIsMagicrf } from "./magicrf-family.ts";

itIsMagicrf({ codec: m100Bb, head: 0xbb, end: 0x7e, noTag: "bb01ff000115167e" });
