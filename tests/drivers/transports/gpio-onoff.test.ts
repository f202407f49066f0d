import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { describe } from "vitest";
import type { Connection, Opening, TransportListener } from "../../../protocols/transport.ts";
import type { LineBench } from "./contract.ts";
import { lineContract } from "./contract.ts";
import type { BenchCall, BenchSaying } from "./gpio-sysfs/bench-messages.ts";
import { buttonOffset } from "./gpio-sysfs/bench-messages.ts";

const missing = whatIsMissing();
if (missing !== undefined) console.warn(`GPIO against the real onoff is not tested here: ${missing}`);

describe.skipIf(missing !== undefined)("with onoff on a /sys/class/gpio of our own", () => {
  lineContract("gpio", startBench);
});

function whatIsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return "it needs root";
  if (!existsSync("/dev/fuse")) return "there is no /dev/fuse";
  if (spawnSync("unshare", ["--mount", "true"]).status !== 0) return "mount namespaces are not allowed";
  try {
    createRequire(import.meta.url)("onoff");
    return undefined;
  } catch {
    return "the optional package onoff cannot be loaded";
  }
}

async function startBench(): Promise<LineBench> {
  // Compiled by `tsc -b`, which `npm test` runs first: a forked Node 20 reads no TypeScript.
  const entry = new URL(
    "../../../dist/tests/drivers/transports/gpio-sysfs/bench-process.js",
    import.meta.url,
  );
  const prepare = 'mount -t tmpfs tmpfs /sys/class && mkdir /sys/class/gpio && exec "$0" "$1"';
  const child = spawn("unshare", ["--mount", "sh", "-c", prepare, process.execPath, entry.pathname], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const bench = new RemoteBench(child);
  await bench.ready;
  const world = async (command: string): Promise<void> => {
    await bench.ask({ call: "world", command });
  };
  return {
    transport: { open: (listener) => bench.open(listener) },
    // Active low: a pressed button pulls its pin down.
    press: (active) => void world(`level ${buttonOffset} ${active ? 0 : 1}`),
    lamp: () => !bench.lampLevel,
    unplug: () => world("chip 0"),
    replug: () => world("chip 1"),
    close: () => bench.stop(),
  };
}

type Answer = Extract<BenchSaying, { say: "answer" }>;

/** The transport in the other process, as if it were here. */
class RemoteBench {
  readonly ready: Promise<void>;
  lampLevel = true;
  #lastNumber = 0;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #listeners = new Map<number, TransportListener>();

  constructor(child: ChildProcess) {
    this.#child = child;
    this.ready = new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the bench ended with ${code}`)));
      child.on("message", (message) => {
        const saying = message as BenchSaying;
        if (saying.say === "ready") resolve();
        else this.#hear(saying);
      });
    });
  }

  ask(call: BenchCall): Promise<Answer> {
    this.#lastNumber += 1;
    const question = this.#lastNumber;
    return new Promise((resolve) => {
      this.#waiting.set(question, resolve);
      this.#child.send({ ...call, question });
    });
  }

  async open(listener: TransportListener): Promise<Opening> {
    const connection = this.#lastNumber + 1;
    this.#listeners.set(connection, listener);
    const { fault } = await this.ask({ call: "open", connection });
    if (fault !== undefined) return { ok: false, fault };
    return { ok: true, connection: this.#connection(connection) };
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.disconnect();
    });
  }

  #connection(connection: number): Connection {
    const done = async (call: BenchCall): Promise<void> => {
      const { error } = await this.ask(call);
      if (error !== undefined) throw new Error(error);
    };
    return {
      send: () => done({ call: "send", connection }),
      sendFeature: () => done({ call: "send-feature", connection }),
      setLine: (line, active) => done({ call: "set-line", connection, line, active }),
      close: () => done({ call: "close", connection }),
    };
  }

  #hear(saying: Exclude<BenchSaying, { say: "ready" }>): void {
    if (saying.say === "answer") {
      this.lampLevel = saying.lampLevel;
      this.#waiting.get(saying.question)?.(saying);
    } else if (saying.say === "edge") {
      this.#listeners.get(saying.connection)?.edge(saying.line, saying.active);
    } else {
      this.#listeners.get(saying.connection)?.closed(saying.fault);
    }
  }
}
