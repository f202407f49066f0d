import type { ClockQuality } from "../../protocols/clock.ts";
import { stepMsMin } from "../../protocols/clock-quality.ts";
import { type Stamp, writableMs } from "../../protocols/readings.ts";
import type { DocumentChange, Documents } from "../service.ts";

export const timeCollection = "time";

/** Starts that are remembered: what is asked for again within a week is to leave as it left before. */
export const bootsMax = 1_024;

/** Where the zero of a start lies: the moment at which the monotonic clock of that start said 0. */
export interface Zero {
  readonly zeroMs: number;
  readonly clock: ClockQuality;
}

/** A start of the gateway's own box. */
export interface OwnPlace {
  readonly kind: "own";
  /** Service time at the zero. */
  readonly serviceZeroMs: number;
  /** The zero was not before this. */
  readonly earliestMs?: number;
  /** How far an ended start is known to have come. */
  readonly end?: { readonly monotonicMs: number; readonly wallMs: number };
}

/** A start of another box, known by what its agent sends. */
export interface AgentPlace {
  readonly kind: "agent";
  readonly agent: string;
  /** The start of ours that heard it ... */
  readonly host: string;
  /** ... and where its zero lies on the monotonic clock of that one, at the latest. */
  readonly aheadMs: number;
}

/** What is known of one start of one box. Any stamp of it is a time as soon as the zero is known. */
export interface Boot {
  readonly boot: string;
  /** Rises with each one that is met; the oldest are forgotten first. */
  readonly order: number;
  readonly place: OwnPlace | AgentPlace;
  /** The zero on the wall clock, once that has been set. */
  readonly zeroMs?: number;
  /** The zero that events leave with that were observed before; written once, for good. */
  readonly leaves?: Zero;
}

/** How far the gateway has come, written now and then, for its next start. */
export interface Note {
  readonly boot: string;
  readonly monotonicMs: number;
  readonly wallMs: number;
  readonly serviceMs: number;
  /** The last moment of which both are known: the time of a clock that was set, and service time. */
  readonly believed?: { readonly wallMs: number; readonly serviceMs: number };
}

const noteKey = "note";
const bootPrefix = "boot/";
const bootKey = (boot: string): string => bootPrefix + boot;

export const bootOf = (documents: Documents, boot: string): Boot | undefined =>
  documents.get(bootKey(boot)) as Boot | undefined;

export const noteOf = (documents: Documents): Note | undefined => documents.get(noteKey) as Note | undefined;

export function bootsIn(documents: Documents): readonly Boot[] {
  return [...documents].filter(([key]) => key.startsWith(bootPrefix)).map(([, document]) => document as Boot);
}

/** Documents that are no boot come first when they are read back. */
export const bootAge = (document: unknown): number => (document as Partial<Boot>).order ?? 0;

export const written = (boot: Boot): DocumentChange => ({ key: bootKey(boot.boot), value: boot });

export const noted = (note: Note): DocumentChange => ({ key: noteKey, value: note });

/** Remembers one more start. Room is made by the oldest, strangers first, and never by `own`. */
export function added(
  documents: Documents,
  boot: Omit<Boot, "order">,
  own: string,
): readonly DocumentChange[] {
  const known = [...bootsIn(documents)].sort((left, right) => left.order - right.order);
  const order = (known.at(-1)?.order ?? 0) + 1;
  const stranger = known.find(({ place }) => place.kind === "agent");
  const oldest = stranger ?? known.find(({ boot: name }) => name !== own);
  const leaving = known.length >= bootsMax ? oldest : undefined;
  return [
    ...(leaving === undefined ? [] : [{ key: bootKey(leaving.boot), value: undefined }]),
    written({ ...boot, order }),
  ];
}

/** The zero as this stamp's wall clock has it. */
export const zeroOf = ({ wallMs, monotonicMs }: Pick<Stamp, "wallMs" | "monotonicMs">): number =>
  wallMs - monotonicMs;

/** Whether a zero has moved further than a clock that is kept is slewed at once. */
export const hasMoved = (zeroMs: number, from: number | undefined): boolean =>
  from === undefined || Math.abs(zeroMs - from) >= stepMsMin;

/** The stamp with the time that this zero makes of it. */
export function stamped(at: Stamp, { zeroMs, clock }: Zero): Stamp {
  return { ...at, wallMs: writableMs(Math.floor(at.monotonicMs + zeroMs)), clock };
}

/** Where a start's zero lies on the service clock; undefined when the start that heard it is forgotten. */
export function serviceZeroOf(
  documents: Documents,
  { place, zeroMs }: Boot,
  own: string,
): number | undefined {
  if (place.kind === "own") return place.serviceZeroMs;
  const here = bootOf(documents, own);
  // Two clocks that were set agree better than messages are fast.
  if (zeroMs !== undefined && here?.zeroMs !== undefined && here.place.kind === "own")
    return here.place.serviceZeroMs + zeroMs - here.zeroMs;
  const host = bootOf(documents, place.host);
  return host?.place.kind === "own" ? host.place.serviceZeroMs + place.aheadMs : undefined;
}
