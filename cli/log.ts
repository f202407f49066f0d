import { type Logger, pino } from "pino";
import type { Clock } from "../protocols/clock.ts";
import { LogThinning } from "./log-thinning.ts";

/** Where log lines go; a test puts its own place here. */
export interface LogDestination {
  write(line: string): void;
}

/**
 * Log lines go to stderr as JSON, for stdout belongs to data. Written synchronously: the last words before
 * an end are the ones that matter, and little is logged. The same event of the same device is thinned.
 */
export function openLog(level: string, part: string, clock: Clock, destination?: LogDestination): Logger {
  const thinning = new LogThinning();
  return pino(
    {
      level,
      base: { part },
      redact: ["password", "*.password"],
      hooks: {
        logMethod(words, method) {
          const [fields] = words;
          const kind = kindOf({ ...this.bindings(), ...Object(fields) });
          const verdict = thinning.judge(kind, clock.monotonicMs());
          if (!verdict.write) return;
          if (verdict.leftOut === 0) return method.apply(this, words);
          const [, ...rest] = words;
          method.apply(this, [{ ...Object(fields), leftOut: verdict.leftOut }, ...rest]);
        },
      },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
}

/** Which event it is, and whose: one device's trouble does not silence another's. */
function kindOf({ event, device, gateway }: Readonly<Record<string, unknown>>): string {
  return [event, device, gateway].map(String).join(" ");
}
