import type { Probe } from "./stream/cut.ts";

/** Why bytes were refused. */
export type DecodeErrorCode =
  | "empty"
  | "length"
  | "start"
  | "end"
  | "checksum"
  | "field"
  | "unknown-command"
  | "unsupported"
  | "character";

/** Bad bytes are values: a decoder never throws, whatever it is given. */
export type Decoded<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: DecodeErrorCode; readonly error: string };

export const decoded = <Value>(value: Value): Decoded<Value> => ({ ok: true, value });
export const refused = <Value>(code: DecodeErrorCode, error: string): Decoded<Value> => ({
  ok: false,
  code,
  error,
});

/** A protocol of frames in a byte stream. `Frame` is what a decoded frame says. */
export interface StreamCodec<Frame> {
  readonly name: string;
  /** No frame is longer; a probe that still wants more then is at a false start. */
  readonly frameBytesMax: number;
  readonly probe: Probe;
  decode(bytes: Uint8Array): Decoded<Frame>;
  /** The inverse of `decode`; throws only on a frame that the protocol cannot express. */
  encode(frame: Frame): Uint8Array;
}
