import type { Simulator } from "../simulator.ts";

/** Lamps and relays: the world does nothing to them, and the carrier shows how they were driven. */
export const createOutputs = (): Simulator<null, never> => ({
  name: "gpio-outputs",
  initial: null,
  step: (state) => ({ state, effects: [] }),
});
