import { fromLatin1 } from "../../protocols/stream/bytes.ts";
import { MtSicsSimulator } from "../devices/mt-sics.ts";
import type { SimulatedFamilies } from "./family.ts";

export const simulatedScales: SimulatedFamilies<"mt-sics"> = {
  "mt-sics": {
    transports: ["serial", "tcp"],
    alphabet: fromLatin1("SDIZT+- .0123456789kgE\r\n"),
    create: (options) => new MtSicsSimulator(options),
  },
};
