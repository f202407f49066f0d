import type { SimulatedTime } from "../simulated-time.ts";

export type Direction = "up" | "down";

/** What an end of a wire hears when the connection is over without its asking. */
export interface WireEnds {
  readonly client: (reason: string) => void;
  readonly server: () => void;
}

/** How soon an end notices that the other one is gone without a word: one and a half keepalives of 15 s. */
export const silenceNoticedMs = 22_500;

/**
 * The way between two places. Within one connection packets arrive whole and in their order, however late, because
 * TCP says so; what is on its way when the connection breaks is gone.
 */
export class NetworkPath {
  readonly name: string;
  readonly time: SimulatedTime;
  /** False: nothing arrives, and nobody is told. */
  reachable = true;
  /** Nothing arrives before this moment; then everything does, in its order. */
  stalledUntilMs = 0;
  readonly #delayMs: () => number;
  readonly #wires = new Set<Wire>();

  constructor(name: string, time: SimulatedTime, delayMs: () => number) {
    this.name = name;
    this.time = time;
    this.#delayMs = delayMs;
  }

  get openWires(): number {
    return this.#wires.size;
  }

  arrivalMs(): number {
    return Math.max(this.stalledUntilMs, this.time.nowMs + this.#delayMs());
  }

  open(ends: WireEnds): Wire {
    const wire = new Wire(this, ends, () => this.#wires.delete(wire));
    this.#wires.add(wire);
    return wire;
  }

  /** Every connection breaks, and both ends are told. */
  reset(reason: string): void {
    for (const wire of this.#wires) wire.reset(reason);
  }

  /** The way is gone: connections are half open until their ends notice the silence. */
  goDark(): void {
    this.reachable = false;
    for (const wire of this.#wires) wire.fallSilent();
  }

  comeBack(): void {
    this.reachable = true;
  }
}

/** One connection: two directions, each in order. */
export class Wire {
  readonly #path: NetworkPath;
  readonly #ends: WireEnds;
  readonly #forget: () => void;
  readonly #lastMs: Record<Direction, number> = { up: 0, down: 0 };
  /** Opened where no way was: the server never heard of it. */
  readonly #unheard: boolean;
  #over = false;
  #silent: boolean;

  constructor(path: NetworkPath, ends: WireEnds, forget: () => void) {
    this.#path = path;
    this.#ends = ends;
    this.#forget = forget;
    this.#unheard = !path.reachable;
    this.#silent = this.#unheard;
  }

  send(direction: Direction, deliver: () => void): void {
    if (this.#over || this.#silent) return;
    const { time } = this.#path;
    const dueMs = Math.max(this.#lastMs[direction], this.#path.arrivalMs());
    this.#lastMs[direction] = dueMs;
    time.after(dueMs - time.nowMs, () => {
      if (!this.#over && !this.#silent) deliver();
    });
  }

  /** The client's machine closes its end in order: what it has sent still arrives, nothing comes back. */
  closeFromClient(last: () => void): void {
    if (this.#unheard) {
      this.end();
      return;
    }
    this.send("up", () => {
      this.end();
      last();
    });
  }

  /** The client's machine has lost its power: the server notices nothing but silence. */
  vanishFromClient(): void {
    this.#silent = true;
    this.#path.time.after(silenceNoticedMs, () => this.#give(this.#ends.server));
  }

  /** Broken for both at once. */
  reset(reason: string): void {
    if (this.#over) return;
    this.#give(this.#ends.server);
    this.#ends.client(reason);
  }

  fallSilent(): void {
    if (this.#silent) return;
    this.#silent = true;
    this.#path.time.after(silenceNoticedMs, () => {
      if (this.#over) return;
      this.#give(this.#ends.server);
      this.#ends.client("silence");
    });
  }

  /** Nothing arrives any more, and nobody is told. */
  end(): void {
    this.#over = true;
    this.#forget();
  }

  #give(server: () => void): void {
    if (this.#over) return;
    this.end();
    server();
  }
}
