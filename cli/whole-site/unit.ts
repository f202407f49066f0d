import type { ProcessEnd, SimulatedMachine, SimulatedProcess } from "../../simulators/simulated-machine.ts";
import type { Store } from "../store.ts";

/** What runs in a process: it can be asked to end in order, and how full it is. */
export type Running = Pick<Store, "agent" | "gateway" | "close">;

export interface UnitOptions {
  readonly name: string;
  readonly machine: SimulatedMachine;
  /** Starts the production code in a fresh process. */
  readonly start: (process: SimulatedProcess, unit: Unit) => Promise<Running>;
  /** How long whoever watches over it waits before the next start. */
  readonly restartMs: (end: ProcessEnd) => number;
  readonly onEnded: (end: ProcessEnd) => void;
  readonly onStartFailed: (reason: string) => void;
}

/** TimeoutStopSec of the units in `deploy/`: whoever has not ended by then is killed. */
const stopMsMax = 20_000;

/** A service as systemd sees it: started, watched, and started again whatever it died of. */
export class Unit {
  readonly name: string;
  readonly machine: SimulatedMachine;
  process: SimulatedProcess | undefined;
  starts = 0;
  readonly #options: UnitOptions;
  running: Running | undefined;
  /** Nobody starts it while this is set: its box has no power, or its disk is being put back. */
  heldBack = false;
  #startPlanned = false;

  constructor(options: UnitOptions) {
    this.name = options.name;
    this.machine = options.machine;
    this.#options = options;
  }

  start(): void {
    if (this.process !== undefined || this.heldBack) return;
    this.starts += 1;
    const process = this.machine.start(this.name);
    this.process = process;
    process.onEnd((end) => this.#ended(end));
    this.#options.start(process, this).then(
      (running) => {
        if (process.ended === undefined) this.running = running;
      },
      (error: unknown) => {
        if (process.ended !== undefined) return;
        this.#options.onStartFailed(String(error));
        process.end("killed");
      },
    );
  }

  kill(): void {
    this.process?.end("killed");
  }

  /** As SIGTERM does; a start that is not through yet is cut off, as by a second signal. */
  async stopInOrder(): Promise<void> {
    const { process } = this;
    if (process === undefined) return;
    const running = this.running;
    this.running = undefined;
    if (running === undefined) return process.end("killed");
    process.clock.after(stopMsMax, () => process.end("killed"));
    await running.close();
    process.end("closed");
  }

  letStart(): void {
    this.heldBack = false;
    if (this.process === undefined) this.#startLater(0);
  }

  #ended(end: ProcessEnd): void {
    this.process = undefined;
    this.running = undefined;
    this.#options.onEnded(end);
    this.#startLater(this.#options.restartMs(end));
  }

  #startLater(delayMs: number): void {
    if (this.#startPlanned) return;
    this.#startPlanned = true;
    this.machine.time.after(delayMs, () => {
      this.#startPlanned = false;
      this.start();
    });
  }
}
