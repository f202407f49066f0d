import type { Fault } from "../protocols/faults.ts";
import type { Random } from "../protocols/random.ts";
import type { DeviceState } from "../protocols/readings.ts";

/** The shortest wait before a device is opened again: longer than a serial port's lock outlives its close. */
export const backoffMsMin = 500;
/** The longest wait: a technician who plugs a device in should not wait longer to see it. */
export const backoffMsMax = 30_000;
/** A device that worked for so long has earned a short wait again; shorter, and flapping would look like work. */
export const stableAfterMs = 60_000;
/** Opening a transport: a TCP connection through a slow radio bridge needs a few seconds. */
export const openingMsMax = 15_000;
/** From opened to `ready`; longer than any session's own timeouts, so it catches only those that forget. */
export const handshakeMsMax = 15_000;

export interface Supervision {
  readonly state: DeviceState;
  /** What keeps the device from working, or worked against it last. */
  readonly fault: Fault | undefined;
  /** What the session of this connection finds degraded; it may say so before it is ready. */
  readonly trouble: Fault | undefined;
  /** The last wait; the next one is drawn from it. */
  readonly backoffMs: number;
}

export type SupervisionInput =
  | { readonly kind: "opened" }
  | { readonly kind: "open-failed"; readonly fault: Fault }
  | { readonly kind: "handshake-ready" }
  | { readonly kind: "degraded"; readonly fault: Fault }
  | { readonly kind: "healthy" }
  | { readonly kind: "gave-up"; readonly fault: Fault }
  | { readonly kind: "closed"; readonly fault: Fault }
  | { readonly kind: "handshake-timeout" }
  /** The wait is over; also the first input of all, because the first wait is none. */
  | { readonly kind: "backoff-elapsed" }
  | { readonly kind: "stable-for-long" }
  /** Restarting did not help: nothing is tried any more before a `restart`. */
  | { readonly kind: "set-aside"; readonly fault: Fault }
  /** Somebody asked for a new start. */
  | { readonly kind: "restart" };

/** The three timers of a device: each state arms its own, and `stop-timers` ends them all. */
export type SupervisionTimer = "backoff" | "handshake" | "stable";

export type SupervisionEffect =
  | { readonly kind: "open" }
  | { readonly kind: "close" }
  | { readonly kind: "start-timer"; readonly timer: SupervisionTimer; readonly delayMs: number }
  | { readonly kind: "stop-timers" }
  | { readonly kind: "report-health" };

export interface SupervisionStep {
  readonly state: Supervision;
  readonly effects: readonly SupervisionEffect[];
}

export const initialSupervision: Supervision = {
  state: "absent",
  fault: undefined,
  trouble: undefined,
  backoffMs: backoffMsMin,
};

/** One device's life; an input that means nothing in a state changes nothing (drawing in README.md). */
export function supervise(state: Supervision, input: SupervisionInput, random: Random): SupervisionStep {
  if (input.kind === "set-aside") return setAside(input.fault);
  // The compiler does not see that the entry found by an input's kind takes that very input.
  const transition = transitions[state.state][input.kind] as Transition<SupervisionInput> | undefined;
  return transition?.(state, input, random) ?? { state, effects: [] };
}

/** Whether the device can observe anything at all in this state. */
export function isWorking(state: DeviceState): boolean {
  return state === "ready" || state === "degraded";
}

const stopTimers: SupervisionEffect = { kind: "stop-timers" };
const reportHealth: SupervisionEffect = { kind: "report-health" };
const open: SupervisionEffect = { kind: "open" };
const close: SupervisionEffect = { kind: "close" };
const startTimer = (timer: SupervisionTimer, delayMs: number): SupervisionEffect => ({
  kind: "start-timer",
  timer,
  delayMs,
});
const startOpening = [open, startTimer("handshake", openingMsMax)] as const;

