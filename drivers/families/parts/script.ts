import type { StreamCodec } from "../../../protocols/codec.ts";
import type { Fault } from "../../../protocols/faults.ts";
import type { SessionEffect } from "../../driver.ts";

/** What a frame brings about. */
export interface Reply<Memory, Name extends string> {
  /** What the session remembers from now on; as before where absent. */
  readonly memory?: Memory;
  /** The next question; `more` waits anew for the rest of the answer, `aside` changes nothing of what is waited for. */
  readonly next: Name | "more" | "aside";
  /** A pause before the next question. */
  readonly afterMs?: number;
  readonly effects?: readonly SessionEffect[];
  /** It proves that the right device stands there. */
  readonly greets?: true;
  /** It ends a round of what the device is there for, so that questions lost before no longer count. */
  readonly round?: true;
  /** What is wrong at a place, or that nothing is. */
  readonly verdicts?: readonly { readonly place: string; readonly fault: Fault | undefined }[];
  /** This connection is of no use. */
  readonly giveUp?: Fault;
}

export interface Question<Frame, Memory, Name extends string> {
  /** What to send; nothing where the device speaks by itself. */
  ask(memory: Memory): readonly Uint8Array[];
  /** Undefined for a frame that does not answer this. */
  hear(memory: Memory, frame: Frame): Reply<Memory, Name> | undefined;
  /** How long each part of the answer may take. */
  readonly waitMs?: number | ((memory: Memory) => number);
  /** How often it may stay unanswered beside the first time. */
  readonly repeats?: number;
  /** Asked instead when no answer came; itself where absent. */
  readonly again?: Name;
  /** An answer that has begun and whose end nothing marks but silence. */
  silenceEnds?(memory: Memory): Reply<Memory, Name>;
}

/** What is asked of a device family, as data for `Conversation`. */
export interface Script<Frame, Memory, Name extends string> {
  readonly codec: StreamCodec<Frame>;
  readonly memory: Memory;
  readonly first: Name;
  readonly questions: { readonly [Each in Name]: Question<Frame, Memory, Name> };
  /** What counts whenever it comes; it is tried before the question's own `hear`. */
  overhear?(memory: Memory, frame: Frame, asked: Name | undefined): Reply<Memory, Name> | undefined;
  /** Who sent this, in words, when it is not the device that is meant. */
  stranger?(frame: Frame): string | undefined;
  /** A device that looks alike and speaks otherwise: asked once when nobody answers, so that the fault can name it. */
  readonly sister?: {
    readonly codec: StreamCodec<unknown>;
    readonly ask: Uint8Array;
    readonly words: string;
  };
  /** False where nothing in the bytes marks a message's start: noise ends the connection, and silence cuts nothing. */
  readonly resyncs?: false;
  /** What is sent last, when the connection is to end. */
  farewell?(memory: Memory): Uint8Array | undefined;
}
