/** What happens to a simulated device; `Stimulus` is what the world does to it (a tag comes near, a press). */
export type SimulatorInput<Stimulus> =
  /** The host opened the line. */
  | { readonly kind: "opened" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "feature"; readonly bytes: Uint8Array }
  | { readonly kind: "timer"; readonly name: string }
  | { readonly kind: "stimulus"; readonly stimulus: Stimulus };

/** What a simulated device does in turn. */
export type SimulatorEffect =
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  | { readonly kind: "edge"; readonly line: string; readonly active: boolean }
  | { readonly kind: "timer"; readonly name: string; readonly delayMs: number }
  | { readonly kind: "cancel-timer"; readonly name: string };

export interface SimulatorStep<State> {
  readonly state: State;
  readonly effects: readonly SimulatorEffect[];
}

/** A simulated device: state, what it can do, and small behaviours; the bytes come from the codecs. */
export interface Simulator<State, Stimulus> {
  readonly name: string;
  readonly initial: State;
  step(state: State, input: SimulatorInput<Stimulus>): SimulatorStep<State>;
}

/** A simulator at work, whatever carries it: a pseudo-terminal, a socket, or the same process. */
export interface RunningSimulator<Stimulus> {
  stimulate(stimulus: Stimulus): void;
}
