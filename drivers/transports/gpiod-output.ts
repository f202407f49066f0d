import type { ChildProcess } from "node:child_process";
import { endOf } from "./gpiod-inputs.ts";
import type { GpiodTools } from "./gpiod-tools.ts";

/**
 * One output. It is set by a gpioset that ends at once, whose exit code tells that the kernel has taken it, and then
 * held by another one: a line that nobody holds is anybody's. In between a chip may let it go for some milliseconds.
 */
export class GpiodOutput {
  readonly #tools: GpiodTools;
  readonly #chip: string;
  readonly #offset: number;
  readonly #lost: (detail: string) => void;
  #holder: ChildProcess | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(tools: GpiodTools, chip: string, offset: number, lost: (detail: string) => void) {
    this.#tools = tools;
    this.#chip = chip;
    this.#offset = offset;
    this.#lost = lost;
  }

  /** The pin's own level. One after the other, in the order of the calls. */
  set(high: boolean): Promise<void> {
    return this.#next(async () => {
      await this.#letGo();
      await this.#tools.set(this.#chip, this.#offset, high);
      this.#hold(high);
    });
  }

  /** Leaves it at this level, held by nobody. */
  end(high: boolean): Promise<void> {
    return this.#next(async () => {
      await this.#letGo();
      await this.#tools.set(this.#chip, this.#offset, high);
    });
  }

  #next(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #hold(high: boolean): void {
    const holder = this.#tools.hold(this.#chip, this.#offset, high);
    this.#holder = holder;
    // Its prompt in version 2; unread it would fill the pipe. Its input breaks when it has ended by itself.
    holder.stdout?.resume();
    holder.stdin?.on("error", () => undefined);
    void endOf(holder).then((words) => {
      if (this.#holder === holder) this.#lost(`gpioset let go of the line: ${words}`);
    });
  }

  async #letGo(): Promise<void> {
    const holder = this.#holder;
    this.#holder = undefined;
    if (holder === undefined || holder.exitCode !== null || holder.signalCode !== null) return;
    const ended = endOf(holder);
    holder.stdin?.end("exit\n");
    await ended;
  }
}
