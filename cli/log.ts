import { type Logger, pino } from "pino";

/**
 * Log lines go to stderr as JSON, for stdout belongs to data. Written synchronously: the last words before
 * an end are the ones that matter, and little is logged.
 */
export function openLog(level: string, part: string): Logger {
  return pino(
    { level, base: { part }, redact: ["password", "*.password"] },
    pino.destination({ fd: 2, sync: true }),
  );
}
