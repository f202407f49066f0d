import type { MagicrfOptions } from "./parts/magicrf.ts";
import { createMagicrf, magicrfDefaults } from "./parts/magicrf.ts";

export const m100Defaults: MagicrfOptions = { ...magicrfDefaults, firmware: "bb" };

/** A module with M100 firmware, unless the options put the other one on its board. */
export const createM100 = (options: MagicrfOptions) => createMagicrf("m100-bb", options);
