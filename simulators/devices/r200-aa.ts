import type { MagicrfOptions } from "./parts/magicrf.ts";
import { createMagicrf, magicrfDefaults } from "./parts/magicrf.ts";

export const r200Defaults: MagicrfOptions = { ...magicrfDefaults, firmware: "aa" };

/** A module with R200 firmware, unless the options put the other one on its board. */
export const createR200 = (options: MagicrfOptions) => createMagicrf("r200-aa", options);
