import type { Clock } from "../../protocols/clock.ts";
import type { TransportKind } from "../../protocols/config/transport.ts";
import type { Debounce } from "../../protocols/debounce.ts";
import { debounce } from "../../protocols/debounce.ts";
import type { Lifeline } from "../../protocols/lifeline.ts";
import { lifeline } from "../../protocols/lifeline.ts";
import type { Connection, Opening, Transport, TransportListener } from "../../protocols/transport.ts";
import { unsupported } from "../../protocols/transport.ts";
import type { Simulator } from "../simulator.ts";
import type { CarriedDevice, SimulatorRun } from "./run-simulator.ts";
import { runSimulator } from "./run-simulator.ts";

/** The simulated twin of every transport: the device lives in the host's own process. */
export interface InProcessDevice<Stimulus> extends CarriedDevice<Stimulus> {
  readonly transport: Transport;
  /** The output lines as the host last drove them. */
  readonly lines: ReadonlyMap<string, boolean>;
}

interface InProcessOptions {
  readonly clock: Clock;
  /** The kind that it stands in for, to refuse what that kind cannot; without it, it can do everything. */
  readonly kind?: TransportKind;
  /** A line's edge is passed on once it has been quiet for so long, as the GPIO transport does it. */
  readonly debounceMs?: number;
}

/** The default of a configured line. */
const debounceMsDefault = 20;

/**
 * Carries a simulator without any wire. What the device sends arrives in a later turn of the clock, never
 * inside the call that caused it, as it is with a real cable.
 */
export function carryInProcess<State, Stimulus>(
  simulator: Simulator<State, Stimulus>,
  { clock, kind, debounceMs = debounceMsDefault }: InProcessOptions,
): InProcessDevice<Stimulus> {
  const cable = new Cable(simulator.name, clock);
  const run = runSimulator(simulator, clock, {
    send: (bytes) => cable.toHost((host) => host.bytes(bytes.slice())),
    edge: debounced({ clock, quietMs: debounceMs }, (line, active) =>
      cable.toHost((host) => host.edge(line, active)),
    ),
  });
  const lines = new Map<string, boolean>();
  const connect = (host: Lifeline): Connection => asKind(kind, everything(cable, run, lines, host));
  return {
    transport: { open: (listener) => Promise.resolve(open(cable, run, connect, listener)) },
    lines,
    stimulate: (stimulus) => run.input({ kind: "stimulus", stimulus }),
    unplug: () => Promise.resolve(cable.unplug()),
    replug: () => Promise.resolve(cable.replug()),
    close() {
      run.stop();
      return Promise.resolve(cable.unplug());
    },
  };
}

/** Each line by itself; it starts inactive, as a released button does. */
function debounced(
  quiet: { readonly clock: Clock; readonly quietMs: number },
  settled: (line: string, active: boolean) => void,
): (line: string, active: boolean) => void {
  const levels = new Map<string, boolean>();
  const contacts = new Map<string, Debounce>();
  return (line, active) => {
    levels.set(line, active);
    let contact = contacts.get(line);
    if (contact === undefined) {
      const read = (): boolean => levels.get(line) === true;
      contact = debounce(quiet, false, read, (level) => settled(line, level));
      contacts.set(line, contact);
    }
    contact.moved();
  };
}

function open<Stimulus>(
  cable: Cable,
  run: SimulatorRun<Stimulus>,
  connect: (host: Lifeline) => Connection,
  listener: TransportListener,
): Opening {
  const obstacle = cable.obstacle();
  if (obstacle !== undefined) return { ok: false, fault: obstacle };
  const host = lifeline(listener);
  cable.take(host);
  run.input({ kind: "opened" });
  return { ok: true, connection: connect(host) };
}

function everything<Stimulus>(
  cable: Cable,
  run: SimulatorRun<Stimulus>,
  lines: Map<string, boolean>,
  host: Lifeline,
): Connection {
  const does = (action: () => void): Promise<void> =>
    host.whileOpen(() => {
      if (cable.plugged) action();
      return Promise.resolve();
    });
  return {
    send: (bytes) => does(() => run.input({ kind: "bytes", bytes: bytes.slice() })),
    sendFeature: (bytes) => does(() => run.input({ kind: "feature", bytes: bytes.slice() })),
    setLine: (line, active) => does(() => lines.set(line, active)),
    close: () => Promise.resolve(host.end()),
  };
}

function asKind(kind: TransportKind | undefined, connection: Connection): Connection {
  const noFeature = unsupported("feature reports");
  const noLine = unsupported("output lines");
  switch (kind) {
    case undefined:
      return connection;
    case "serial":
    case "tcp":
      return { ...connection, sendFeature: noFeature, setLine: noLine };
    case "hid":
      return { ...connection, setLine: noLine };
    case "gpio":
      return { ...connection, send: unsupported("byte stream"), sendFeature: noFeature };
  }
}

/** What stands between the device and the one host that may have it open. */
class Cable {
  plugged = true;
  #host: Lifeline | undefined;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #underWay: (() => void)[] = [];

  constructor(name: string, clock: Clock) {
    this.#name = name;
    this.#clock = clock;
  }

  obstacle() {
    if (!this.plugged) return { code: "device-absent", detail: `${this.#name} is unplugged` } as const;
    if (this.#host !== undefined)
      return { code: "port-in-use", detail: `${this.#name} is open already` } as const;
    return undefined;
  }

  take(host: Lifeline): void {
    this.#host = host;
    host.atEnd(() => {
      this.#host = undefined;
    });
  }

  /** For the host that is there now, in a later turn of the clock, in the order of sending. */
  toHost(deliver: (host: Lifeline) => void): void {
    const host = this.#host;
    if (!this.plugged || host === undefined) return;
    this.#underWay.push(() => deliver(host));
    this.#clock.after(0, () => this.#underWay.shift()?.());
  }

  unplug(): void {
    const fault = { code: "connection-lost", detail: `${this.#name} was unplugged` } as const;
    this.toHost((host) => host.lose(fault));
    this.plugged = false;
  }

  replug(): void {
    this.plugged = true;
  }
}
