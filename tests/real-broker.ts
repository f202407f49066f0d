import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** Where Debian puts it; /usr/sbin is not on every user's path. */
const binaries = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "mosquitto"];
/** A broker that does not listen after so long will not any more. */
const startMsMax = 10_000;

/** The real Mosquitto of this machine, or undefined. */
function findMosquitto(): string | undefined {
  return binaries.find((binary) => spawnSync(binary, ["-h"]).error === undefined);
}
let mosquittoBinary = findMosquitto();

/** For commands that are nothing without a broker: installs Debian's where that is possible, else says so. */
export function needRealBroker(): void {
  if (mosquittoBinary !== undefined) return;
  console.error("mosquitto is missing; installing it: apt-get install mosquitto");
  const install = ["install", "-y", "-qq", "--no-install-recommends", "mosquitto"];
  for (const words of [["update", "-qq"], install]) {
    spawnSync("apt-get", words, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  mosquittoBinary = findMosquitto();
  if (mosquittoBinary === undefined)
    throw new Error("mosquitto could not be installed: apt-get install mosquitto, as root");
}

/** For `describe.skipIf(!realBrokerThere())`: says aloud what is not tested. */
export function realBrokerThere(what: string): boolean {
  if (mosquittoBinary === undefined) {
    console.warn(`skipped: ${what} (no mosquitto here; apt-get install mosquitto)`);
  }
  return mosquittoBinary !== undefined;
}

export interface RealBrokerOptions {
  /** Keeps retained messages on disk over a kill; otherwise the broker forgets everything. */
  readonly persistence?: boolean;
  /** A port to listen on; a free one is taken when absent. */
  readonly port?: number;
  /** Further lines of mosquitto.conf, after the listener. */
  readonly configuration?: readonly string[];
  /** A whole mosquitto.conf instead of ours; it must listen on `port` of 127.0.0.1. */
  readonly whole?: (port: number, directory: string) => string;
  /** Refuses clients without account; `configuration` must then name the password file or certificates. */
  readonly anonymous?: boolean;
}

export interface RealBroker {
  readonly port: number;
  /** `mqtt://127.0.0.1:port` */
  readonly url: string;
  /** The broker's own directory: persistence file, configuration. */
  readonly directory: string;
  /** What it wrote to its log so far. */
  log(): string;
  /** SIGKILL; fulfilled when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port; kills it first if it still runs. */
  restart(): Promise<void>;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

/** Starts a Mosquitto on a loopback port. */
export async function startRealBroker(options: RealBrokerOptions = {}): Promise<RealBroker> {
  if (mosquittoBinary === undefined) throw new Error("mosquitto is not installed");
  const port = options.port ?? (await freePort());
  const directory = mkdtempSync(join(tmpdir(), "storewire-broker-"));
  const file = join(directory, "mosquitto.conf");
  writeFileSync(file, options.whole?.(port, directory) ?? brokerConfiguration(directory, port, options));
  const written: string[] = [];
  let running = await launch(mosquittoBinary, file, port, written);
  const kill = async (): Promise<void> => {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, "exit");
    running.kill("SIGKILL");
    await gone;
  };
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    directory,
    log: () => written.join(""),
    kill,
    async restart() {
      await kill();
      running = await launch(mosquittoBinary ?? "", file, port, written);
    },
    async stop() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function brokerConfiguration(directory: string, port: number, options: RealBrokerOptions): string {
  const { persistence = false, configuration = [], anonymous = true } = options;
  return [
    `listener ${port} 127.0.0.1`,
    `allow_anonymous ${anonymous}`,
    `persistence ${persistence}`,
    `persistence_location ${directory}/`,
    // Written at every change, so that a kill loses as little as Mosquitto can do.
    "autosave_on_changes true",
    "autosave_interval 1",
    // As root, Mosquitto would change to a user who may not read this directory.
    "user root",
    "max_queued_messages 100000",
    "max_inflight_messages 256",
    // As deploy/mosquitto has it: without it a small message waits for the receiver's delayed TCP ACK, 40 ms.
    "set_tcp_nodelay true",
    "log_dest stderr",
    ...configuration,
    "",
  ].join("\n");
}

async function launch(binary: string, file: string, port: number, written: string[]): Promise<ChildProcess> {
  const child = spawn(binary, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  child.stderr.setEncoding("utf8").on("data", (words: string) => written.push(words));
  const deadlineMs = startMsMax;
  for (let waitedMs = 0; waitedMs < deadlineMs; waitedMs += 20) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended at its start:\n${written.join("")}`);
    if (await listens(port)) return child;
    await wait(20);
  }
  child.kill("SIGKILL");
  throw new Error(`mosquitto does not listen on port ${port}:\n${written.join("")}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** A loopback port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  server.close();
  await once(server, "close");
  return address.port;
}
