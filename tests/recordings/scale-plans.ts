import type { scaleTransports } from "../../protocols/config/devices/scales.ts";
import type { ScaleStimulus } from "../../simulators/devices/scale/simulated-scale.ts";
import { type LineFaultName, lineFault } from "../../simulators/line-faults.ts";
import type { FaultPlan } from "./record-fault.ts";

type ScaleName = Exclude<keyof typeof scaleTransports, "mt-sics">;

const load = (digits: number): ScaleStimulus => ({ kind: "load", digits });

/** What happens between a weighing before and one after. */
interface Trouble {
  readonly fault: string;
  readonly happens: readonly ScaleStimulus[];
  /** The line goes bad as well, for so many frames. */
  readonly line?: LineFaultName;
  readonly frames?: number;
}

/** A weighing, the trouble, and whether the scale is believed again afterwards. */
const weighing = ({ fault, happens, line, frames = 3 }: Trouble): FaultPlan<ScaleName> => ({
  fault,
  async play(stage) {
    await stage.pass(1_500);
    stage.stimulate(load(1_250));
    await stage.pass(3_000);
    if (line !== undefined) stage.stimulate(lineFault(line, { chunks: frames }));
    for (const stimulus of happens) stage.stimulate(stimulus);
    await stage.pass(4_000);
    stage.stimulate(load(0));
    await stage.pass(3_000);
    stage.stimulate(load(2_500));
    await stage.pass(3_000);
  },
});

const overload = load(99_999);
const gone = { frames: 1_000, line: "silence" } as const;

/** One fault of each family of scales; together they are what scales do in shops. */
export const scalePlans: { readonly [Name in ScaleName]: FaultPlan<Name> } & {
  readonly "mt-sics": FaultPlan<"mt-sics">;
} = {
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
  "toledo-8217": weighing({ fault: "overload", happens: [overload] }),
  "toledo-continuous": weighing({ fault: "flipped-bits", happens: [], line: "flipped-bit", frames: 6 }),
  "nci-ecr": weighing({ fault: "underload", happens: [load(-500)] }),
  "yaohua-tf0": weighing({
    fault: "swapped-digits-and-noise",
    happens: [{ kind: "swapped-digits" }],
    line: "garbage",
    frames: 8,
  }),
  "yaohua-tf1": weighing({ fault: "torn-frames", happens: [], line: "false-start", frames: 4 }),
  "yaohua-tf2": weighing({ fault: "silent", happens: [], ...gone }),
  "yaohua-cmd": weighing({ fault: "noise-in-replies", happens: [], line: "garbage", frames: 6 }),
  "cas-ap1": weighing({ fault: "does-not-answer", happens: [], ...gone }),
  "cas-22": weighing({ fault: "overload-and-noise", happens: [overload], line: "garbage", frames: 5 }),
  "ascii-st-us": weighing({ fault: "overload", happens: [overload] }),
  "digi-ds": weighing({ fault: "garbage", happens: [], line: "garbage", frames: 6 }),
  sma: weighing({ fault: "overload", happens: [overload] }),
  "hid-8d": weighing({ fault: "overload", happens: [overload] }),
};
