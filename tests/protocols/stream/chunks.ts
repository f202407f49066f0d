import fc from "fast-check";
import { join } from "../../../protocols/stream/bytes.ts";
import type { Piece, Probe } from "../../../protocols/stream/cut.ts";
import { cut, cutIdle } from "../../../protocols/stream/cut.ts";

/** Bytes as a device might send them, and where the chunks of a transport end. */
export function chunked(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<readonly Uint8Array[]> {
  return bytes.chain((all) =>
    fc.array(fc.nat({ max: all.length }), { maxLength: 6 }).map((ends) => {
      const edges = [0, ...ends.toSorted((left, right) => left - right), all.length];
      return edges.slice(1).map((end, index) => all.subarray(edges[index], end));
    }),
  );
}

/** Feeds chunks through `cut` as a driver does, and lets the line fall idle at the end. */
export function cutChunks(chunks: readonly Uint8Array[], probe: Probe, frameBytesMax: number): Piece[] {
  const pieces: Piece[] = [];
  let rest: Uint8Array = new Uint8Array();
  for (const chunk of chunks) {
    const result = cut(join(rest, chunk), probe, frameBytesMax);
    pieces.push(...result.pieces);
    rest = result.rest;
    if (rest.length >= frameBytesMax) throw new Error("the rest outgrew a frame");
  }
  return [...pieces, ...cutIdle(rest, probe)];
}

export const framesOf = (pieces: readonly Piece[]): Uint8Array[] =>
  pieces.filter((piece) => piece.kind === "frame").map((piece) => piece.bytes);

export const allBytesOf = (pieces: readonly Piece[]): Uint8Array =>
  join(...pieces.map((piece) => piece.bytes));
