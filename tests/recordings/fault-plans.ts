import type { DriverName } from "../../protocols/config/devices.ts";
import { lineFault } from "../../simulators/line-faults.ts";
import { readerPlans } from "./reader-plans.ts";
import type { FaultPlan } from "./record-fault.ts";
import { scalePlans } from "./scale-plans.ts";

/** One fault of each family, as its simulator plays it. */
export const faultPlans: { readonly [Name in DriverName]: FaultPlan<Name> } = {
  ...readerPlans,
  ...scalePlans,
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
  "led-line": {
    fault: "refuses-loses-and-hangs",
    async play(stage) {
      await stage.pass(6_000);
      stage.command({ kind: "show", text: "A-001 -> 1" });
      await stage.pass(1_000);
      stage.stimulate({ kind: "refuse", code: 4 });
      stage.command({ kind: "show", text: "A-002 -> 2" });
      await stage.pass(1_000);
      stage.stimulate({ kind: "refuse", code: 0 });
      stage.stimulate({ kind: "lose-answers", answers: 1 });
      stage.command({ kind: "show", text: "A-003 -> 1" });
      await stage.pass(2_000);
      stage.stimulate({ kind: "hang", hanging: true });
      stage.command({ kind: "show", text: "A-004 -> 2" });
      await stage.pass(1_500);
      await stage.unplug();
      await stage.pass(2_000);
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
  "hid-keyboard": {
    fault: "unplugged-after-a-code",
    async play(stage) {
      await stage.pass(100);
      stage.stimulate({ kind: "scan", text: "4006381333931", aim: "]X0" });
      await stage.pass(1_500);
      stage.stimulate({ kind: "scan", text: "4006381333948", aim: "]X0" });
      await stage.pass(20);
      await stage.unplug();
      await stage.pass(2_000);
    },
  },
  "hid-keypad": {
    fault: "pulled-off-with-a-key-down",
    settings: { buttons: { enter: { kind: "call-next" } } },
    async play(stage) {
      await stage.pass(100);
      stage.stimulate({ kind: "press", key: "enter", holdMs: 120 });
      await stage.pass(2_000);
      stage.stimulate({ kind: "press", key: "enter", holdMs: 5_000 });
      await stage.pass(1_000);
      await stage.unplug();
      await stage.pass(3_000);
    },
  },
  "serial-pager": {
    fault: "noise-and-torn-press",
    settings: {
      buttons: { next: { kind: "call-next" }, serve: { kind: "serve" } },
      frames: { next: "aa01fe", serve: "aa02fd" },
    },
    options: { frames: { next: "aa01fe", serve: "aa02fd" } },
    async play(stage) {
      await stage.pass(100);
      stage.stimulate({ kind: "press", button: "next" });
      await stage.pass(2_000);
      stage.stimulate(lineFault("false-start", { chunks: 1 }));
      stage.stimulate({ kind: "press", button: "serve" });
      await stage.pass(2_000);
      stage.stimulate(lineFault("split", { chunks: 1 }));
      stage.stimulate({ kind: "press", button: "next" });
      await stage.pass(2_000);
    },
  },
  "gpio-beam-pair": {
    fault: "beam-blocked",
    settings: { outer: "outer", inner: "inner" },
    async play(stage) {
      await stage.pass(100);
      stage.stimulate({ kind: "pass", direction: "in" });
      await stage.pass(5_000);
      stage.stimulate({ kind: "turn-back", from: "outer" });
      await stage.pass(5_000);
      stage.stimulate({ kind: "block", beam: "inner", blocked: true });
      await stage.pass(120_000);
      stage.stimulate({ kind: "block", beam: "inner", blocked: false });
      await stage.pass(5_000);
    },
  },
  tfmini: {
    fault: "sun-shines-into-it",
    settings: { emptyCm: 200, counts: "in" },
    options: { everyMs: 100 },
    async play(stage) {
      await stage.pass(1_000);
      stage.stimulate({ kind: "pass", distanceCm: 80, bodyMs: 600 });
      await stage.pass(2_000);
      stage.stimulate({ kind: "come", distanceCm: 80 });
      await stage.pass(1_000);
      stage.stimulate({ kind: "light", light: "sunlight" });
      await stage.pass(12_000);
      stage.stimulate({ kind: "go" });
      stage.stimulate({ kind: "light", light: "good" });
      await stage.pass(1_000);
      stage.stimulate({ kind: "bad-sums", frames: 3 });
      await stage.pass(1_000);
      stage.stimulate(lineFault("silence", { ms: 3_000 }));
      await stage.pass(4_000);
    },
  },
  "gpio-outputs": {
    fault: "line-that-is-not-there",
    settings: { outputs: ["lamp"] },
    async play(stage) {
      await stage.pass(100);
      stage.command({ kind: "output", line: "lamp", active: true, pulseMs: 500 });
      await stage.pass(1_000);
      stage.command({ kind: "output", line: "siren", active: true });
      await stage.pass(500);
      await stage.unplug();
      await stage.pass(1_000);
    },
  },
};
