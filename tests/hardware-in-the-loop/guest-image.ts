import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { initialArchive } from "./initial-archive.ts";
import { moduleFiles } from "./kernel-modules.ts";

/** What QEMU boots. */
export interface GuestImage {
  readonly kernel: string;
  readonly initialRoot: string;
  /** Debian's name of the kernel's package. */
  readonly kernelPackage: string;
}

const compiled = import.meta.url.includes("/dist/tests/");
export const root = fileURLToPath(new URL(compiled ? "../../../" : "../../", import.meta.url));
const initScript = join(root, "tests/hardware-in-the-loop/guest/init");
const cache = join(root, "node_modules/.cache/storewire-guest");

/** Everything that the guest's first process needs before it sees the host's files. */
const baseModules = [
  "virtio_pci",
  "9pnet_virtio",
  "9p",
  "overlay",
  "virtio_blk",
  "crc32c_generic",
  "ext4",
  "virtio_net",
];
/** A guest for one purpose: what its kernel is given beyond the base. */
export interface GuestKind {
  readonly name: string;
  readonly modules: readonly string[];
  /** Folders of the kernel's package that hold them. */
  readonly parts: readonly string[];
  /** Builds what Debian does not ship, in a folder of its own; the modules' files. */
  readonly build?: (kernelPackage: string, folder: string) => readonly string[];
}

const plainGuest: GuestKind = { name: "plain", modules: [], parts: [] };

/** The parts of the kernel's package that can hold them; the rest is 250 MB of drivers. */
const packageParts = [
  "boot/vmlinuz-*",
  ...[
    "fs",
    "lib",
    "crypto",
    "arch",
    "net/9p",
    "net/core",
    "drivers/virtio",
    "drivers/block",
    "drivers/net/*.ko*",
  ].map((part) => `lib/modules/*/kernel/${part}`),
];
/** 70 MB over a slow line. */
const downloadMsMax = 180_000;

/** For commands that are nothing without a guest. */
export function needGuestImage(kind: GuestKind = plainGuest): GuestImage {
  const prepared = prepareGuestImage(kind);
  if ("missing" in prepared) throw new Error(`no guest machine here: ${prepared.missing}`);
  return prepared;
}

/** The image, or undefined where there can be none: says aloud what is not tested. */
export function guestImageHere(what: string): GuestImage | undefined {
  const prepared = prepareGuestImage(plainGuest);
  if (!("missing" in prepared)) return prepared;
  console.warn(`skipped: ${what} (${prepared.missing}; apt-get install qemu-system-x86)`);
  return undefined;
}

/** The image, or why there can be none here. Downloads and unpacks Debian's kernel once; nothing is installed. */
function prepareGuestImage(kind: GuestKind): GuestImage | { readonly missing: string } {
  const absent = ["qemu-system-x86_64", "mke2fs", "dpkg-deb", "xz"].filter((name) => !isThere(name));
  if (absent.length > 0) return { missing: `${absent.join(", ")} not installed` };
  const words = spawnSync("apt-cache", ["depends", "linux-image-amd64"], { encoding: "utf8" }).stdout ?? "";
  const kernelPackage = /Depends: (linux-image-\S+)/.exec(words)?.[1];
  if (kernelPackage === undefined) return { missing: "no list of Debian's kernels here: apt-get update" };
  const key = createHash("sha256")
    .update([kernelPackage, ...baseModules, ...kind.modules, readFileSync(initScript, "utf8")].join("\n"))
    .digest("hex");
  const folder = join(cache, kind.name, `${kernelPackage}-${key.slice(0, 12)}`);
  if (!existsSync(folder)) {
    try {
      build(kind, kernelPackage, folder);
    } catch (error) {
      return { missing: `no kernel: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  return { kernel: join(folder, "kernel"), initialRoot: join(folder, "initial-root"), kernelPackage };
}

function isThere(program: string): boolean {
  return ["/usr/sbin", "/sbin", ...(process.env["PATH"] ?? "").split(":")].some((folder) =>
    existsSync(join(folder, program)),
  );
}

function build(kind: GuestKind, kernelPackage: string, target: string): void {
  const work = mkdtempSync(join(tmpdir(), "storewire-guest-"));
  try {
    const run = (command: string) =>
      execFileSync("bash", ["-c", `set -o pipefail; ${command}`], {
        cwd: work,
        stdio: ["ignore", "ignore", "pipe"],
        timeout: downloadMsMax,
      });
    run(`apt-get download ${kernelPackage} busybox-static`);
    const folders = kind.parts.map((part) => `lib/modules/*/kernel/${part}`);
    const parts = [...packageParts, ...folders].map((part) => `'./${part}'`).join(" ");
    run(`dpkg-deb --fsys-tarfile linux-image-*.deb | tar -x --wildcards ${parts}`);
    run("dpkg-deb --fsys-tarfile busybox-static_*.deb | tar -x --wildcards '*/bin/busybox'");
    run("mv boot/vmlinuz-* vmlinuz; mv lib/modules/* modules; mv $(find . -name busybox -type f) busybox");
    const made = join(work, "made");
    mkdirSync(made);
    writeFileSync(join(made, "kernel"), unpackedKernel(readFileSync(join(work, "vmlinuz"))));
    const built = kind.build?.(kernelPackage, work) ?? [];
    writeFileSync(join(made, "initial-root"), initialRoot(work, kind.modules, built));
    // Older kernels and older init scripts are of no use any more.
    rmSync(dirname(target), { recursive: true, force: true });
    mkdirSync(dirname(target), { recursive: true });
    execFileSync("cp", ["-r", made, `${target}.new`]);
    renameSync(`${target}.new`, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function initialRoot(work: string, more: readonly string[], built: readonly string[]): Uint8Array {
  const modules = [...moduleFiles(join(work, "modules"), [...baseModules, ...more]), ...built];
  const folders = ["bin", "proc", "sys", "dev", "modules"].map((path) => ({
    path: `${path}/`,
    bytes: new Uint8Array(),
  }));
  return initialArchive([
    ...folders,
    { path: "init", bytes: readFileSync(initScript) },
    { path: "bin/busybox", bytes: readFileSync(join(work, "busybox")) },
    { path: "modules/order", bytes: Buffer.from(modules.map((file) => `${basename(file)}\n`).join("")) },
    ...modules.map((file) => ({ path: `modules/${basename(file)}`, bytes: readFileSync(file) })),
  ]);
}

/**
 * The kernel proper out of its self-unpacking wrapper, which an emulated processor takes seconds to unpack
 * (Documentation/x86/boot.rst: setup_sects at 0x1f1, payload_offset at 0x248, payload_length at 0x24c).
 */
function unpackedKernel(wrapped: Buffer): Uint8Array {
  const start = (wrapped.readUInt8(0x1f1) + 1) * 512 + wrapped.readUInt32LE(0x248);
  const payload = wrapped.subarray(start, start + wrapped.readUInt32LE(0x24c));
  const isXz = payload.subarray(0, 6).equals(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]));
  if (!isXz) return wrapped;
  return execFileSync("xz", ["-dc", "--single-stream"], { input: payload, maxBuffer: 512 * 1024 * 1024 });
}
