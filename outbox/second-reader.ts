import type { DocumentWrite } from "./outbox.ts";

/** One document for each stream that is read by somebody else beside the one who settles it. */
export const secondReaderCollection = "second-reader";

interface Place {
  readonly epoch: string;
  readonly through: number;
}

/** Undefined: nobody reads the stream a second time any more. */
export function secondReaderWrite(stream: string, epoch: string, through: number | undefined): DocumentWrite {
  const place: Place = { epoch, through: through ?? 0 };
  const value = through === undefined ? undefined : JSON.stringify(place);
  return { collection: secondReaderCollection, key: stream, value };
}

/** How far the second reader has come; under another epoch than the one that it knows it has nothing. */
export function secondReaderThrough(text: string | undefined, epoch: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const place = JSON.parse(text) as Place;
  return place.epoch === epoch ? place.through : 0;
}
