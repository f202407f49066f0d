import type { DriverName } from "../../protocols/config/devices.ts";
import { lineFault } from "../../simulators/line-faults.ts";
import type { FaultPlan } from "./record-fault.ts";

/** One fault of each family, as its simulator plays it. */
export const faultPlans: { readonly [Name in DriverName]?: FaultPlan<Name> } = {
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
  "serial-scanner": {
    fault: "noise-and-torn-code",
    async play(stage) {
      await stage.pass(100);
      stage.stimulate({ kind: "scan", text: "4006381333931", aim: "]E0" });
      await stage.pass(500);
      stage.stimulate(lineFault("false-start", { chunks: 1 }));
      stage.stimulate({ kind: "scan", text: "4006381333948", aim: "]E0" });
      await stage.pass(500);
      stage.stimulate(lineFault("split", { chunks: 1 }));
      stage.stimulate({ kind: "scan", text: "4006381333955", aim: "]E0" });
      await stage.pass(1_000);
      await stage.unplug();
      await stage.pass(2_000);
      await stage.replug();
      await stage.pass(5_000);
      stage.stimulate({ kind: "scan", text: "4006381333962", aim: "]E0" });
      await stage.pass(500);
    },
  },
  "hid-scanner": {
    fault: "unplugged-in-a-long-code",
    async play(stage) {
      await stage.pass(100);
      stage.stimulate({ kind: "scan", text: "4006381333931", aim: "]E0" });
      await stage.pass(500);
      stage.stimulate(lineFault("silence", { chunks: 1 }));
      stage.stimulate({ kind: "scan", text: "x".repeat(130), aim: "]Q1" });
      await stage.pass(1_000);
      stage.stimulate({ kind: "scan", text: "4006381333948", aim: "]E0" });
      await stage.unplug();
      await stage.pass(2_000);
    },
  },
  "mt-sics": {
    fault: "overload-then-silent",
    async play(stage) {
      await stage.pass(1_000);
      stage.stimulate({ kind: "load", digits: 1_250 });
      await stage.pass(2_000);
      stage.stimulate({ kind: "load", digits: 9_999_999 });
      await stage.pass(2_000);
      stage.stimulate({ kind: "load", digits: 0 });
      await stage.pass(1_500);
      stage.stimulate(lineFault("silence", { ms: 8_000 }));
      await stage.pass(15_000);
    },
  },
  "escpos-printer": {
    fault: "paper-end-before-cut",
    async play(stage) {
      await stage.pass(3_000);
      stage.stimulate({ kind: "paper-ends-before-cut" });
      stage.command({
        kind: "print",
        elements: [{ kind: "text", content: "A-001", size: 4, align: "center", bold: true }, { kind: "cut" }],
      });
      await stage.pass(8_000);
      stage.stimulate({ kind: "paper", paper: "ok" });
      await stage.pass(5_000);
    },
  },
  "gpio-buttons": {
    fault: "held-and-pulled-off",
    settings: { buttons: { red: { kind: "call-next" } } },
    async play(stage) {
      await stage.pass(100);
      stage.stimulate({ kind: "press", line: "red", holdMs: 120 });
      await stage.pass(2_000);
      stage.stimulate({ kind: "press", line: "red", holdMs: 5_000 });
      await stage.pass(1_000);
      await stage.unplug();
      await stage.pass(3_000);
    },
  },
};
