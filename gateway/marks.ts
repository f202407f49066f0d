import type { Mark, MarkName, Outbox } from "../outbox/outbox.ts";
import { type Reading, readingsPerMessageMax } from "../protocols/readings.ts";

/** An agent begins an epoch with each start, and has eight messages of 256 readings on their way at most. */
export const epochsPerAgentMax = 8 * readingsPerMessageMax;
/**
 * Agents that nobody configured. A site has a handful; whoever may publish without an account may invent more, and
 * then the one that was silent longest is forgotten: what it repeats would be taken once more.
 */
export const strangeAgentsMax = 64;

/** The highest sequence taken from each agent, so that what is repeated is known again (promise 2). */
export class ReadingMarks {
  readonly #configured: ReadonlySet<string>;
  /** By agent and epoch; whichever moved last is last. */
  #marks = new Map<string, Map<string, number>>();
  readonly #advanced = new Map<string, Mark>();
  readonly #forgotten = new Map<string, MarkName>();

  constructor(configured: ReadonlySet<string>) {
    this.#configured = configured;
  }

  /** Whether this reading is new; if so it counts as taken from now on. */
  advance({ agent, epoch, sequence }: Reading): boolean {
    if (sequence <= (this.#marks.get(agent)?.get(epoch) ?? 0)) return false;
    this.#move(agent, epoch, sequence);
    const name = `${agent} ${epoch}`;
    this.#forgotten.delete(name);
    this.#advanced.set(name, { source: agent, epoch, sequence });
    return true;
  }

  /** The marks that moved since the last call. */
  takeAdvanced(): readonly Mark[] {
    return taken(this.#advanced);
  }

  /** Those that had to go since the last call, so that they need not be kept on disk either. */
  takeForgotten(): readonly MarkName[] {
    return taken(this.#forgotten);
  }

  async restore(outbox: Outbox): Promise<void> {
    const stored = await outbox.marks();
    this.#marks = new Map();
    this.#advanced.clear();
    this.#forgotten.clear();
    // Files of earlier versions hold more than there is room for; what goes here goes with the next commit.
    for (const { source, epoch, sequence } of stored) this.#move(source, epoch, sequence);
  }

  #move(agent: string, epoch: string, sequence: number): void {
    const epochs = this.#marks.get(agent) ?? new Map<string, number>();
    this.#marks.delete(agent);
    this.#marks.set(agent, epochs);
    epochs.delete(epoch);
    epochs.set(epoch, sequence);
    if (epochs.size > epochsPerAgentMax) this.#forget(agent, [...epochs.keys()].slice(0, 1));
    const strangers = this.#marks.size > strangeAgentsMax ? this.#strangers() : [];
    const [silent] = strangers;
    if (silent === undefined || strangers.length <= strangeAgentsMax) return;
    this.#forget(silent, [...(this.#marks.get(silent)?.keys() ?? [])]);
    this.#marks.delete(silent);
  }

  #strangers(): readonly string[] {
    return [...this.#marks.keys()].filter((agent) => !this.#configured.has(agent));
  }

  #forget(agent: string, epochs: readonly string[]): void {
    for (const epoch of epochs) {
      this.#marks.get(agent)?.delete(epoch);
      this.#forgotten.set(`${agent} ${epoch}`, { source: agent, epoch });
    }
  }
}

function taken<Value>(values: Map<string, Value>): readonly Value[] {
  const all = [...values.values()];
  values.clear();
  return all;
}
