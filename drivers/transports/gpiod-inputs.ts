import type { ChildProcess } from "node:child_process";
import type { Clock } from "../../protocols/clock.ts";
import type { Edge, GpiodTools, LineGroup } from "./gpiod-tools.ts";
import { parseEdge } from "./gpiod-tools.ts";

/** How often is looked whether gpiomon has the lines by now. */
const readyEveryMs = 20;
/** It takes them within some tens of milliseconds; a busy box takes longer. */
const readyMsMax = 5_000;
/** A line of gpiomon's is some bytes long; more without an end is none. */
const lineCharactersMax = 256;

export interface InputsListener {
  /** A line moved, or may have. */
  moved(offset: number): void;
  lost(detail: string): void;
}

/** Inputs of one chip, watched by one gpiomon: their levels are those of the edges that it prints. */
export class GpiodInputs {
  readonly #tools: GpiodTools;
  readonly #group: LineGroup;
  readonly #clock: Clock;
  readonly #listener: InputsListener;
  readonly #levels = new Map<number, boolean>();
  #child: ChildProcess | undefined;
  #missed = false;
  #closed = false;

  constructor(tools: GpiodTools, group: LineGroup, clock: Clock, listener: InputsListener) {
    this.#tools = tools;
    this.#group = group;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** The pin's own level as last heard of. */
  level(offset: number): boolean {
    return this.#levels.get(offset) ?? false;
  }

  /** Fulfilled once gpiomon has the lines. An edge between the reading and that is heard of with the next one. */
  async begin(): Promise<void> {
    const levels = await this.#tools.levels(this.#group);
    if (this.#closed) return;
    this.#group.offsets.forEach((offset, index) => this.#levels.set(offset, levels[index] === true));
    const child = this.#tools.watch(this.#group);
    this.#child = child;
    const ended = endOf(child);
    this.#listen(child);
    for (let waitedMs = 0; !(await this.#isReady()); waitedMs += readyEveryMs) {
      const words = await Promise.race([ended, pause(this.#clock, readyEveryMs)]);
      if (words !== undefined) throw new Error(words);
      if (waitedMs >= readyMsMax) throw new Error("gpiomon does not take the lines");
    }
    void ended.then((words) => {
      if (this.#child === child) this.#listener.lost(words);
    });
  }

  /** After edges that got lost the levels are read anew, for which gpiomon must let the lines go for a moment. */
  async check(): Promise<void> {
    if (!this.#missed) return;
    this.#missed = false;
    await this.#stop();
    await this.begin();
    for (const offset of this.#group.offsets) this.#listener.moved(offset);
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#stop();
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = endOf(child);
    child.kill("SIGTERM");
    await ended;
  }

  async #isReady(): Promise<boolean> {
    const held = await this.#tools.heldBy(this.#group.chip, "gpiomon");
    return this.#group.offsets.every((offset) => held.has(offset));
  }

  #listen(child: ChildProcess): void {
    let rest = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = (lines.pop() ?? "").slice(-lineCharactersMax);
      for (const edge of lines.flatMap((line) => parseEdge(line) ?? [])) this.#hear(edge);
    });
  }

  /** Two edges of the same kind in a row: the one between them got lost in a full queue. */
  #hear({ offset, rising }: Edge): void {
    if (this.#levels.get(offset) === rising) this.#missed = true;
    this.#levels.set(offset, rising);
    this.#listener.moved(offset);
  }
}

/** A tool's last words, once it is over. */
export function endOf(child: ChildProcess): Promise<string> {
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-lineCharactersMax);
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(words.trim() || `it ended with ${code ?? "a signal"}`));
  });
}

const pause = (clock: Clock, ms: number): Promise<undefined> =>
  new Promise((resolve) => {
    clock.after(ms, () => resolve(undefined));
  });
