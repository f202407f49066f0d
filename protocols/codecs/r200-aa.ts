import { magicrfCodec } from "./magicrf/frame.ts";

/** UHF modules with R200 firmware; the board may still call itself M100. */
export const r200Aa = magicrfCodec("r200-aa", { head: 0xaa, end: 0xdd });
