import type { MtSicsFrame, MtSicsObstacle } from "../../../protocols/codecs/mt-sics.ts";
import type { CommandTask, DeviceCommand } from "../../../protocols/commands.ts";
import type { Fault } from "../../../protocols/faults.ts";
import type { SessionEffect } from "../../driver.ts";
import { done, failed } from "./answers.ts";

/** The lines for what can be commanded: T and Z wait for a load at rest, and each says how it ended. */
export const commandLines: Partial<Record<CommandTask["kind"], string>> = {
  tare: "T",
  zero: "Z",
  "clear-tare": "TAC",
};

/** How the scale answered a command; undefined for a line that is no answer to it. */
export function outcomeOf(command: DeviceCommand, frame: MtSicsFrame): SessionEffect | undefined {
  if (frame.kind !== "tare" && frame.kind !== "done" && frame.kind !== "obstacle") return undefined;
  if (frame.echo !== commandLines[command.task.kind]) return undefined;
  if (frame.kind !== "obstacle") return done(command);
  return failed(command, loadFault(frame.obstacle)?.code ?? "device-not-ready");
}

/** What an obstacle says of the load; "not now" and "wrong parameter" say nothing of it. */
export function loadFault(obstacle: MtSicsObstacle): Fault | undefined {
  if (obstacle === "overload") return { code: "scale-overload", detail: "the scale answers +" };
  return obstacle === "underload" ? { code: "scale-underload", detail: "the scale answers -" } : undefined;
}

export const noisyLine: Fault = {
  code: "noisy",
  detail: "the scale does not understand what reaches it",
};

/** A line that answers SI in any of the ways that firmware has. */
export type LoadFrame = Extract<MtSicsFrame, { kind: "weight" | "obstacle" }>;
export const isLoad = (frame: MtSicsFrame): frame is LoadFrame =>
  (frame.kind === "weight" || frame.kind === "obstacle") && frame.echo.startsWith("S");

export function observeLoad(frame: LoadFrame): readonly SessionEffect[] {
  if (frame.kind === "obstacle") return [];
  const { value, unit, stable } = frame;
  return [{ kind: "observe", observation: { kind: "weight", value, unit, stable } }];
}
