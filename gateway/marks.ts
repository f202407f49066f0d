import type { Mark, Outbox } from "../outbox/outbox.ts";
import { type Reading, readingsPerMessageMax } from "../protocols/readings.ts";

/** An agent begins an epoch with each start, and has eight messages of 256 readings on their way at most. */
const epochsPerAgentMax = 8 * readingsPerMessageMax;

/** The highest sequence taken from each agent, so that what is repeated is known again (promise 2). */
export class ReadingMarks {
  #marks = new Map<string, Map<string, number>>();
  readonly #advanced = new Map<string, Mark>();

  /** Whether this reading is new; if so it counts as taken from now on. */
  advance({ agent, epoch, sequence }: Reading): boolean {
    const epochs = this.#epochs(agent);
    if (sequence <= (epochs.get(epoch) ?? 0)) return false;
    epochs.set(epoch, sequence);
    if (epochs.size > epochsPerAgentMax) forgetOldest(epochs);
    this.#advanced.set(`${agent} ${epoch}`, { source: agent, epoch, sequence });
    return true;
  }

  /** The marks that moved since the last call. */
  takeAdvanced(): readonly Mark[] {
    const marks = [...this.#advanced.values()];
    this.#advanced.clear();
    return marks;
  }

  async restore(outbox: Outbox): Promise<void> {
    const stored = await outbox.marks();
    this.#marks = new Map();
    this.#advanced.clear();
    for (const { source, epoch, sequence } of stored) this.#epochs(source).set(epoch, sequence);
  }

  #epochs(agent: string): Map<string, number> {
    const known = this.#marks.get(agent);
    if (known !== undefined) return known;
    const epochs = new Map<string, number>();
    this.#marks.set(agent, epochs);
    return epochs;
  }
}

function forgetOldest(epochs: Map<string, number>): void {
  for (const oldest of epochs.keys()) {
    epochs.delete(oldest);
    return;
  }
}
