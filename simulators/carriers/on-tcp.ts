import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import type { Clock } from "../../protocols/clock.ts";
import type { Simulator } from "../simulator.ts";
import type { CarriedDevice } from "./run-simulator.ts";
import { runSimulator } from "./run-simulator.ts";

export interface TcpDevice<Stimulus> extends CarriedDevice<Stimulus> {
  readonly host: string;
  /** The same after each replug. */
  readonly port: number;
}

const loopback = "127.0.0.1";

/**
 * Carries a simulator on a loopback socket. One host at a time; a newcomer replaces the one before, so
 * that a link which died half-open never bars the way.
 */
export async function carryOnTcp<State, Stimulus>(
  simulator: Simulator<State, Stimulus>,
  { clock, port = 0 }: { readonly clock: Clock; readonly port?: number },
): Promise<TcpDevice<Stimulus>> {
  let host: Socket | undefined;
  const run = runSimulator(simulator, clock, {
    send: (bytes) => void host?.write(bytes),
    edge() {
      throw new Error(`${simulator.name} has lines, which a socket cannot carry`);
    },
  });
  const server = createServer((socket) => {
    host?.destroy();
    host = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => run.input({ kind: "bytes", bytes: new Uint8Array(chunk) }));
    // A host that was killed resets the link; `close` follows.
    socket.on("error", () => {});
    socket.on("close", () => {
      if (host === socket) host = undefined;
    });
    run.input({ kind: "opened" });
  });
  const listeningPort = await listen(server, port);
  const unplug = (): Promise<void> => stopListening(server, () => host?.destroy());
  return {
    host: loopback,
    port: listeningPort,
    stimulate: (stimulus) => run.input({ kind: "stimulus", stimulus }),
    unplug,
    async replug() {
      if (!server.listening) await listen(server, listeningPort);
    },
    close() {
      run.stop();
      return unplug();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, loopback, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Fulfilled when the server is closed, which it is not before its last socket. */
function stopListening(server: Server, dropHost: () => void): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    dropHost();
  });
}
