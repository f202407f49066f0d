import type { StreamCodec } from "../../../protocols/codec.ts";
import { join } from "../../../protocols/stream/bytes.ts";
import type { Piece } from "../../../protocols/stream/cut.ts";
import { cut, cutIdle } from "../../../protocols/stream/cut.ts";
import type { SessionEffect } from "../../driver.ts";

/** The timer that ends a false start: nothing more has come to finish it. */
export const idleTimer = "idle";
/** Longer than any gap inside a frame over USB (up to 50 ms), short enough not to hold the next frame back. */
const idleMs = 100;

/** What a chunk amounted to: whole frames, the unfinished rest, and effects for noise and the idle timer. */
export interface Intake<Frame> {
  readonly frames: readonly Frame[];
  readonly rest: Uint8Array;
  readonly effects: readonly SessionEffect[];
}

/** Joins a chunk to what was left over and takes the whole frames out; everything else is counted as noise. */
export function takeChunk<Frame>(
  codec: StreamCodec<Frame>,
  left: Uint8Array,
  chunk: Uint8Array,
): Intake<Frame> {
  const { pieces, rest } = cut(join(left, chunk), codec.probe, codec.frameBytesMax);
  const timer: SessionEffect =
    rest.length > 0
      ? { kind: "timer", name: idleTimer, delayMs: idleMs }
      : { kind: "cancel-timer", name: idleTimer };
  const { frames, effects } = read(codec, pieces);
  // A copy, because the rest would otherwise keep the whole chunk alive.
  return { frames, rest: rest.slice(), effects: [...effects, timer] };
}

/** The line has fallen idle: what was left over is stepped through to its end. */
export function takeIdle<Frame>(codec: StreamCodec<Frame>, left: Uint8Array): Intake<Frame> {
  return { ...read(codec, cutIdle(left, codec.probe)), rest: new Uint8Array() };
}

function read<Frame>(
  codec: StreamCodec<Frame>,
  pieces: readonly Piece[],
): { frames: readonly Frame[]; effects: readonly SessionEffect[] } {
  const frames: Frame[] = [];
  let noiseBytes = 0;
  for (const piece of pieces) {
    const frame = piece.kind === "frame" ? codec.decode(piece.bytes) : undefined;
    if (frame?.ok === true) frames.push(frame.value);
    else noiseBytes += piece.bytes.length;
  }
  return { frames, effects: noiseBytes > 0 ? [{ kind: "noise", byteCount: noiseBytes }] : [] };
}
