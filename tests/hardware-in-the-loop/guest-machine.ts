import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { GuestImage } from "./guest-image.ts";

/** What the console said last, for a failure's report. */
const keptLines = 200;
/** Node with SQLite in it, and the page cache of what it reads. */
const memoryMegabytes = 768;

export interface GuestOptions {
  readonly image: GuestImage;
  /** What the guest runs, as a shell script, with the host's files around it and /guest/out to write to. */
  readonly script: string;
  /** Files that the script finds in /guest/out. */
  readonly files?: Readonly<Record<string, string>>;
  /** Sockets of disk servers, by the name under which the guest mounts them below /guest/disks. */
  readonly disks?: ReadonlyMap<string, string>;
  /** QEMU's own network, in which the host's loopback is 10.0.2.2. */
  readonly network?: boolean;
  /** Told of each line of the serial console. */
  readonly onLine?: (line: string) => void;
}

/** A machine with a processor of its own, emulated; its memory goes with it as in a power cut. */
export class GuestMachine {
  /** The guest's /guest/out. */
  readonly out: string;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #said: string[] = [];

  constructor(options: GuestOptions) {
    this.out = mkdtempSync(join(tmpdir(), "storewire-guest-out-"));
    for (const [name, text] of Object.entries({ ...options.files, run: options.script })) {
      writeFileSync(join(this.out, name), text);
    }
    this.#child = spawn("qemu-system-x86_64", parameters(options, this.out), {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#closed = once(this.#child, "close");
    const { stdout, stderr } = this.#child;
    if (!stdout || !stderr) throw new Error("a piped child has both streams");
    createInterface({ input: stdout }).on("line", (line) => {
      this.#keep(line);
      options.onLine?.(line);
    });
    createInterface({ input: stderr }).on("line", (line) => this.#keep(line));
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The console's last words. */
  said(): string {
    return this.#said.join("\n");
  }

  /** The power is gone; nothing in the guest hears of it. */
  cut(): void {
    this.#child.kill("SIGKILL");
  }

  /** Fulfilled when the machine is off and everything that it said has been read. */
  async off(): Promise<void> {
    await this.#closed;
  }

  forget(): void {
    rmSync(this.out, { recursive: true, force: true });
  }

  #keep(line: string): void {
    this.#said.push(line);
    if (this.#said.length > keptLines) this.#said.shift();
  }
}

function parameters(
  { image, disks = new Map(), network = false }: GuestOptions,
  out: string,
): readonly string[] {
  return [
    // q35 and a bare kernel: the fastest start that never failed; `microvm` hung in most. A second processor
    // doubles what a boot costs the host, because emulated processors wait for each other busily.
    "-accel tcg,tb-size=256 -M q35 -cpu max -smp 1",
    `-m ${memoryMegabytes} -nodefaults -no-user-config -display none -no-reboot -serial stdio`,
    `-kernel ${image.kernel} -initrd ${image.initialRoot}`,
    "-fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
    "-device virtio-9p-pci,fsdev=host,mount_tag=host",
    `-fsdev local,id=out,path=${out},security_model=none`,
    "-device virtio-9p-pci,fsdev=out,mount_tag=out",
    ...(network ? ["-netdev user,id=net -device virtio-net-pci,netdev=net,romfile="] : []),
    // `writeback`: the guest is told that the disk has a cache, and has to flush.
    ...[...disks].flatMap(([name, socket]) => [
      `-drive id=${name},if=none,driver=raw,cache=writeback,${networkFile(socket)}`,
      `-device virtio-blk-pci,drive=${name},serial=${name}`,
    ]),
  ]
    .flatMap((words) => words.split(" "))
    .concat("-append", kernelParameters);
}

const kernelParameters =
  "console=ttyS0 quiet panic=-1 mitigations=off tsc=reliable nokaslr random.trust_cpu=on cryptomgr.notests";

const networkFile = (socket: string): string =>
  `file.driver=nbd,file.server.type=unix,file.server.path=${socket}`;
