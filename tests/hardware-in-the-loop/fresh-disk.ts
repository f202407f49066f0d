import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DiskOptions, ForgetfulDisk } from "./forgetful-disk.ts";

/** ext4 with its journal, the store and its log. */
const diskMegabytes = 48;

/** A disk with an empty ext4 on it. */
export function freshDisk(options: DiskOptions = {}): ForgetfulDisk {
  const folder = mkdtempSync(join(tmpdir(), "storewire-disk-"));
  try {
    const file = join(folder, "disk");
    writeFileSync(file, new Uint8Array(diskMegabytes * 1024 * 1024));
    // Everything is written now: later writes shall be those of the guest.
    const whole = "lazy_itable_init=0,lazy_journal_init=0";
    execFileSync("mke2fs", ["-q", "-F", "-t", "ext4", "-E", whole, file], {
      env: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
    });
    return ForgetfulDisk.holding(readFileSync(file), options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
