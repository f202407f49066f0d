import type { StreamCodec } from "../../protocols/codec.ts";
import { cutIdle } from "../../protocols/stream/cut.ts";

/** How sure one may be that these bytes are a family's words: 0 they are not, 1 nothing else is among them. */
export type Likeness = (heard: Uint8Array) => number;

/** What has to be heard of a codec's frames. */
export interface Proof<Frame> {
  /** Whether a frame says what only this family says, or says in answer to the question. */
  readonly proves: (frame: Frame) => boolean;
  /** So many of them, where one may be chance. */
  readonly framesMin: number;
}

/** Bytes of another protocol, or of a device found in the midst of a word, may be this share of all. */
const strangeShareMax = 0.5;

/** The share of the bytes that are whole frames, where enough of them prove the family; else 0. */
export function spokenBy<Frame>(codec: StreamCodec<Frame>, proof: Proof<Frame>): Likeness {
  return (heard) => {
    let known = 0;
    let proven = 0;
    for (const { kind, bytes } of cutIdle(heard, codec.probe)) {
      const frame = kind === "frame" ? codec.decode(bytes) : undefined;
      if (frame?.ok !== true) continue;
      known += bytes.length;
      if (proof.proves(frame.value)) proven += 1;
    }
    const share = heard.length === 0 ? 0 : known / heard.length;
    return proven < proof.framesMin || share < 1 - strangeShareMax ? 0 : share;
  };
}
