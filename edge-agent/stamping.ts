import type { Clock } from "../protocols/clock.ts";
import { newId } from "../protocols/identity.ts";
import type { Random } from "../protocols/random.ts";
import type { Observation, Reading, Stamp } from "../protocols/readings.ts";

export interface StampingOptions {
  readonly agent: string;
  /** Which start of the machine the monotonic time belongs to. */
  readonly boot: string;
  readonly clock: Clock;
  readonly random: Random;
}

export interface DevicePlace {
  readonly device: string;
  readonly readPoint: string;
}

/** Makes a reading of an observation; `atMs` is when it was, on the monotonic clock, where that was not just now. */
export type Stamping = (place: DevicePlace, observation: Observation, atMs?: number) => Reading;

/**
 * Numbers the readings of one start of the agent under an epoch of their own. A spool gives them its own
 * sequence when it writes them, because that one goes on where the start before left off.
 */
export function stamping(options: StampingOptions): Stamping {
  const { agent, clock, random } = options;
  const epoch = newId(clock, random);
  let sequence = 0;
  return ({ device, readPoint }, observation, atMs) => {
    sequence += 1;
    return {
      id: newId(clock, random),
      agent,
      epoch,
      sequence,
      device,
      readPoint,
      at: stampOf(clock, options.boot, atMs),
      observation,
    };
  };
}

function stampOf(clock: Clock, boot: string, atMs: number | undefined): Stamp {
  const nowMs = clock.monotonicMs();
  const monotonicMs = atMs ?? nowMs;
  const wallMs = Math.floor(clock.wallMs() - (nowMs - monotonicMs));
  return { wallMs, monotonicMs, boot, clock: clock.quality() };
}
