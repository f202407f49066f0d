import { setTimeout as wait } from "node:timers/promises";

/** Looks every few milliseconds until `condition` holds; fails with `what` after the deadline. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 15_000,
): Promise<void> {
  const endMs = performanceNowMs() + deadlineMs;
  while (!(await condition())) {
    if (performanceNowMs() > endMs) throw new Error(`waited ${deadlineMs} ms in vain until ${what}`);
    await wait(5);
  }
}

const performanceNowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
