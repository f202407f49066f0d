import type { Balance } from "../simulation/books.ts";

/** The demo in numbers; with `--json` the last line of stdout. */
export interface DemoSummary extends Balance {
  /** Streams of which HQ misses something. */
  readonly gaps: number;
  /** Events that the gateway still keeps because HQ has not confirmed them. */
  readonly backlog: number;
  /** Everything that HQ stored, telemetry included. */
  readonly events: number;
  readonly seed: number;
  readonly scenario: string;
  readonly seconds: number;
}

export function summaryLines(summary: DemoSummary): readonly string[] {
  const { caused, stored, lost, doubled, gaps, uncertain, events, seconds, scenario, seed } = summary;
  const kept = lost + doubled + gaps === 0;
  return [
    `${scenario} (seed ${seed}), ${seconds} s: ${events} events at headquarters.`,
    `Caused ${caused}, stored ${stored}, lost ${lost}, doubled ${doubled}, gaps ${gaps}` +
      (uncertain > 0 ? `; ${uncertain} more while something was broken on purpose.` : "."),
    ...summary.examples,
    kept ? "Nothing was lost, nothing stands twice." : "A promise was broken.",
  ];
}
