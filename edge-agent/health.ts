import type { FaultCode } from "../protocols/faults.ts";
import type { DeviceState } from "../protocols/readings.ts";

/** A device that flaps must not flood the store: so far apart are the reports of one device at least. */
export const healthEveryMs = 1_000;
/** Counts that grow while the state stays are worth a line a minute, not more. */
export const countsEveryMs = 60_000;

/** What a health reading says about a device. */
export interface Health {
  readonly state: DeviceState;
  readonly fault: FaultCode | undefined;
  readonly noiseBytes: number;
  readonly droppedReadings: number;
}

/** Thins one device's health: the latest is kept, and where the device ends up is always said in the end. */
export interface HealthReports {
  /** The health as it is now. */
  note(health: Health, nowMs: number): void;
  /** What is to be reported at this moment, if anything. */
  take(nowMs: number): Health | undefined;
  /** When `take` is to be asked next. */
  dueMs(): number | undefined;
}

export function healthReports(): HealthReports {
  let reported: { readonly health: Health; readonly atMs: number } | undefined;
  let waiting: { readonly health: Health; readonly dueMs: number } | undefined;
  return {
    note(health, nowMs) {
      const delayMs = delayOf(health, reported?.health);
      if (delayMs === undefined) {
        waiting = undefined;
        return;
      }
      // `opening` is a passing state: it is said only where it lasts.
      const passingMs = health.state === "opening" ? nowMs + healthEveryMs : nowMs;
      waiting = {
        health,
        dueMs: Math.max(passingMs, (reported?.atMs ?? Number.NEGATIVE_INFINITY) + delayMs),
      };
    },
    take(nowMs) {
      if (waiting === undefined || nowMs < waiting.dueMs) return undefined;
      reported = { health: waiting.health, atMs: nowMs };
      waiting = undefined;
      return reported.health;
    },
    dueMs: () => waiting?.dueMs,
  };
}

/** How long after the last report this one may come; undefined when it says nothing new. */
function delayOf(health: Health, last: Health | undefined): number | undefined {
  if (last === undefined || health.state !== last.state || health.fault !== last.fault) return healthEveryMs;
  const counted = health.noiseBytes !== last.noiseBytes || health.droppedReadings !== last.droppedReadings;
  return counted ? countsEveryMs : undefined;
}
