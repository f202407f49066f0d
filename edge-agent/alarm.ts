import type { Cancel, Clock } from "../protocols/clock.ts";

/**
 * One timer for something whose due time moves. It may ring early, because a due time that only moves back
 * is not worth a new timer for each of a thousand sightings; whoever is woken asks what is due.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly dueMs: number; readonly cancel: Cancel } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  setFor(dueMs: number | undefined): void {
    if (dueMs === undefined || (this.#set !== undefined && this.#set.dueMs <= dueMs)) return;
    this.stop();
    const cancel = this.#clock.after(Math.max(0, dueMs - this.#clock.monotonicMs()), () => {
      this.#set = undefined;
      this.#ring();
    });
    this.#set = { dueMs, cancel };
  }

  stop(): void {
    this.#set?.cancel();
    this.#set = undefined;
  }
}
