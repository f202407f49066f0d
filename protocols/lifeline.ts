import type { Fault } from "./faults.ts";
import type { TransportListener } from "./transport.ts";

/**
 * Stands between one connection and its listener and keeps the promise of every transport and simulated
 * twin: one end, nothing heard after it, and no send that waits for ever.
 */
export interface Lifeline {
  readonly ended: boolean;
  bytes(bytes: Uint8Array): void;
  edge(line: string, active: boolean): void;
  /** The connection ended without our asking. */
  lose(fault: Fault): void;
  /** We end it ourselves: `closed` is not called. */
  end(): void;
  /** Runs `task` at the end, whoever brought it about, before the listener hears of it. */
  atEnd(task: () => void): void;
  /** What `begin` promises, or a rejection as soon as the connection ends. */
  whileOpen(begin: () => Promise<void>): Promise<void>;
}

export function lifeline(listener: TransportListener): Lifeline {
  let ended = false;
  const tasks = new Set<() => void>();
  const end = (): void => {
    if (ended) return;
    ended = true;
    for (const task of tasks) task();
    tasks.clear();
  };
  return {
    get ended() {
      return ended;
    },
    bytes(bytes) {
      if (!ended) listener.bytes(bytes);
    },
    edge(line, active) {
      if (!ended) listener.edge(line, active);
    },
    lose(fault) {
      if (ended) return;
      end();
      listener.closed(fault);
    },
    end,
    atEnd(task) {
      if (ended) task();
      else tasks.add(task);
    },
    whileOpen: (begin) =>
      new Promise((resolve, reject) => {
        const fail = (): void => reject(new Error("the connection has ended"));
        if (ended) return fail();
        tasks.add(fail);
        begin()
          .then(resolve, reject)
          .finally(() => tasks.delete(fail));
      }),
  };
}
