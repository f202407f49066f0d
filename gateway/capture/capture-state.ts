import type { CaptureConfiguration } from "../../protocols/config/capture.ts";
import type { Random } from "../../protocols/random.ts";
import type { Meaning } from "./answers.ts";
import type { CaptureResponse } from "./exchange.ts";

/** One return event on its way to the repository. */
export interface CaptureItem {
  /** Its place in the outbox. */
  readonly sequence: number;
  readonly eventId: string;
  /** The EPCIS event as JSON. */
  readonly text: string;
  /** It takes back an event of the same identity; whoever calls it a duplicate may mean that one. */
  readonly declaresError?: true;
  /** Why no repository would take it; found by our own validator before it is sent. */
  readonly flaw?: string;
}

/** Events that are sent together, in their order. */
export type Piece = readonly CaptureItem[];

/** What the shell is to do next; it answers with one input. */
export type CaptureEffect =
  | { readonly kind: "ask" }
  | { readonly kind: "read"; readonly after: number; readonly eventsMax: number; readonly bytesMax: number }
  | { readonly kind: "post"; readonly items: Piece }
  | { readonly kind: "poll"; readonly path: string }
  | { readonly kind: "look"; readonly eventId: string }
  /** Everything up to here is delivered or set aside. */
  | { readonly kind: "keep"; readonly through: number }
  | { readonly kind: "set-aside"; readonly item: CaptureItem; readonly reason: string }
  /** HQ is told that the repository takes nothing; then it is tried again after `ms`. */
  | { readonly kind: "tell-shut"; readonly reason: string; readonly ms: number }
  | { readonly kind: "tell-lost"; readonly from: number; readonly to: number }
  | { readonly kind: "wait"; readonly ms: number; readonly wakes: boolean };

export type CaptureInput =
  | { readonly kind: "start" }
  | { readonly kind: "response"; readonly response: CaptureResponse }
  /** No answer came, and what that means. */
  | { readonly kind: "silence"; readonly meaning: Meaning }
  | {
      readonly kind: "found";
      readonly items: readonly CaptureItem[];
      /** Nothing that is for the repository lies between the last item and here. */
      readonly through: number;
      /** The first place that is still there. */
      readonly first: number | undefined;
    }
  /** What was to be done is done, or the wait is over. */
  | { readonly kind: "done" };

export interface CaptureState {
  /** What the input answers. */
  readonly doing: CaptureEffect;
  /** Everything up to here is delivered or set aside, and up to `kept` that is on disk. */
  readonly place: number;
  readonly kept: number;
  /** Events that the repository took, or had, since this start. */
  readonly captured: number;
  readonly readThrough: number;
  /** Read and not delivered yet, the first one is on its way. */
  readonly pieces: readonly Piece[];
  readonly eventsMax: number;
  readonly bytesMax: number;
  /** After the wait; undefined: whatever is next. */
  readonly again: CaptureEffect | undefined;
  /** The last wait between two tries, 0 after a success. */
  readonly delayMs: number;
  readonly polls: number;
  /** Waited since the repository last said what has become of a piece. */
  readonly troubleMs: number;
  /** HQ has been told that the repository takes nothing from us. */
  readonly shut: boolean;
  /** Looks for the event that was refused, which were in vain. */
  readonly looks: number;
  /** Events that were set aside since the repository last took one. */
  readonly setAsideInRow: number;
  /** The reason that the piece that is being looked for was refused with. */
  readonly refusal: string;
}

export interface CaptureRules {
  readonly limits: Pick<CaptureConfiguration, "eventsMax" | "bytesMax">;
  readonly random: Random;
}

export function startCaptureState(place: number, { limits }: CaptureRules): CaptureState {
  return {
    doing: { kind: "ask" },
    place,
    kept: place,
    captured: 0,
    readThrough: place,
    pieces: [],
    ...limits,
    again: undefined,
    delayMs: 0,
    polls: 0,
    troubleMs: 0,
    shut: false,
    looks: 0,
    setAsideInRow: 0,
    refusal: "",
  };
}
