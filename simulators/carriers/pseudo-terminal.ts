import { closeSync, renameSync, rmSync, symlinkSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { ReadStream } from "node:tty";
import type { Clock } from "../../protocols/clock.ts";

/** The device's side of a pseudo-terminal; the host opens `path` as it would a serial port. */
export interface PseudoTerminal {
  readonly path: string;
  send(bytes: Uint8Array): void;
  /** Hangs up; the host sees the port vanish. */
  close(): Promise<void>;
}

/** Bytes that wait while the terminal is full; a UART has far fewer, and loses what comes then. */
const waitingBytesMax = 1_048_576;
/** The line discipline takes this much at a time (N_TTY_BUF_SIZE). */
const writeBytesMax = 4_096;
const fullRetryMs = 1;
/** A host that has not read for so many tries is away: what waits is lost, lest it hear it as news later. */
const fullRetriesMax = 200;

interface NativePty {
  open(
    columns: number,
    rows: number,
  ): { readonly master: number; readonly slave: number; readonly pty: string };
}

/**
 * Opens a pseudo-terminal without a child process. Only the addon's own `open` will do: destroying what
 * node-pty's `Terminal.open` returns signals process -1, which is every process of the machine.
 */
export function openPseudoTerminal(clock: Clock, receive: (bytes: Uint8Array) => void): PseudoTerminal {
  const { master, slave, pty } = loadNative().open(80, 24);
  const reader = new ReadStream(master);
  // Until the host has set its own mode, the terminal must neither echo nor translate line ends.
  reader.setRawMode(true);
  reader.on("data", (chunk) => receive(new Uint8Array(chunk)));
  // The read fails when the slave is closed beneath it, which is how the device hangs up.
  reader.on("error", () => {});
  const writer = openWriter(master, clock);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      writer.stop();
      // Held open until now, so that the host may come and go without hanging the device up.
      closeSync(slave);
      reader.once("close", () => resolve());
      reader.destroy();
    });
  return {
    path: pty,
    send: (bytes) => writer.send(bytes),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function openWriter(master: number, clock: Clock): { send(bytes: Uint8Array): void; stop(): void } {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let stopped = false;
  let retrying = false;
  let retries = 0;

  function flush(): void {
    for (let first = waiting[0]; first !== undefined && !stopped; first = waiting[0]) {
      const written = writeSome(master, first);
      if (written === "full") return retryLater();
      retries = 0;
      waitingBytes -= written;
      if (written < first.length) waiting[0] = first.subarray(written);
      else waiting.shift();
    }
  }

  function retryLater(): void {
    if (retrying) return;
    retries += 1;
    if (retries > fullRetriesMax) return lose();
    retrying = true;
    clock.after(fullRetryMs, () => {
      retrying = false;
      flush();
    });
  }

  function lose(): void {
    waiting = [];
    waitingBytes = 0;
    retries = 0;
  }

  return {
    send(bytes) {
      if (stopped || waitingBytes + bytes.length > waitingBytesMax) return;
      waiting.push(bytes.slice());
      waitingBytes += bytes.length;
      flush();
    },
    stop() {
      stopped = true;
      lose();
    },
  };
}

function writeSome(master: number, bytes: Uint8Array): number | "full" {
  try {
    return writeSync(master, bytes, 0, Math.min(bytes.length, writeBytesMax));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return "full";
    throw error;
  }
}

/** The addon lies in a package of its own per platform, which only node-pty itself depends on. */
function loadNative(): NativePty {
  const require = createRequire(import.meta.url);
  const fromNodePty = createRequire(require.resolve("@lydell/node-pty"));
  return fromNodePty(`@lydell/node-pty-${process.platform}-${process.arch}/pty.node`) as NativePty;
}

/** Points a stable name such as /dev/serial/by-id/... at a node, in one step as udev does. */
export function pointLink(link: string, node: string): void {
  const fresh = `${link}.${process.pid}.new`;
  rmSync(fresh, { force: true });
  symlinkSync(node, fresh);
  renameSync(fresh, link);
}
