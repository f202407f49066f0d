import type { DeviceCommand } from "../../../protocols/commands.ts";
import type { FaultCode } from "../../../protocols/faults.ts";
import type { SessionEffect } from "../../driver.ts";

export const done = (command: DeviceCommand): SessionEffect => ({
  kind: "answer",
  command: command.id,
  outcome: "done",
});

/** It was not begun, or it is certain that it did not happen. */
export const failed = (command: DeviceCommand, fault: FaultCode): SessionEffect => ({
  kind: "answer",
  command: command.id,
  outcome: "failed",
  fault,
});

/** It was begun and nobody knows how it ended. */
export const inDoubt = (command: DeviceCommand, fault: FaultCode): SessionEffect => ({
  kind: "answer",
  command: command.id,
  outcome: "in-doubt",
  fault,
});
