import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { realBrokerThere } from "../real-broker.ts";

/** A client that has not finished after so long never will; the deadline says that it hangs. */
const publishMsMax = 20_000;

/** For `describe.skipIf(!foreignClientsThere())`: broker and clients that nobody here wrote. */
export function foreignClientsThere(what: string): boolean {
  const missing = ["mosquitto_sub", "mosquitto_pub"].filter((name) => spawnSync(name, ["--help"]).error);
  if (missing.length > 0) {
    console.warn(`skipped: ${what} (no ${missing.join(", ")} here; apt-get install mosquitto-clients)`);
  }
  return realBrokerThere(what) && missing.length === 0;
}

/** `mosquitto_pub` on MQTT 3.1.1, QoS 1: fulfilled with its exit code, 0 once the broker acknowledged. */
export async function publishForeign(port: number, topic: string, payload: string): Promise<number | null> {
  const words = ["-V", "mqttv311", "-h", "127.0.0.1", "-p", `${port}`, "-q", "1", "-t", topic, "-s"];
  const child = spawn("mosquitto_pub", words, {
    stdio: ["pipe", "ignore", "ignore"],
    timeout: publishMsMax,
    killSignal: "SIGKILL",
  });
  const ended = once(child, "close");
  child.stdin.end(payload);
  await ended;
  return child.exitCode;
}

/** A running `mosquitto_sub` on MQTT 3.1.1, QoS 1. */
export interface ForeignSubscriber {
  readonly clientId: string;
  /** What it printed: each message's topic and payload. */
  readonly messages: readonly ForeignMessage[];
  stop(): Promise<void>;
}

export interface ForeignMessage {
  readonly topic: string;
  readonly payload: string;
}

export function subscribeForeign(port: number, filter: string): ForeignSubscriber {
  const clientId = "foreign-subscriber";
  const messages: ForeignMessage[] = [];
  const words = ["-V", "mqttv311", "-h", "127.0.0.1", "-p", `${port}`, "-q", "1", "-i", clientId];
  const child: ChildProcess = spawn("mosquitto_sub", [...words, "-t", filter, "-F", "%t %p"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (child.stdout === null) throw new Error("a piped child has a stdout");
  createInterface({ input: child.stdout }).on("line", (line) => {
    const space = line.indexOf(" ");
    messages.push({ topic: line.slice(0, space), payload: line.slice(space + 1) });
  });
  const ended = once(child, "exit");
  return {
    clientId,
    messages,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