function setAside(fault: Fault): SupervisionStep {
  const state = { state: "faulted", fault, trouble: undefined, backoffMs: backoffMsMin } as const;
  return { state, effects: [stopTimers, reportHealth, close] };
}

type Transition<Input> = (state: Supervision, input: Input, random: Random) => SupervisionStep;
type Transitions = {
  readonly [Kind in SupervisionInput["kind"]]?: Transition<Extract<SupervisionInput, { kind: Kind }>>;
};

/** No connection; the wait for the next try runs. */
const waiting: Transitions = {
  "backoff-elapsed": (state) => {
    // Only the first attempt is news; a report at each retry of an absent device would never end.
    const isFirst = state.fault === undefined;
    return {
      state: { ...state, state: "opening" },
      effects: isFirst ? [reportHealth, ...startOpening] : startOpening,
    };
  },
  restart: (state) => ({
    state: { ...state, state: "opening" },
    effects: [stopTimers, ...startOpening],
  }),
  // It came after its deadline: nobody waits for this connection any more.
  opened: (state) => ({ state, effects: [close] }),
};

/** The transport is being opened, or the session greets the device. */
const opening: Transitions = {
  opened: (state) => ({ state, effects: [stopTimers, startTimer("handshake", handshakeMsMax)] }),
  "open-failed": (state, { fault }, random) => wait(state, fault, random),
  "handshake-ready": (state) => ({
    state: { ...state, state: state.trouble ? "degraded" : "ready", fault: state.trouble },
    effects: [stopTimers, startTimer("stable", stableAfterMs), reportHealth],
  }),
  degraded: (state, { fault }) => ({ state: { ...state, trouble: fault }, effects: [] }),
  healthy: (state) => ({ state: { ...state, trouble: undefined }, effects: [] }),
  "gave-up": (state, { fault }, random) => wait(state, fault, random),
  closed: (state, { fault }, random) => wait(state, fault, random),
  "handshake-timeout": (state, _, random) =>
    wait(state, { code: "handshake-timeout", detail: "no handshake before the deadline" }, random),
  restart: (state) => ({
    state: { ...state, trouble: undefined },
    effects: [stopTimers, close, ...startOpening],
  }),
};

/** The handshake proved the device; it works, well or not so well. */
const working: Transitions = {
  degraded: (state, { fault }) => ({
    state: { ...state, state: "degraded", fault, trouble: fault },
    effects: state.fault?.code === fault.code ? [] : [reportHealth],
  }),
  healthy: (state) => ({
    state: { ...state, state: "ready", fault: undefined, trouble: undefined },
    effects: state.state === "ready" ? [] : [reportHealth],
  }),
  "gave-up": (state, { fault }, random) => wait(state, fault, random),
  closed: (state, { fault }, random) => wait(state, fault, random),
  "stable-for-long": (state) => ({ state: { ...state, backoffMs: backoffMsMin }, effects: [] }),
  restart: (state) => ({
    state: { ...state, state: "opening", fault: undefined, trouble: undefined },
    effects: [stopTimers, reportHealth, close, ...startOpening],
  }),
};

const transitions: Readonly<Record<DeviceState, Transitions>> = {
  absent: waiting,
  faulted: waiting,
  opening,
  ready: working,
  degraded: working,
};

/** Whatever went wrong: let go of the connection, say so, and try again later. */
function wait(state: Supervision, fault: Fault, random: Random): SupervisionStep {
  const backoffMs = nextBackoffMs(state.backoffMs, random);
  return {
    state: {
      state: fault.code === "device-absent" ? "absent" : "faulted",
      fault,
      trouble: undefined,
      backoffMs,
    },
    effects: [stopTimers, reportHealth, close, startTimer("backoff", backoffMs)],
  };
}

/** Decorrelated jitter: anywhere between the shortest wait and three times the last one. */
function nextBackoffMs(lastMs: number, random: Random): number {
  const spanMs = Math.min(backoffMsMax, lastMs * 3) - backoffMsMin;
  return backoffMsMin + random.fraction() * spanMs;
}
