import type { Commit } from "../../outbox/outbox.ts";
import { OutboxAround } from "./outbox-around.ts";

/** An outbox whose commits can be held back, or fail, as a disk's do. */
export class GatedOutbox extends OutboxAround {
  readonly commits: Commit[] = [];
  failure: Error | undefined;
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  release(): void {
    this.#open();
  }

  override async commit(commit: Commit): Promise<void> {
    this.commits.push(commit);
    await this.#gate;
    if (this.failure !== undefined) throw this.failure;
    await super.commit(commit);
  }
}
