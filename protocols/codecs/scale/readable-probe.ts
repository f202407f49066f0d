import type { Probe } from "../../stream/cut.ts";

interface Habits {
  readonly frameBytesMax: number;
  readonly mayStart: (byte: number) => boolean;
  /** How long the frame is that starts here; undefined while that is not yet to be seen. */
  readonly lengthOf: (bytes: Uint8Array) => number | undefined;
  readonly reads: (frame: Uint8Array) => boolean;
}

const noiseByte = { kind: "noise", length: 1 } as const;

/**
 * For protocols whose start says little: only what can be read is a frame, and a false start costs one
 * byte, so that the real frame behind it is found.
 */
export const readableProbe =
  ({ frameBytesMax, mayStart, lengthOf, reads }: Habits): Probe =>
  (bytes) => {
    if (bytes[0] === undefined || !mayStart(bytes[0])) return noiseByte;
    const window = bytes.subarray(0, frameBytesMax);
    const length = lengthOf(window) ?? Number.POSITIVE_INFINITY;
    if (length > window.length) return window.length < frameBytesMax ? "more" : noiseByte;
    return reads(window.subarray(0, length)) ? { kind: "frame", length } : noiseByte;
  };

/** For frames that end with a certain byte. */
export const lengthUntil =
  (end: number): Habits["lengthOf"] =>
  (bytes) => {
    const index = bytes.indexOf(end);
    return index < 0 ? undefined : index + 1;
  };
