import { access, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../protocols/clock.ts";
import { isFull } from "./database.ts";
import { salvage, syncToDisk } from "./salvage-file.ts";

/** Broken files that are kept as evidence; older ones go, because the card is small. */
const brokenFilesMax = 3;
/** A database is three files; the first has its name. */
const suffixes = ["", "-wal", "-shm"] as const;

export interface Quarantine {
  readonly path: string;
  readonly clock: Clock;
  readonly newEpoch: () => string;
}

/**
 * Puts a broken file aside and a new one with all that could be saved in its place. Once the new file bears the
 * name `*.salvage-<stamp>` it is whole and the change is decided; whatever ends the process before or after, the
 * next start goes on from there.
 */
export async function replaceBroken(
  { path, clock, newEpoch }: Quarantine,
  reason: string,
): Promise<{ readonly reason: string; readonly movedTo: string }> {
  const stamp = await freeStamp(path, clock);
  const movedTo = brokenName(path, stamp);
  const to = `${path}.salvaging`;
  const now = { wallMs: Math.floor(clock.wallMs()), quality: clock.quality() };
  const order = { from: path, to, reason, movedTo, newEpoch: newEpoch(), now };
  await salvage(order).catch(async (error: unknown) => {
    if (!isFull(error)) throw error;
    // What was lost of the past is worth less than what can be saved now.
    await removeBroken(path, 0);
    await salvage(order);
  });
  await rename(to, salvageName(path, stamp));
  await finishReplacing(path);
  await removeBroken(path, brokenFilesMax);
  return { reason, movedTo };
}

/** Renames a broken file with its log, so that SQLite can open both again elsewhere. Nothing takes its place. */
export async function putAside(path: string, clock: Clock): Promise<string> {
  const movedTo = brokenName(path, await freeStamp(path, clock));
  await moveAside(path, movedTo);
  await removeBroken(path, brokenFilesMax);
  return movedTo;
}

/** Carries out what an earlier start had decided and could not finish. */
export async function finishReplacing(path: string): Promise<void> {
  const prefix = `${basename(path)}.salvage-`;
  const [name] = (await namesBeside(path)).filter((each) => each.startsWith(prefix));
  if (name === undefined) return;
  const folder = dirname(path);
  await syncToDisk(folder);
  const movedTo = brokenName(path, name.slice(prefix.length));
  // A log that stayed would be played into the new file.
  await moveAside(path, movedTo);
  await rename(join(folder, name), path);
  await syncToDisk(folder);
}

async function moveAside(path: string, movedTo: string): Promise<void> {
  for (const suffix of suffixes) {
    if (await exists(path + suffix)) await rename(path + suffix, movedTo + suffix);
  }
  await syncToDisk(dirname(path));
}

const brokenName = (path: string, stamp: string): string => `${path}.broken-${stamp}`;
const salvageName = (path: string, stamp: string): string => `${path}.salvage-${stamp}`;

async function freeStamp(path: string, clock: Clock): Promise<string> {
  const now = new Date(clock.wallMs()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  for (let attempt = 1; ; attempt += 1) {
    const stamp = attempt === 1 ? now : `${now}-${attempt}`;
    if (!(await exists(brokenName(path, stamp)))) return stamp;
  }
}

async function removeBroken(path: string, keep: number): Promise<void> {
  const prefix = `${basename(path)}.broken-`;
  const names = (await namesBeside(path)).filter(
    (name) => name.startsWith(prefix) && !/-(wal|shm)$/.test(name),
  );
  for (const name of names.sort().slice(0, Math.max(0, names.length - keep))) {
    for (const suffix of suffixes) await rm(join(dirname(path), name + suffix), { force: true });
  }
}

/** A folder that is not there is told by whoever opens the file. */
const namesBeside = (path: string): Promise<readonly string[]> => readdir(dirname(path)).catch(() => []);

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
