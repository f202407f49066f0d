import type { Cancel } from "../protocols/clock.ts";

interface Task {
  readonly dueMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Cancelled tasks are swept out when there are so many, and more than half of all. */
const sweepTasksMin = 1_024;
/**
 * Time moves in steps that a double holds exactly, and never rings early: whoever waits for what is left of a wait
 * would otherwise wait for nothing, for ever, at one and the same moment.
 */
const ticksPerMs = 1_024;
/** After so many tasks the process may look at its signals and draw its progress; chance and order know nothing of it. */
const tasksPerBreath = 50_000;

/**
 * The time of a simulated world. Tasks run in the order of their time, then of planning, and between two of them
 * every promise that can settle has settled, however long its chain. No real timer is involved.
 */
export class SimulatedTime {
  nowMs = 0;
  tasksRun = 0;
  /** A binary heap: the next task first. */
  readonly #heap: Task[] = [];
  #order = 0;
  #cancelled = 0;
  #stopped = false;

  get tasksWaiting(): number {
    return this.#heap.length - this.#cancelled;
  }

  after(delayMs: number, run: () => void): Cancel {
    this.#order += 1;
    const dueMs = Math.ceil((this.nowMs + Math.max(0, delayMs)) * ticksPerMs) / ticksPerMs;
    const task: Task = { dueMs, order: this.#order, run };
    this.#push(task);
    return () => {
      if (task.run === undefined) return;
      task.run = undefined;
      this.#cancelled += 1;
      this.#sweep();
    };
  }

  /** Lets the world go on until that time, or until it is stopped. A task that throws ends it. */
  run(untilMs: number): Promise<void> {
    this.#stopped = false;
    return new Promise((resolve, reject) => {
      const next = (): void => {
        try {
          const task = this.#stopped ? undefined : this.#due(untilMs);
          if (task === undefined) {
            if (!this.#stopped) this.nowMs = Math.ceil(untilMs * ticksPerMs) / ticksPerMs;
            resolve();
            return;
          }
          this.tasksRun += 1;
          task();
        } catch (error) {
          reject(error);
          return;
        }
        if (this.tasksRun % tasksPerBreath === 0) setImmediate(next);
        else afterPromises(next);
      };
      afterPromises(next);
    });
  }

  /** `run` ends before the next task. */
  stop(): void {
    this.#stopped = true;
  }

  #due(untilMs: number): (() => void) | undefined {
    for (let first = this.#heap[0]; first !== undefined && first.dueMs <= untilMs; first = this.#heap[0]) {
      this.#pop();
      const { run } = first;
      if (run === undefined) {
        this.#cancelled -= 1;
        continue;
      }
      // It ran: cancelling it now does nothing.
      first.run = undefined;
      this.nowMs = first.dueMs;
      return run;
    }
    return undefined;
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(task);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !sooner(task, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = task;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last, 0);
  }

  #sink(task: Task, from: number): void {
    const heap = this.#heap;
    let place = from;
    for (;;) {
      let below = 2 * place + 1;
      let child = heap[below];
      const other = heap[below + 1];
      if (child !== undefined && other !== undefined && sooner(other, child)) {
        child = other;
        below += 1;
      }
      if (child === undefined || !sooner(child, task)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = task;
  }

  #sweep(): void {
    if (this.#cancelled < sweepTasksMin || this.#cancelled * 2 < this.#heap.length) return;
    const left = this.#heap.filter(({ run }) => run !== undefined);
    this.#heap.length = 0;
    this.#cancelled = 0;
    for (const task of left) this.#push(task);
  }
}

const sooner = (one: Task, other: Task): boolean =>
  one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);

/**
 * Node runs the microtasks that there are, and all that come of them, before it looks at the ticks that one of
 * them asked for (https://nodejs.org/api/process.html#when-to-use-queuemicrotask-vs-processnexttick).
 */
function afterPromises(next: () => void): void {
  queueMicrotask(() => process.nextTick(next));
}
