import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type FaultKind, operationsSince, orderFault } from "./faults.ts";
import { DiskEnded, Game, type Ledger, ledgerFrom, ledgerText } from "./game.ts";
import { judge } from "./oracle.ts";
import type { Script } from "./scripts.ts";

/** One way of failing one operation of one script. */
export interface Trial {
  readonly script: Script;
  readonly kind: FaultKind;
  readonly at: number;
}

export interface Verdict {
  /** The operation that failed. */
  readonly operation: string;
  readonly problems: readonly string[];
  readonly faultCodes: readonly string[];
  readonly operations: readonly string[];
}

/** Syncs are counted and failed here, not measured: in memory they cost nothing. */
const memory = "/dev/shm";

export async function temporaryParent(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(existsSync(memory) ? memory : tmpdir(), "storewire-disk-"));
  return { path, remove: () => rm(path, { recursive: true }) };
}

/** A seed for each file that a trial opens, so that epochs differ from file to file and repeat from run to run. */
export const seeds = { before: 1, played: 2 } as const;
const healthy = { heal: undefined };

/** What a script begins with, made once and copied for each trial. */
export interface Stage {
  readonly folder: string;
  readonly ledger: Ledger;
}

export async function setStage(script: Script, parent: string): Promise<Stage> {
  const folder = await mkdtemp(join(parent, "stage-"));
  const ledger = await script.prepare(
    join(folder, "outbox.db"),
    (path, known) => new Game(path, known, healthy, seeds.before),
  );
  return { folder, ledger };
}

/** Plays a script with one operation failing, and looks at what is left of it. */
export async function runTrial({ script, kind, at }: Trial, stage: Stage, parent: string): Promise<Verdict> {
  const folder = await mkdtemp(join(parent, "trial-"));
  await copyFolder(stage.folder, folder);
  const path = join(folder, "outbox.db");
  const ledger = ledgerFrom(ledgerText(stage.ledger));
  const ends = kind === "dead" || kind === "torn";
  orderFault(kind, at, folder);
  const heal = ends ? undefined : () => orderFault("count", 0, folder);
  const game = new Game(path, ledger, { heal }, seeds.played);
  await script.play(game).catch((error: unknown) => {
    if (!(error instanceof DiskEnded)) ledger.surprises.push(String(error));
  });
  const operations = await operationsSince(join(parent, "operations"));
  // A process that was ended leaves the files as they are now; this one's own handles must not mend them.
  const left = ends ? await mkdtemp(join(parent, "left-")) : folder;
  if (ends) await copyFolder(folder, left);
  if (ends) await game.close();
  orderFault("count", 0, parent);
  const problems = await judge(join(left, "outbox.db"), ledger);
  for (const each of new Set([folder, left])) await rm(each, { recursive: true });
  return {
    operation: operations[at - 1] ?? "none",
    problems,
    faultCodes: [...ledger.faultCodes],
    operations,
  };
}

export async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  // The index in shared memory is made anew by whoever opens the file first.
  const names = (await readdir(from)).filter((name) => !/-shm$|\.before|\.lock$/.test(basename(name)));
  for (const name of names) await copyFile(join(from, name), join(to, name));
}
