import { readFile, realpath, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CardGauge, Counted } from "../gateway/card/card-watch.ts";

/** Where the kernel tells what it has written; a test puts its own files here. */
export interface KernelFiles {
  readonly processIo: string;
  readonly blockDevices: string;
  /** The device number of the file system that holds a path. */
  readonly deviceOf: (path: string) => Promise<number>;
  readonly freeBytesAt: (path: string) => Promise<number>;
}

const kernelFiles: KernelFiles = {
  processIo: "/proc/self/io",
  blockDevices: "/sys/dev/block",
  deviceOf: async (path) => (await stat(path)).dev,
  freeBytesAt: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

/** Documentation/admin-guide/iostats.rst: sectors written, the seventh number of `stat`, each of 512 bytes. */
const sectorsWrittenField = 6;
const sectorBytes = 512;

/** Asks the kernel about the disk that holds a database. `processStartMs` is when this process began to count. */
export function cardGauge(
  database: string,
  processStartMs: number,
  files: KernelFiles = kernelFiles,
): CardGauge {
  const folder = dirname(database);
  return {
    disk: () => known(() => diskWritten(folder, files)),
    process: () => known(() => processWritten(files.processIo, processStartMs)),
    freeBytes: () => known(() => files.freeBytesAt(folder)),
  };
}

/** Whatever a kernel, a container or a strange disk does not tell is unknown, and that is no fault. */
function known<Value>(ask: () => Promise<Value | undefined>): Promise<Value | undefined> {
  return ask().catch(() => undefined);
}

/** `write_bytes` is what was sent towards the disk, page cache and all (proc(5)). */
async function processWritten(path: string, sinceMs: number): Promise<Counted | undefined> {
  const bytes = /^write_bytes: (\d+)$/m.exec(await readFile(path, "utf8"))?.[1];
  return bytes === undefined ? undefined : { bytes: Number(bytes), sinceMs };
}

/** A card wears as a whole: a partition's disk is the folder above it. The counter began with the boot. */
async function diskWritten(folder: string, files: KernelFiles): Promise<Counted | undefined> {
  const { major, minor } = numbersOf(await files.deviceOf(folder));
  const device = await realpath(join(files.blockDevices, `${major}:${minor}`));
  const isPartition = await stat(join(device, "partition")).then(
    () => true,
    () => false,
  );
  const text = await readFile(join(isPartition ? dirname(device) : device, "stat"), "utf8");
  const sectors = text.trim().split(/\s+/)[sectorsWrittenField];
  return sectors === undefined || !/^\d+$/.test(sectors)
    ? undefined
    : { bytes: Number(sectors) * sectorBytes, sinceMs: 0 };
}

/** How Linux packs a device's two numbers into one (makedev(3)); beyond 32 bits, hence no bit operators. */
function numbersOf(device: number): { readonly major: number; readonly minor: number } {
  const low = device % 2 ** 32;
  const high = Math.floor(device / 2 ** 32);
  return {
    major: ((low >>> 8) & 0xfff) + (high & ~0xfff),
    minor: (low & 0xff) + ((low >>> 12) & 0xfff00),
  };
}
