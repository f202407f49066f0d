import { join } from "../../../protocols/stream/bytes.ts";
import type { Simulator } from "../../../simulators/simulator.ts";

/** What the test lets the probe do: say these bytes, or move this line. */
export type ProbeStimulus =
  | { readonly kind: "say"; readonly bytes: Uint8Array }
  | { readonly kind: "move"; readonly line: string; readonly active: boolean };

/** A device without a protocol: it says what it is told to, and keeps what it hears. */
export interface Probe {
  readonly simulator: Simulator<null, ProbeStimulus>;
  readonly heard: () => Uint8Array;
  readonly features: () => readonly Uint8Array[];
  readonly openings: () => number;
}

export function probeDevice(): Probe {
  const heard: Uint8Array[] = [];
  const features: Uint8Array[] = [];
  let openings = 0;
  return {
    heard: () => join(...heard),
    features: () => features,
    openings: () => openings,
    simulator: {
      name: "probe",
      initial: null,
      step(state, input) {
        if (input.kind === "opened") openings += 1;
        if (input.kind === "bytes") heard.push(input.bytes);
        if (input.kind === "feature") features.push(input.bytes);
        if (input.kind !== "stimulus") return { state, effects: [] };
        const { stimulus } = input;
        return {
          state,
          effects: [
            stimulus.kind === "say"
              ? { kind: "send", bytes: stimulus.bytes }
              : { kind: "edge", line: stimulus.line, active: stimulus.active },
          ],
        };
      },
    },
  };
}
