import { rmSync } from "node:fs";
import type { Clock } from "../../protocols/clock.ts";
import type { Simulator } from "../simulator.ts";
import type { PseudoTerminal } from "./pseudo-terminal.ts";
import { openPseudoTerminal, pointLink } from "./pseudo-terminal.ts";
import type { CarriedDevice } from "./run-simulator.ts";
import { runSimulator } from "./run-simulator.ts";

export interface PtyDevice<Stimulus> extends CarriedDevice<Stimulus> {
  /** The path under which the host finds it: the link where there is one, else the terminal's own. */
  readonly path: string;
  /** The terminal's own path, which changes with every replug; the last one while unplugged. */
  readonly node: string;
}

/**
 * Carries a simulator on a pseudo-terminal. A serial device does not see the host open its port, so
 * `opened` comes when it is plugged in; what it sends before a host opens is flushed by that opening.
 */
export function carryOnPty<State, Stimulus>(
  simulator: Simulator<State, Stimulus>,
  { clock, link }: { readonly clock: Clock; readonly link?: string },
): PtyDevice<Stimulus> {
  const run = runSimulator(simulator, clock, {
    send: (bytes) => socket.send(bytes),
    edge() {
      throw new Error(`${simulator.name} has lines, which a pseudo-terminal cannot carry`);
    },
  });
  const receive = (bytes: Uint8Array): void => run.input({ kind: "bytes", bytes });
  const socket = new TerminalSocket(() => openPseudoTerminal(clock, receive), link);
  run.input({ kind: "opened" });
  return {
    get path() {
      return link ?? socket.node;
    },
    get node() {
      return socket.node;
    },
    stimulate: (stimulus) => run.input({ kind: "stimulus", stimulus }),
    unplug: () => socket.unplug(),
    replug() {
      if (socket.plug()) run.input({ kind: "opened" });
      return Promise.resolve();
    },
    close() {
      run.stop();
      return socket.close();
    },
  };
}

/** Where the device's cable goes in: a terminal at a time, each under another number than the one before. */
class TerminalSocket {
  node = "";
  #terminal: PseudoTerminal | undefined;
  #spare: PseudoTerminal | undefined;
  readonly #open: () => PseudoTerminal;
  readonly #link: string | undefined;

  constructor(open: () => PseudoTerminal, link: string | undefined) {
    this.#open = open;
    this.#link = link;
    this.plug();
  }

  send(bytes: Uint8Array): void {
    this.#terminal?.send(bytes);
  }

  /** False when it is plugged in already. */
  plug(): boolean {
    if (this.#terminal !== undefined) return false;
    this.#terminal = this.#spare ?? this.#open();
    this.#spare = undefined;
    this.node = this.#terminal.path;
    if (this.#link !== undefined) pointLink(this.#link, this.node);
    return true;
  }

  async unplug(): Promise<void> {
    const gone = this.#terminal;
    if (gone === undefined) return;
    this.#terminal = undefined;
    // Opened while the old number is still taken, so that the device comes back under another one.
    this.#spare = this.#open();
    if (this.#link !== undefined) rmSync(this.#link, { force: true });
    await gone.close();
  }

  async close(): Promise<void> {
    await this.unplug();
    await this.#spare?.close();
    this.#spare = undefined;
  }
}
