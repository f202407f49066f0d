import { spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** Whatever becomes of the test, nobody on this machine shall wait longer for this disk. */
const frozenSecondsMax = 40;

const run = (program: string, ...words: readonly string[]): boolean =>
  spawnSync(program, words, { stdio: "ignore" }).status === 0;

/** Says aloud what is not tested where disks cannot be frozen: that takes root and a loop device. */
export function frozenDisksThere(): boolean {
  const tools = ["fsfreeze", "mkfs.ext4"].every((tool) => run(tool, "-V"));
  const there = tools && process.getuid?.() === 0 && run("losetup", "-f");
  if (!there) console.warn("skipped: a disk that hangs (needs root, fsfreeze, mkfs.ext4 and a loop device)");
  return there;
}

/** A small file system of its own, which can be made to take nothing any more. */
export class FrozenDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static make(directory: string): FrozenDisk {
    const image = join(directory, "disk.img");
    const path = join(directory, "disk");
    mkdirSync(path);
    const made =
      run("truncate", "-s", "64M", image) &&
      run("mkfs.ext4", "-q", image) &&
      run("mount", "-o", "loop", image, path);
    if (!made) throw new Error("no disk could be made");
    return new FrozenDisk(path);
  }

  freeze(): void {
    if (!run("fsfreeze", "-f", this.path)) throw new Error("the disk could not be frozen");
    const later = `sleep ${frozenSecondsMax}; fsfreeze -u "$0"`;
    spawn("sh", ["-c", later, this.path], { stdio: "ignore", detached: true }).unref();
  }

  thaw(): void {
    run("fsfreeze", "-u", this.path);
  }

  remove(): void {
    this.thaw();
    run("umount", this.path);
  }
}
