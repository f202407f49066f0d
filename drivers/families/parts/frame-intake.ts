import type { StreamCodec } from "../../../protocols/codec.ts";
import { join } from "../../../protocols/stream/bytes.ts";
import type { Piece } from "../../../protocols/stream/cut.ts";
import { cut, cutIdle } from "../../../protocols/stream/cut.ts";
import type { SessionEffect, SessionStep } from "../../driver.ts";
import { chain, stay } from "./steps.ts";

/** The timer that ends a false start: nothing more has come to finish it. */
export const idleTimer = "idle";
/** Longer than any gap inside a frame over USB (up to 50 ms), short enough not to hold the next frame back. */
const idleMs = 100;

/** What has come and is not yet a frame. */
interface Unfinished {
  readonly rest: Uint8Array;
}
type Hear<State, Frame> = (state: State, frame: Frame) => SessionStep<State>;

/** What is done with a stream's frames and with what lies between them. */
export interface Intake<State, Frame> {
  readonly codec: StreamCodec<Frame>;
  readonly hear: Hear<State, Frame>;
  /** Sees bytes that belong to no frame, after they were counted. */
  readonly noise?: (state: State, bytes: Uint8Array) => SessionStep<State>;
  /** The line loses nothing, so that silence within a frame ends nothing. */
  readonly waitsForTheRest?: boolean;
}

/** Joins a chunk to what was left over and hears the whole frames in it; everything else is counted as noise. */
export function takeBytes<State extends Unfinished, Frame>(
  intake: Intake<State, Frame>,
  state: State,
  chunk: Uint8Array,
): SessionStep<State> {
  const { codec, waitsForTheRest = false } = intake;
  const { pieces, rest } = cut(join(state.rest, chunk), codec.probe, codec.frameBytesMax);
  const timer: SessionEffect =
    rest.length > 0 && !waitsForTheRest
      ? { kind: "timer", name: idleTimer, delayMs: idleMs }
      : { kind: "cancel-timer", name: idleTimer };
  // A copy, because the rest would otherwise keep the whole chunk alive.
  const start = { state: { ...state, rest: rest.slice() }, effects: [timer] };
  return hearPieces(intake, start, pieces);
}

/** The line has fallen idle: what was left over is stepped through to its end. */
export function takeSilence<State extends Unfinished, Frame>(
  intake: Intake<State, Frame>,
  state: State,
): SessionStep<State> {
  const start = { state: { ...state, rest: new Uint8Array() }, effects: [] };
  return hearPieces(intake, start, cutIdle(state.rest, intake.codec.probe));
}

export const takeChunk = <State extends Unfinished, Frame>(
  codec: StreamCodec<Frame>,
  state: State,
  chunk: Uint8Array,
  hear: Hear<State, Frame>,
): SessionStep<State> => takeBytes({ codec, hear }, state, chunk);

export const takeIdle = <State extends Unfinished, Frame>(
  codec: StreamCodec<Frame>,
  state: State,
  hear: Hear<State, Frame>,
): SessionStep<State> => takeSilence({ codec, hear }, state);

function hearPieces<State, Frame>(
  { codec, hear, noise = stay }: Intake<State, Frame>,
  start: SessionStep<State>,
  pieces: readonly Piece[],
): SessionStep<State> {
  return chain(
    start,
    ...pieces.map(({ kind, bytes }) => (state: State): SessionStep<State> => {
      const frame = kind === "frame" ? codec.decode(bytes) : undefined;
      if (frame?.ok === true) return hear(state, frame.value);
      const counted: SessionStep<State> = { state, effects: [{ kind: "noise", byteCount: bytes.length }] };
      return kind === "frame" ? counted : chain(counted, (now) => noise(now, bytes));
    }),
  );
}
