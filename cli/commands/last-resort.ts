import { execFile } from "node:child_process";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { settledWithin } from "../../edge-agent/deadline.ts";
import type { Clock } from "../../protocols/clock.ts";
import { exitCodes } from "../exit-codes.ts";
import {
  type BoxMemory,
  freshBoot,
  freshBox,
  lastResort,
  maySkipMemory,
} from "../supervision/last-resort.ts";
import { systemClock } from "../system.ts";

export interface LastResortPlaces {
  /** Forgotten with the boot. */
  readonly bootDirectory: string;
  /** Kept over it; not where the service may write, for this command has root's rights. */
  readonly boxDirectory: string;
}

const bootSchema = z.object({ stuckAtMs: z.array(z.number()).max(1_000) });
const boxSchema = z.object({ rebootsInARow: z.number().int().min(0).max(1_000) });
/** The disk may be what hangs; systemd waits 20 s for all of this. */
const fileMsMax = 4_000;
/** `systemctl reboot` only queues a job. */
const rebootMsMax = 5_000;

/** `storewire last-resort`: called by systemd after each end of a service; restarts the box where nothing else helps. */
export async function endedService(places: LastResortPlaces): Promise<number> {
  const { SERVICE_RESULT, EXIT_STATUS } = process.env;
  if (SERVICE_RESULT === undefined) {
    console.error("storewire: this is for systemd, which says how a service ended (ExecStopPost=)");
    return exitCodes.usage;
  }
  const clock = systemClock();
  const bootFile = join(places.bootDirectory, "ends.json");
  const boxFile = join(places.boxDirectory, "reboots.json");
  const boot = (await remembered(clock, bootFile, bootSchema, freshBoot)) ?? freshBoot;
  const box = await remembered(clock, boxFile, boxSchema, freshBox);
  // The monotonic clock of Linux begins with the boot.
  const uptimeMs = clock.monotonicMs();
  const decision = lastResort({ result: SERVICE_RESULT, status: EXIT_STATUS ?? "" }, boot, box, uptimeMs);
  console.error(`storewire: ${decision.why}`);
  await remember(clock, bootFile, decision.boot);
  const isKept = await rememberNews(clock, boxFile, box, decision.box);
  if (decision.reboot && (isKept || maySkipMemory(uptimeMs))) await reboot();
  return exitCodes.done;
}

/** `fresh` where nothing was kept yet; undefined where what was kept cannot be read. */
async function remembered<Memory>(
  clock: Clock,
  file: string,
  schema: z.ZodType<Memory>,
  fresh: Memory,
): Promise<Memory | undefined> {
  let found: Memory | undefined;
  const settled = await settledWithin(
    clock,
    fileMsMax,
    readFile(file, "utf8").then((text) => {
      found = schema.parse(JSON.parse(text));
    }),
  );
  if (settled.kind !== "failed") return found;
  const { error } = settled;
  return error instanceof Error && "code" in error && error.code === "ENOENT" ? fresh : undefined;
}

/** Seldom written, for it lies on the card. */
async function rememberNews(
  clock: Clock,
  file: string,
  known: BoxMemory | undefined,
  next: BoxMemory | undefined,
): Promise<boolean> {
  if (next === undefined || next.rebootsInARow === known?.rebootsInARow) return true;
  return remember(clock, file, next);
}

async function remember(clock: Clock, file: string, memory: object): Promise<boolean> {
  const settled = await settledWithin(clock, fileMsMax, written(file, JSON.stringify(memory)));
  if (settled.kind !== "done") console.error(`storewire: ${file} could not be written`);
  return settled.kind === "done";
}

async function written(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text, { flush: true });
  await rename(`${file}.new`, file);
}

function reboot(): Promise<void> {
  return new Promise((resolve) => {
    execFile("systemctl", ["--no-block", "reboot"], { timeout: rebootMsMax }, (error) => {
      if (error) console.error(`storewire: the box could not be restarted: ${error.message}`);
      resolve();
    });
  });
}
