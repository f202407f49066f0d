import type { LastWill, ReceivedMessage } from "../../protocols/message-link.ts";
import type { ProcessEnd, SimulatedProcess } from "../simulated-machine.ts";
import type { NetworkPath, Wire } from "./network-path.ts";

/** What a server is told by one client. */
export interface ServerSession {
  publish(packet: number, message: UpwardMessage): void;
  subscribe(packet: number, filters: readonly string[]): void;
  /** The client took its leave: its last will is not spoken. */
  goodbye(): void;
  /** The connection is gone. */
  lost(): void;
}

export interface UpwardMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retain: boolean;
}

/** How a server speaks to one client. */
export interface ServerPeer {
  acknowledge(packet: number): void;
  subscribed(packet: number, refused: readonly string[]): void;
  deliver(message: ReceivedMessage): void;
  /** Ends the connection at once. */
  reset(reason: string): void;
}

/** A broker as clients reach it; undefined while nobody listens there. */
export interface Acceptor {
  accept(
    peer: ServerPeer,
    greeting: { readonly clientId: string; readonly will: LastWill | undefined },
  ): ServerSession;
}

/** What a connection tells the link above it. After `fallen` it says nothing more. */
export interface ConnectionListener {
  connected(): void;
  fallen(reason: string): void;
  message(message: ReceivedMessage, taken: () => void): void;
}

export interface SimulatedConnectionOptions {
  readonly process: SimulatedProcess;
  readonly path: NetworkPath;
  readonly acceptor: () => Acceptor | undefined;
  readonly clientId: string;
  readonly will: LastWill | undefined;
  readonly listener: ConnectionListener;
  /** Told of each publish at the moment when the process asks for it. */
  readonly onPublish?: (topic: string, payload: string | Uint8Array) => void;
}

/** As the production connection waits for CONNACK. */
const connectMsMax = 10_000;

interface Publication {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** An MQTT client's connection (QoS 1, clean session) over a simulated network, from a process that may die. */
export class SimulatedConnection {
  readonly #options: SimulatedConnectionOptions;
  readonly #wire: Wire;
  readonly #inFlight = new Map<number, Publication>();
  readonly #subscribing = new Map<number, (refused: readonly string[]) => void>();
  /** Packets behind a message that its receiver holds back: acknowledgements stand in the same stream. */
  readonly #inbound: (() => void)[] = [];
  readonly #forgetProcess: () => void;
  #holding = false;
  #session: ServerSession | undefined;
  #packet = 0;
  #over = false;

  constructor(options: SimulatedConnectionOptions) {
    this.#options = options;
    const { path, process } = options;
    this.#wire = path.open({
      client: (reason) => this.fall(reason),
      server: () => this.#session?.lost(),
    });
    this.#forgetProcess = process.onEnd((how) => this.#processEnded(how));
    this.#wire.send("up", () => this.#arrive());
    process.clock.after(connectMsMax, () => {
      if (this.#session === undefined) this.fall("no answer");
    });
  }

  publish(topic: string, payload: string | Uint8Array, retain: boolean): Promise<void> {
    if (!this.#options.process.passes()) return new Promise(() => {});
    if (this.#over) return Promise.reject(new Error("the link is down"));
    this.#options.onPublish?.(topic, payload);
    this.#packet += 1;
    const packet = this.#packet;
    const message = { topic, payload: bytesOf(payload), retain };
    return new Promise((resolve, reject) => {
      this.#inFlight.set(packet, { resolve, reject });
      this.#wire.send("up", () => this.#session?.publish(packet, message));
    });
  }

  subscribe(filters: readonly string[]): Promise<readonly string[]> {
    if (!this.#options.process.passes()) return new Promise(() => {});
    this.#packet += 1;
    const packet = this.#packet;
    return new Promise((resolve) => {
      this.#subscribing.set(packet, resolve);
      this.#wire.send("up", () => this.#session?.subscribe(packet, filters));
    });
  }

  /** Ends the connection at once, as if the network had. */
  fall(reason: string): void {
    if (this.#over) return;
    this.#finish();
    this.#wire.closeFromClient(() => this.#session?.lost());
    if (!this.#options.process.passes()) return;
    this.#rejectAll(reason);
    this.#options.listener.fallen(reason);
  }

  close(): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#finish();
    this.#wire.closeFromClient(() => this.#session?.goodbye());
    this.#rejectAll("the link was closed");
    return Promise.resolve();
  }

  #arrive(): void {
    const acceptor = this.#options.acceptor();
    if (acceptor === undefined) {
      this.#wire.send("down", () => this.fall("nobody listens there"));
      return;
    }
    const { clientId, will } = this.#options;
    const back = (arrive: () => void): void => this.#wire.send("down", () => this.#receive(arrive));
    this.#session = acceptor.accept(
      {
        acknowledge: (packet) => back(() => this.#acknowledged(packet)),
        subscribed: (packet, refused) => back(() => this.#subscribing.get(packet)?.(refused)),
        deliver: (message) => back(() => this.#deliver(message)),
        reset: (reason) => this.#wire.reset(reason),
      },
      { clientId, will },
    );
    back(() => this.#options.listener.connected());
  }

  #receive(arrive: () => void): void {
    this.#inbound.push(arrive);
    this.#takeInbound();
  }

  #takeInbound(): void {
    while (!this.#holding && !this.#over && this.#inbound.length > 0) {
      if (!this.#options.process.passes()) return;
      this.#inbound.shift()?.();
    }
  }

  #deliver(message: ReceivedMessage): void {
    this.#holding = true;
    this.#options.listener.message(message, () => {
      this.#holding = false;
      this.#takeInbound();
    });
  }

  #acknowledged(packet: number): void {
    this.#inFlight.get(packet)?.resolve();
    this.#inFlight.delete(packet);
  }

  #processEnded(how: ProcessEnd): void {
    if (this.#over) return;
    this.#finish();
    if (how === "power-cut") this.#wire.vanishFromClient();
    else this.#wire.closeFromClient(() => this.#session?.lost());
  }

  #finish(): void {
    this.#over = true;
    this.#forgetProcess();
  }

  #rejectAll(reason: string): void {
    for (const { reject } of this.#inFlight.values()) reject(new Error(reason));
    this.#inFlight.clear();
  }
}

const encoder = new TextEncoder();
const bytesOf = (payload: string | Uint8Array): Uint8Array =>
  typeof payload === "string" ? encoder.encode(payload) : payload;
