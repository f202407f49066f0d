import type { Cancel, Clock } from "../protocols/clock.ts";
import type { LineFault } from "./line-faults.ts";
import type { TimedAction } from "./scenario/timed-action.ts";
import type { Stimulus } from "./stimuli.ts";

/** A simulated device at work, as carriers/ makes it. */
export interface PlayedDevice {
  stimulate(stimulus: Stimulus | LineFault): void;
  unplug(): Promise<void>;
  replug(): Promise<void>;
}

export interface PlayOptions {
  readonly clock: Clock;
  /** 2 plays twice as fast. What the devices and the agent do keeps its own pace. */
  readonly speed?: number;
  /** Told of each action when it has happened. */
  readonly onAction?: (action: TimedAction) => void;
}

export interface Play {
  /** Fulfilled when all actions have happened or the play was stopped; rejected when a carrier failed. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Lets a planned scenario happen, action by action. An action on a device that is not there is a mistake. */
export function playScenario(
  actions: readonly TimedAction[],
  devices: ReadonlyMap<string, PlayedDevice>,
  { clock, speed = 1, onAction }: PlayOptions,
): Play {
  const startMs = clock.monotonicMs();
  let cancel: Cancel = () => {};
  let end: () => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });

  function plan(index: number): void {
    const action = actions[index];
    if (action === undefined) return end();
    const dueMs = startMs + action.atMs / speed;
    cancel = clock.after(Math.max(0, dueMs - clock.monotonicMs()), () => {
      const happened = happen(action, devices).then(() => onAction?.(action));
      if (index + 1 < actions.length) plan(index + 1);
      happened.then(() => {
        if (index + 1 === actions.length) end();
      }, fail);
    });
  }

  plan(0);
  return {
    ended,
    stop() {
      cancel();
      end();
    },
  };
}

async function happen(action: TimedAction, devices: ReadonlyMap<string, PlayedDevice>): Promise<void> {
  const device = devices.get(action.device);
  if (device === undefined) throw new Error(`no device "${action.device}" is being simulated`);
  switch (action.what) {
    case "stimulus":
      return device.stimulate(action.stimulus);
    case "line-fault":
      return device.stimulate(action.fault);
    case "unplug":
      return device.unplug();
    case "replug":
      return device.replug();
  }
}
