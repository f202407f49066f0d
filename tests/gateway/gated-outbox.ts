import type { Room } from "../../outbox/limits.ts";
import type { BatchLimits, Commit, Outbox } from "../../outbox/outbox.ts";

/** An outbox whose commits can be held back, or fail, as a disk's do. */
export class GatedOutbox implements Outbox {
  readonly #outbox: Outbox;
  readonly commits: Commit[] = [];
  failure: Error | undefined;
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  release(): void {
    this.#open();
  }

  get epoch(): string {
    return this.#outbox.epoch;
  }

  async commit(commit: Commit): Promise<void> {
    this.commits.push(commit);
    await this.#gate;
    if (this.failure !== undefined) throw this.failure;
    await this.#outbox.commit(commit);
  }

  nextBatch(stream: string, after: number, limits: BatchLimits) {
    return this.#outbox.nextBatch(stream, after, limits);
  }

  settle(stream: string, through: number) {
    return this.#outbox.settle(stream, through);
  }

  position(stream: string) {
    return this.#outbox.position(stream);
  }

  keepAfter(stream: string, through: number | undefined) {
    return this.#outbox.keepAfter(stream, through);
  }

  keptAfter(stream: string) {
    return this.#outbox.keptAfter(stream);
  }

  documents(collection: string) {
    return this.#outbox.documents(collection);
  }

  marks() {
    return this.#outbox.marks();
  }

  gather() {
    return this.#outbox.gather();
  }

  hurry() {
    this.#outbox.hurry();
  }

  measured(bytes: number) {
    this.#outbox.measured(bytes);
  }

  setRoom(room: Room) {
    return this.#outbox.setRoom(room);
  }

  reusableBytes() {
    return this.#outbox.reusableBytes();
  }

  statistics() {
    return this.#outbox.statistics();
  }

  close() {
    return this.#outbox.close();
  }
}
