import type { Clock } from "../../protocols/clock.ts";
import { cut, type Probe } from "../../protocols/stream/cut.ts";
import { rounded } from "./figures.ts";

/** A codec at work: frames as they come from the line, cut and decoded. */
export interface CodecLoad {
  readonly name: string;
  /** Bytes of several whole frames, back to back. */
  readonly stream: Uint8Array;
  readonly frameCount: number;
  readonly probe: Probe;
  readonly frameBytesMax: number;
  readonly decode: (bytes: Uint8Array) => { readonly ok: boolean };
}

export interface CodecFigures {
  readonly megabytesPerSecond: number;
  readonly framesPerSecond: number;
  /** How many lines of 115,200 baud (11.5 kB/s) one core could decode. */
  readonly linesAtOnce: number;
}

const lineBytesPerSecond = 11_520;
const measuredMs = 400;

export function measureCodec(load: CodecLoad, clock: Clock): CodecFigures {
  decodeAll(load);
  const startedMs = clock.monotonicMs();
  let rounds = 0;
  while (clock.monotonicMs() - startedMs < measuredMs) {
    decodeAll(load);
    rounds += 1;
  }
  const seconds = (clock.monotonicMs() - startedMs) / 1_000;
  const bytesPerSecond = (rounds * load.stream.length) / seconds;
  return {
    megabytesPerSecond: rounded(bytesPerSecond / 1e6),
    framesPerSecond: rounded((rounds * load.frameCount) / seconds),
    linesAtOnce: rounded(bytesPerSecond / lineBytesPerSecond),
  };
}

/** Throws when a frame is not found or refused: a fast decoder of nothing is no figure. */
function decodeAll({ name, stream, frameCount, probe, frameBytesMax, decode }: CodecLoad): void {
  const { pieces } = cut(stream, probe, frameBytesMax);
  const decoded = pieces.filter(({ kind, bytes }) => kind === "frame" && decode(bytes).ok).length;
  if (decoded !== frameCount) throw new Error(`${name}: ${decoded} of ${frameCount} frames were decoded`);
}
