import type { Room } from "../../outbox/limits.ts";
import type { BatchLimits, Commit, Outbox } from "../../outbox/outbox.ts";

/** An outbox that passes everything on, for those who want to do something around a commit. */
export class OutboxAround implements Outbox {
  readonly #outbox: Outbox;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  get epoch(): string {
    return this.#outbox.epoch;
  }

  commit(commit: Commit): Promise<void> {
    return this.#outbox.commit(commit);
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
