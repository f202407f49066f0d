import type { Clock } from "../protocols/clock.ts";

export type Settled =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "late" };

/** Waits for `work`, but not for ever; what comes after the deadline goes unheard. */
export function settledWithin(clock: Clock, delayMs: number, work: Promise<unknown>): Promise<Settled> {
  return new Promise((resolve) => {
    const cancel = clock.after(delayMs, () => resolve({ kind: "late" }));
    const settle = (settled: Settled): void => {
      cancel();
      resolve(settled);
    };
    work.then(
      () => settle({ kind: "done" }),
      (error: unknown) => settle({ kind: "failed", error }),
    );
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
