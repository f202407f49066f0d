import type { Cancel, Clock } from "../../protocols/clock.ts";

/** Whoever waits for longer wants to see how long it still takes. */
const shownAfterMs = 2_000;
const drawnEveryMs = 250;
const width = 30;

/** A bar on stderr that fills in so long; nothing where that is no terminal, or where it is soon over. */
export function progressBar(
  clock: Clock,
  lastsMs: number,
  out: { readonly isTTY?: boolean; write(text: string): unknown } = process.stderr,
): Cancel {
  if (out.isTTY !== true || lastsMs <= shownAfterMs) return () => undefined;
  const startMs = clock.monotonicMs();
  const draw = (): void => {
    const share = Math.min(1, (clock.monotonicMs() - startMs) / lastsMs);
    const full = Math.round(share * width);
    out.write(`\r[${"#".repeat(full)}${" ".repeat(width - full)}] ${Math.round(share * 100)} %`);
    cancel = clock.after(drawnEveryMs, draw);
  };
  let cancel = clock.after(0, draw);
  return () => {
    cancel();
    out.write(`\r${" ".repeat(width + 8)}\r`);
  };
}
