/** Room for a million million entries a stream, and for 8,191 streams, in the integers that JavaScript is exact on. */
export const sequencesPerStream = 2 ** 40;

/** An entry's key: its stream's number and its sequence in one integer. */
export const placeOf = (stream: number, sequence: number): number => stream * sequencesPerStream + sequence;
export const sequenceOf = (place: number): number => place % sequencesPerStream;
export const streamNumberOf = (place: number): number => Math.floor(place / sequencesPerStream);
