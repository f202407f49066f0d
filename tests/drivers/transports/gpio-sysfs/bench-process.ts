/**
 * Runs the real GPIO transport with the real onoff in a mount namespace of its own, where /sys/class/gpio
 * is served by `server-process.ts`, and lets the test work it from outside.
 */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { systemClock } from "../../../../cli/system.ts";
import { gpioTransport } from "../../../../drivers/transports/gpio.ts";
import type { GpioLine } from "../../../../protocols/config/transport.ts";
import type { Connection } from "../../../../protocols/transport.ts";
import type { BenchQuestion, BenchSaying } from "./bench-messages.ts";
import { buttonOffset, lampOffset } from "./bench-messages.ts";
import { chipLabel } from "./gpio-tree.ts";

const root = "/sys/class/gpio";
const say = (saying: BenchSaying): void => void process.send?.(saying);
const common = { chip: chipLabel, activeLow: true, debounceMs: 10 } as const;
const lines: Record<string, GpioLine> = {
  button: { ...common, offset: buttonOffset, direction: "in" },
  lamp: { ...common, offset: lampOffset, direction: "out" },
};
const transport = gpioTransport({ kind: "gpio", lines }, { clock: systemClock() });
const connections = new Map<number, Connection>();

async function open(connection: number) {
  const opening = await transport.open({
    bytes: () => {},
    edge: (line, active) => say({ say: "edge", connection, line, active }),
    closed: (fault) => say({ say: "closed", connection, fault }),
  });
  if (!opening.ok) return opening.fault;
  connections.set(connection, opening.connection);
  return undefined;
}

async function work(question: BenchQuestion) {
  if (question.call === "open") return await open(question.connection);
  if (question.call === "world") return writeFileSync(`${root}/.bench`, question.command);
  const connection = connections.get(question.connection);
  if (connection === undefined) throw new Error("the bench has no such connection");
  switch (question.call) {
    case "send":
      return await connection.send(Uint8Array.of(1));
    case "send-feature":
      return await connection.sendFeature(Uint8Array.of(1));
    case "set-line":
      return await connection.setLine(question.line, question.active);
    case "close":
      return await connection.close();
  }
}

/** The lamp's pin, read past onoff. */
function lampLevel(): boolean {
  const { levels } = JSON.parse(readFileSync(`${root}/.bench`, "utf8")) as { levels: boolean[] };
  return levels[lampOffset] === true;
}

process.on("message", (message) => {
  const { question } = message as BenchQuestion;
  work(message as BenchQuestion).then(
    (fault) => say({ say: "answer", question, lampLevel: lampLevel(), ...(fault ? { fault } : {}) }),
    (error: unknown) => say({ say: "answer", question, lampLevel: lampLevel(), error: String(error) }),
  );
});

const server = spawn(process.execPath, [new URL("./server-process.js", import.meta.url).pathname, root], {
  stdio: ["ignore", "pipe", "inherit"],
});
server.stdout.once("data", () => say({ say: "ready" }));
process.on("disconnect", () => {
  server.kill("SIGKILL");
  process.exit(0);
});
