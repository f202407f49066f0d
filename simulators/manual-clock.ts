import type { Cancel, Clock, ClockQuality } from "../protocols/clock.ts";

interface Task {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is turned; tasks run in the order of their time, then of planning. */
export class ManualClock implements Clock {
  /** What `wallMs` adds to the monotonic time; change it to let the wall clock jump. */
  wallOffsetMs: number;
  clockQuality: ClockQuality = "synced";
  #nowMs = 0;
  #order = 0;
  readonly #tasks = new Set<Task>();

  constructor(wallStartMs = Date.UTC(2026, 0, 5, 8, 0, 0)) {
    this.wallOffsetMs = wallStartMs;
  }

  wallMs(): number {
    return this.wallOffsetMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  quality(): ClockQuality {
    return this.clockQuality;
  }

  after(delayMs: number, run: () => void): Cancel {
    this.#order += 1;
    const task = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, run };
    this.#tasks.add(task);
    return () => {
      this.#tasks.delete(task);
    };
  }

  /** Turns the clock by `byMs`, letting promises settle between tasks so that awaiting code keeps pace. */
  async turn(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settlePromises();
    for (let next = this.#earliest(untilMs); next !== undefined; next = this.#earliest(untilMs)) {
      this.#tasks.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.run();
      await settlePromises();
    }
    this.#nowMs = untilMs;
  }

  #earliest(untilMs: number): Task | undefined {
    let earliest: Task | undefined;
    for (const task of this.#tasks) {
      if (task.dueMs > untilMs) continue;
      const sooner =
        earliest === undefined ||
        task.dueMs < earliest.dueMs ||
        (task.dueMs === earliest.dueMs && task.order < earliest.order);
      if (sooner) earliest = task;
    }
    return earliest;
  }
}

/** Enough turns of the promise queue for a chain of awaits between two timers. */
const promiseTurns = 20;

async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < promiseTurns; turn += 1) await Promise.resolve();
}
