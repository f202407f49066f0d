/** A stretch of a byte stream: a frame to decode, or noise to count. */
export type Piece = { readonly kind: "frame" | "noise"; readonly bytes: Uint8Array };

/**
 * Judges the start of a stream; "more" means too early to tell. `idle`: the line has fallen silent after
 * these bytes, which is how some frames end.
 */
export type Probe = (
  bytes: Uint8Array,
  idle?: boolean,
) => { readonly kind: "frame" | "noise"; readonly length: number } | "more";

export interface Cut {
  readonly pieces: readonly Piece[];
  /** The unfinished end, to be joined with the next chunk. */
  readonly rest: Uint8Array;
}

/**
 * Cuts a stream into frames and noise. Every byte comes out exactly once, in a piece or in `rest`,
 * neighbouring noise as one piece, and `rest` stays shorter than `frameBytesMax`.
 */
export function cut(bytes: Uint8Array, probe: Probe, frameBytesMax: number): Cut {
  const pieces: Piece[] = [];
  let position = 0;
  let noiseFrom = 0;
  const closeNoise = (): void => {
    if (noiseFrom < position) pieces.push({ kind: "noise", bytes: bytes.subarray(noiseFrom, position) });
  };
  while (position < bytes.length) {
    const ahead = bytes.subarray(position);
    const verdict = probe(ahead);
    if (verdict === "more" && ahead.length < frameBytesMax) break;
    if (verdict === "more") {
      // No real frame is that long, so this was a false start: step over its first byte and look again.
      position += 1;
      continue;
    }
    if (verdict.length < 1 || verdict.length > ahead.length)
      throw new Error("a probe must stay within its bytes");
    if (verdict.kind === "frame") {
      closeNoise();
      pieces.push({ kind: "frame", bytes: ahead.subarray(0, verdict.length) });
      noiseFrom = position + verdict.length;
    }
    position += verdict.length;
  }
  closeNoise();
  return { pieces, rest: bytes.subarray(position) };
}

/**
 * Cuts what is left when the line has fallen idle: nothing more will come to finish a frame, so a false
 * start is stepped over until a whole frame or the end is found. Nothing is left over.
 */
export function cutIdle(bytes: Uint8Array, probe: Probe): readonly Piece[] {
  const finalProbe: Probe = (ahead) => {
    const verdict = probe(ahead, true);
    return verdict === "more" ? { kind: "noise", length: 1 } : verdict;
  };
  return cut(bytes, finalProbe, bytes.length + 1).pieces;
}
