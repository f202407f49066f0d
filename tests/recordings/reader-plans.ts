import type { readerTransports } from "../../protocols/config/devices/readers.ts";
import { lineFault } from "../../simulators/line-faults.ts";
import type { FaultPlan } from "./record-fault.ts";

const near = (epcHex: string, antenna = 1) => ({ kind: "tag-near", epcHex, antenna, rssiDbm: -58 }) as const;

/** One fault of each family of readers. */
export const readerPlans: { readonly [Name in keyof typeof readerTransports]: FaultPlan<Name> } = {
  "r2000-a0": {
    fault: "antenna-missing",
    settings: { antennas: [1, 2] },
    options: { antennaCount: 4 },
    async play(stage) {
      await stage.pass(500);
      stage.stimulate({ kind: "tag-near", epcHex: "30340000000000000000a001", antenna: 1, rssiDbm: -58 });
      await stage.pass(400);
      stage.stimulate({ kind: "antenna-lost", antenna: 2 });
      await stage.pass(400);
      stage.stimulate({ kind: "antenna-back", antenna: 2 });
      await stage.pass(500);
    },
  },
  "m100-bb": {
    fault: "poll-ends-and-bad-tag-crc",
    async play(stage) {
      await stage.pass(1_000);
      stage.stimulate(near("30340000000000000000a001"));
      await stage.pass(500);
      stage.stimulate({ kind: "flaw", flaw: "bad-tag-crc", times: 2 });
      await stage.pass(300);
      stage.stimulate({ kind: "flaw", flaw: "poll-ends", times: 1 });
      await stage.pass(1_500);
      stage.stimulate(lineFault("flipped-bit", { chunks: 3 }));
      await stage.pass(1_000);
    },
  },
  "r200-aa": {
    fault: "silent-then-back",
    async play(stage) {
      await stage.pass(1_000);
      stage.stimulate(near("30340000000000000000a002"));
      await stage.pass(500);
      stage.stimulate(lineFault("silence", { ms: 6_000 }));
      await stage.pass(20_000);
    },
  },
  llrp: {
    fault: "keepalive-missing",
    async play(stage) {
      await stage.pass(2_000);
      stage.stimulate(near("30340000000000000000a003"));
      await stage.pass(1_000);
      stage.stimulate({ kind: "flaw", flaw: "keepalive-missing", times: 1_000 });
      stage.stimulate(lineFault("silence", { ms: 60_000 }));
      await stage.pass(90_000);
    },
  },
  "chafon-crc16": {
    fault: "foreign-reply-and-bad-crc",
    async play(stage) {
      await stage.pass(1_000);
      stage.stimulate(near("30340000000000000000a004"));
      await stage.pass(1_000);
      stage.stimulate({ kind: "flaw", flaw: "foreign-reply", times: 1 });
      await stage.pass(1_000);
      stage.stimulate({ kind: "flaw", flaw: "bad-crc", times: 2 });
      await stage.pass(2_000);
      stage.stimulate({ kind: "flaw", flaw: "end-missing", times: 1 });
      await stage.pass(8_000);
    },
  },
  "chafon-cf": {
    fault: "turned-crc",
    async play(stage) {
      await stage.pass(1_000);
      stage.stimulate(near("30340000000000000000a005"));
      await stage.pass(500);
      stage.stimulate({ kind: "flaw", flaw: "turned-crc", times: 2 });
      await stage.pass(2_000);
      stage.stimulate(lineFault("silence", { ms: 5_000 }));
      await stage.pass(20_000);
    },
  },
  "mercury-ff": {
    fault: "silent-then-back",
    async play(stage) {
      await stage.pass(1_000);
      stage.stimulate(near("30340000000000000000a006"));
      await stage.pass(1_000);
      stage.stimulate(lineFault("flipped-bit", { chunks: 2 }));
      await stage.pass(1_000);
      stage.stimulate(lineFault("silence", { ms: 6_000 }));
      await stage.pass(20_000);
    },
  },
};
