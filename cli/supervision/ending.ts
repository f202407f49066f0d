import { exitCodes } from "../exit-codes.ts";
import type { Stuck } from "./process-watch.ts";

/** Why a service ends. */
export type Cause =
  | { readonly kind: "signal"; readonly signal: NodeJS.Signals }
  | { readonly kind: "restart" }
  | { readonly kind: "crashed"; readonly error: unknown }
  | { readonly kind: "stuck"; readonly stuck: Stuck };

export interface Ending {
  /** How long it may take to end in order first; undefined: as long as it likes. */
  readonly closeMsMax: number | undefined;
  /** An exit code, or the signal that the process sends itself. */
  readonly by: number | "SIGABRT" | "SIGKILL";
}

/** A crash may have left anything behind; what is on its way to disk is soon there, or never. */
const crashCloseMsMax = 5_000;
/** A part that stands still may hold up the end as well. */
const stuckCloseMsMax = 10_000;

const diskParts: readonly string[] = ["writer", "reader"];

const codes: Readonly<Record<Cause["kind"], number>> = {
  signal: exitCodes.done,
  restart: exitCodes.unavailable,
  crashed: exitCodes.crashed,
  stuck: exitCodes.stuck,
};
const closings: Readonly<Record<Cause["kind"], number | undefined>> = {
  signal: undefined,
  restart: undefined,
  crashed: crashCloseMsMax,
  stuck: stuckCloseMsMax,
};

/**
 * Node's exit waits for its threads, and a thread that hangs in the kernel never ends: then only a signal does
 * it. SIGABRT says, as systemd's watchdog does, that this may be the box's own trouble (last-resort.ts).
 */
export function endingOf(cause: Cause, callsHang: boolean): Ending {
  if (cause.kind === "stuck" && diskParts.includes(cause.stuck.part)) return { closeMsMax: 0, by: "SIGABRT" };
  return { closeMsMax: closings[cause.kind], by: callsHang ? "SIGKILL" : codes[cause.kind] };
}
