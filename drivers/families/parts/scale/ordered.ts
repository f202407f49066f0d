import type { CommandTask, DeviceCommand } from "../../../../protocols/commands.ts";
import type { FaultCode } from "../../../../protocols/faults.ts";
import type { Observation } from "../../../../protocols/readings.ts";
import type { SessionEffect } from "../../../driver.ts";
import { done, failed, inDoubt } from "../answers.ts";

/*
 * Few scales say how a command ended, so it is looked at: what was zeroed or tared shows nought, a tare that was
 * taken back shows gross. What has not come about when the time is up has failed; a scale that showed nothing
 * at rest meanwhile leaves doubt.
 */

type Weight = Extract<Observation, { kind: "weight" }>;

/** What the scale showed since the command was sent. */
export interface Looked {
  readonly command: DeviceCommand;
  readonly heard: boolean;
  /** Why it is not carried out, as far as that is certain: a load at rest, or an obstacle. */
  readonly seen: FaultCode | undefined;
}

type Aim = (weight: Weight) => boolean;
const isNought: Aim = ({ value }) => !/[1-9]/.test(value);
const aims: Partial<Record<CommandTask["kind"], Aim>> = {
  zero: isNought,
  tare: isNought,
  "clear-tare": ({ mode }) => mode !== "net",
};

/** Whether a weight shows that the command has been carried out. */
export const isCarriedOut = ({ command }: Looked, weight: Weight): boolean =>
  weight.stable && aims[command.task.kind]?.(weight) === true;

/** The scale has shown something else than what was wanted; `seen` is undefined while the load moves. */
export const lookedAt = (looked: Looked, seen: FaultCode | undefined): Looked => ({
  ...looked,
  heard: true,
  seen,
});

export const carriedOut = ({ command }: Looked): SessionEffect => done(command);

/** The time for it is up. */
export function timeIsUp({ command, heard, seen }: Looked): SessionEffect {
  if (seen !== undefined) return failed(command, seen);
  return inDoubt(command, heard ? "device-not-ready" : "silent");
}
