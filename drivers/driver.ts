import type { CommandOutcome, DeviceCommand } from "../protocols/commands.ts";
import type { TransportKind } from "../protocols/config/transport.ts";
import type { Fault, FaultCode } from "../protocols/faults.ts";
import type { Observation } from "../protocols/readings.ts";

/** What happens to a session. The first input of each connection is `opened`. */
export type SessionInput =
  | { readonly kind: "opened" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "edge"; readonly line: string; readonly active: boolean }
  | { readonly kind: "timer"; readonly name: string }
  | { readonly kind: "command"; readonly command: DeviceCommand };

/** What a session wants done; the runner carries the effects out in order. */
export type SessionEffect =
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  | { readonly kind: "send-feature"; readonly bytes: Uint8Array }
  /** Drives an output line; with `command`, that command is done once the line is driven, and in doubt if it cannot be. */
  | { readonly kind: "set-line"; readonly line: string; readonly active: boolean; readonly command?: string }
  /** `readerMs`: the device's own time of it, where the device has a clock. */
  | { readonly kind: "observe"; readonly observation: Observation; readonly readerMs?: number }
  /** The device has told its own time just now; `asked` where that answers what was sent last. */
  | { readonly kind: "reader-time"; readonly readerMs: number; readonly asked: boolean }
  /** The handshake proved that the right device stands there and works. */
  | { readonly kind: "ready" }
  /** It works, but not well; `healthy` takes it back. */
  | { readonly kind: "degraded"; readonly fault: Fault }
  | { readonly kind: "healthy" }
  /** This connection is of no use: close it, back off, open a new one. */
  | { readonly kind: "give-up"; readonly fault: Fault }
  | { readonly kind: "noise"; readonly byteCount: number }
  /** Arms the timer of that name anew, or for the first time. A connection's timers end with it. */
  | { readonly kind: "timer"; readonly name: string; readonly delayMs: number }
  | { readonly kind: "cancel-timer"; readonly name: string }
  | {
      readonly kind: "answer";
      readonly command: string;
      readonly outcome: CommandOutcome;
      readonly fault?: FaultCode;
    };

export interface SessionStep<State> {
  readonly state: State;
  readonly effects: readonly SessionEffect[];
}

/** One device family's behaviour on an open connection: a pure machine, begun anew for each connection. */
export interface Session<State> {
  readonly initial: State;
  /** It asks its device without end: from `opened` on a timer of it runs always, or it has lost its beat. */
  readonly polls?: boolean;
  step(state: State, input: SessionInput): SessionStep<State>;
  /** What the device should hear last when the connection is to end; nothing it answers is heard any more. */
  farewell?(state: State): Uint8Array | undefined;
}

/** A session whose state type is nobody else's business. */
export interface RunningSession {
  readonly polls?: boolean;
  step(input: SessionInput): readonly SessionEffect[];
  farewell?(): Uint8Array | undefined;
}

export function run<State>(session: Session<State>): RunningSession {
  let state = session.initial;
  return {
    polls: session.polls ?? false,
    step(input) {
      const next = session.step(state, input);
      state = next.state;
      return next.effects;
    },
    farewell: () => session.farewell?.(state),
  };
}

/** A device family: which transports it travels on, and how a configured device of it behaves. */
export interface Driver<Settings> {
  readonly name: string;
  readonly transports: readonly TransportKind[];
  /** Called for each new connection with the settings that `protocols/config/devices.ts` validated. */
  start(settings: Settings): RunningSession;
}
