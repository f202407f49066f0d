import type { Reading } from "../protocols/readings.ts";

/** A stream as a printer sees it. */
export interface PrintedOn {
  write(text: string): unknown;
  on(event: "error", listener: () => void): unknown;
  /** Bytes that were given to it and that nobody has read. */
  readonly writableLength: number;
}

/** What waits for a reader that does not read: some seconds of a busy store. Beyond it readings are not printed. */
export const unreadBytesMax = 1024 * 1024;

/**
 * Prints readings until nobody reads them any more, which is no reason for a store to stop. A reader that has
 * fallen asleep misses some, and finds out how many: `{"notPrinted":12}`.
 */
export function readingPrinter(out: PrintedOn): (readings: readonly Reading[]) => void {
  let read = true;
  let notPrinted = 0;
  out.on("error", () => {
    read = false;
  });
  return (readings) => {
    for (const reading of readings) {
      if (!read) return;
      if (out.writableLength >= unreadBytesMax) {
        notPrinted += 1;
        continue;
      }
      if (notPrinted > 0) out.write(`${JSON.stringify({ notPrinted })}\n`);
      notPrinted = 0;
      out.write(`${JSON.stringify(reading)}\n`);
    }
  };
}
