import { type Logger, pino } from "pino";
import { expect } from "vitest";
import type { RunningSession } from "../../drivers/driver.ts";
import { DeviceRunner } from "../../edge-agent/device-runner.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { Observation } from "../../protocols/readings.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { deviceNamed, ScriptedTransport, scriptedSession } from "./scripted-device.ts";

export interface Bench {
  readonly clock: ManualClock;
  readonly cable: ScriptedTransport;
  readonly runner: DeviceRunner;
  readonly said: Observation[];
  /** What was said since the last time, in words. */
  readonly heard: () => readonly string[];
}

export function bench(
  startSession: () => RunningSession = scriptedSession,
  smoothing: object = {},
  log: Logger = pino({ level: "silent" }),
  clock: ManualClock = new ManualClock(),
): Bench {
  const cable = new ScriptedTransport();
  const said: Observation[] = [];
  const runner = new DeviceRunner({
    device: deviceNamed("reader", smoothing),
    openTransport: () => cable,
    startSession,
    emit: (observation) => said.push(observation),
    clock,
    random: seededRandom(1),
    log,
  });
  let read = 0;
  const heard = (): readonly string[] => {
    const fresh = said.slice(read);
    read = said.length;
    return fresh.map(worded);
  };
  return { clock, cable, runner, said, heard };
}

function worded(observation: Observation): string {
  if (observation.kind === "tag") return `tag ${observation.epcHex} ${observation.change}`;
  if (observation.kind === "health") return `health ${observation.state} ${observation.fault ?? "-"}`;
  if (observation.kind !== "answer") return observation.kind;
  return `answer ${observation.command} ${observation.outcome} ${observation.fault ?? "-"}`;
}

export async function started(...parameters: Parameters<typeof bench>): Promise<Bench> {
  const made = bench(...parameters);
  made.runner.start();
  await made.clock.turn(0);
  return made;
}

/** The longest wait is 30 s, so it takes no longer. */
export async function untilReady(clock: ManualClock, runner: DeviceRunner): Promise<void> {
  for (let waitedMs = 0; waitedMs < 31_000 && runner.condition().state !== "ready"; waitedMs += 100)
    await clock.turn(100);
  expect(runner.condition().state).toBe("ready");
}

export const print = (id: string) => ({
  id,
  device: "reader",
  task: { kind: "print" as const, elements: [{ kind: "cut" as const }] },
});
