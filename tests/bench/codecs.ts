import type { Clock } from "../../protocols/clock.ts";
import { atLeast, rounded, type Target } from "./figures.ts";

/** A codec at work on what comes from its line. */
export interface CodecLoad {
  readonly name: string;
  readonly byteCount: number;
  readonly frameCount: number;
  /** Cuts and decodes everything once, and says how many frames that were. */
  readonly decodeAll: () => number;
  readonly line: Line;
}

/** What carries a codec's bytes at the very most, and how many such lines one core is to decode at once. */
export interface Line {
  readonly words: string;
  readonly bytesPerSecond: number;
  readonly linesMin: number;
}

/** 115,200 baud with a start and a stop bit. */
export const serialLine: Line = { words: "115,200 baud", bytesPerSecond: 11_520, linesMin: 200 };
export const networkLine: Line = { words: "100 Mbit/s", bytesPerSecond: 12_500_000, linesMin: 5 };
/**
 * USB at full speed asks an interrupt endpoint at most once a millisecond (USB 2.0, section 5.7.4): six times a serial
 * line, and more than any scanner scans, so fewer of them at once are asked for.
 */
export const usbReports = (reportBytes: number): Line => ({
  words: `a USB report of ${reportBytes} bytes each millisecond`,
  bytesPerSecond: reportBytes * 1_000,
  linesMin: 50,
});

export interface CodecFigures {
  readonly megabytesPerSecond: number;
  readonly framesPerSecond: number;
  readonly line: string;
  /** How many such lines one core could decode. */
  readonly linesAtOnce: Target;
}

const measuredMs = 400;

export function measureCodec(load: CodecLoad, clock: Clock): CodecFigures {
  decodeAll(load);
  const startedMs = clock.monotonicMs();
  const before = process.cpuUsage();
  let rounds = 0;
  while (clock.monotonicMs() - startedMs < measuredMs) {
    decodeAll(load);
    rounds += 1;
  }
  // Of processor time, collecting garbage included: what else the machine does must not move the figure.
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const bytesPerSecond = (rounds * load.byteCount) / seconds;
  return {
    megabytesPerSecond: rounded(bytesPerSecond / 1e6),
    framesPerSecond: rounded((rounds * load.frameCount) / seconds),
    line: load.line.words,
    linesAtOnce: atLeast(bytesPerSecond / load.line.bytesPerSecond, load.line.linesMin),
  };
}

/** Throws when a frame is not found or refused: a fast decoder of nothing is no figure. */
function decodeAll({ name, frameCount, decodeAll: decode }: CodecLoad): void {
  const decoded = decode();
  if (decoded !== frameCount) throw new Error(`${name}: ${decoded} of ${frameCount} frames were decoded`);
}
