import type { DeviceCommand, PrintElement } from "../../../protocols/commands.ts";
import type { FaultCode } from "../../../protocols/faults.ts";
import type { SessionEffect, SessionStep } from "../../driver.ts";
import { done, failed, inDoubt } from "./answers.ts";
import type { PrinterLooks } from "./receipt.ts";
import { receiptOf } from "./receipt.ts";
import { stay } from "./steps.ts";

/*
 * A job's way; checking and confirming are each a whole round of DLE EOT 1..4:
 *
 *   waiting -> checking -- clean --> printing -- time is up --> confirming -- clean --> done
 *                 |  not clean                                      |  not clean, or no answer
 *                 +--> failed                                       +--> in doubt
 */
interface Job {
  readonly command: DeviceCommand;
  readonly elements: readonly PrintElement[];
}

export interface PrintJobs {
  readonly waiting: readonly Job[];
  readonly current: (Job & { readonly stage: "checking" | "printing" | "confirming" }) | undefined;
  /** What went wrong since the current job was begun, though it may be well again. */
  readonly spoiled: FaultCode | undefined;
}

export const noJobs: PrintJobs = { waiting: [], current: undefined, spoiled: undefined };

/** A kiosk prints one ticket at a time; more than this is a flood. */
const jobsWaitingMax = 8;
/** Fires when the paper must be out. */
export const printTimer = "print";

export function acceptJob(jobs: PrintJobs, command: DeviceCommand, ready: boolean): SessionStep<PrintJobs> {
  if (command.task.kind !== "print")
    return { state: jobs, effects: [failed(command, "command-unsupported")] };
  if (!ready || jobs.waiting.length >= jobsWaitingMax)
    return { state: jobs, effects: [failed(command, "device-not-ready")] };
  return stay({ ...jobs, waiting: [...jobs.waiting, { command, elements: command.task.elements }] });
}

/** A round of questions begins: it is also the one that the next job needs. */
export function roundBegins(jobs: PrintJobs): PrintJobs {
  const [next, ...waiting] = jobs.waiting;
  if (jobs.current !== undefined || next === undefined) return jobs;
  return { waiting, current: { ...next, stage: "checking" }, spoiled: undefined };
}

/** A round of questions is over, and `fault` is what it found: the current job takes its next step. */
export function roundEnds(
  jobs: PrintJobs,
  fault: FaultCode | undefined,
  looks: PrinterLooks,
): SessionStep<PrintJobs> {
  const { current } = jobs;
  if (current?.stage === "confirming") {
    const wrong = jobs.spoiled ?? fault;
    return end(jobs, wrong === undefined ? done(current.command) : inDoubt(current.command, wrong));
  }
  if (current?.stage !== "checking") return stay(jobs);
  if (fault !== undefined) return end(jobs, failed(current.command, fault));
  const { bytes, printMs } = receiptOf(current.elements, looks);
  return {
    state: { ...jobs, current: { ...current, stage: "printing" } },
    effects: [
      { kind: "send", bytes },
      { kind: "timer", name: printTimer, delayMs: printMs },
    ],
  };
}

/** The printer answers status questions at once, long before what was sent earlier is on paper: so this waits. */
export function printTimeIsUp(jobs: PrintJobs): PrintJobs {
  const { current } = jobs;
  return current === undefined ? jobs : { ...jobs, current: { ...current, stage: "confirming" } };
}

export const isBegun = ({ current }: PrintJobs): boolean =>
  current !== undefined && current.stage !== "checking";

/** Something is wrong while a job is under way: the ticket may be torn, whatever comes later. */
export function spoil(jobs: PrintJobs, fault: FaultCode | undefined): PrintJobs {
  return isBegun(jobs) && jobs.spoiled === undefined ? { ...jobs, spoiled: fault } : jobs;
}

/** The printer is lost: what was sent may have been printed, what was not begun was not. */
export function abandonJobs(jobs: PrintJobs): SessionStep<PrintJobs> {
  const { current, waiting } = jobs;
  const begun = isBegun(jobs) && current !== undefined ? [inDoubt(current.command, "silent")] : [];
  const checked = current?.stage === "checking" ? [current] : [];
  const unbegun = [...checked, ...waiting].map(({ command }) => failed(command, "device-not-ready"));
  return { state: noJobs, effects: [...begun, ...unbegun] };
}

function end(jobs: PrintJobs, answer: SessionEffect): SessionStep<PrintJobs> {
  return { state: { ...jobs, current: undefined, spoiled: undefined }, effects: [answer] };
}
