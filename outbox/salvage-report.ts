import type { DocumentWrite } from "./outbox.ts";

/** Sequences from..to, both included. */
export interface SequenceRange {
  readonly from: number;
  readonly to: number;
}

/** What became of what one stream had not settled. */
export interface SalvagedStream {
  readonly stream: string;
  /** Where the settled position itself was lost, everything that was found counts as not settled. */
  readonly settledKnown: boolean;
  /** Of the old epoch: moved to the new one, numbered from 1. */
  readonly moved: readonly SequenceRange[];
  /** Of the old epoch: not to be read any more. */
  readonly lost: readonly SequenceRange[];
}

/** What was brought over from a broken file, and what of it is lost or in doubt. */
export interface Salvage {
  readonly reason: string;
  readonly movedTo: string;
  /** The epoch that has ended; undefined where it could not be read. */
  readonly epoch: string | undefined;
  readonly newEpoch: string;
  readonly streams: readonly SalvagedStream[];
  readonly documentsSaved: number;
  readonly marksSaved: number;
  /** Names, as they are read now, of documents and marks that are not what was written; they are gone. */
  readonly lostDocuments: readonly string[];
  readonly lostMarks: readonly string[];
  /** Pages that could not be read whole. The newest entries of a stream may have been there without leaving a hole. */
  readonly damagedPages: number;
  /** More documents and marks than those named may be gone, or be older than they ought to be. */
  readonly stateInDoubt: boolean;
}

const collection = "outbox";

/** Kept in the new file until whoever has to know of it was told. */
export const salvageNotes = { collection, key: "salvages" } as const;

/** To be committed once the salvages of the start report have been told. */
export const salvageTold: DocumentWrite = { ...salvageNotes, value: undefined };

/** Kept for ever: state from before this moment may be missing. */
export const doubtNote = { collection, key: "doubt" } as const;

interface Doubt {
  readonly throughMs: number;
}

export const doubtWrite = (throughMs: number): DocumentWrite & { readonly value: string } => {
  const doubt: Doubt = { throughMs };
  return { ...doubtNote, value: JSON.stringify(doubt) };
};

/** Until when, in wall time, state may be missing; given the documents of the notes' collection. */
export function doubtThroughMs(notes: ReadonlyMap<string, string>): number {
  const value = notes.get(doubtNote.key);
  return value === undefined ? Number.NEGATIVE_INFINITY : (JSON.parse(value) as Doubt).throughMs;
}

export const leavesDoubt = ({ stateInDoubt, lostDocuments, lostMarks }: Salvage): boolean =>
  stateInDoubt || lostDocuments.length + lostMarks.length > 0;

/** The salvages that wait to be told, as the new file keeps them. */
export const salvagesIn = (value: string | undefined): readonly Salvage[] =>
  value === undefined ? [] : (JSON.parse(value) as Salvage[]);
