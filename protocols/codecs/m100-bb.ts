import { magicrfCodec } from "./magicrf/frame.ts";

/** UHF modules with Magicrf M100/QM100 firmware (YRM100, JRD-4035). */
export const m100Bb = magicrfCodec("m100-bb", { head: 0xbb, end: 0x7e });
