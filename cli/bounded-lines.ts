/** A line without its end, or how many characters one had that was too long to keep. */
export type BoundedLine =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly characters: number };

/**
 * The lines of a text that comes in pieces; whatever stands behind the last line end is a line too. Holds one
 * line of at most so many characters, however long those are that come.
 */
export async function* boundedLines(
  pieces: AsyncIterable<string>,
  charactersMax: number,
): AsyncGenerator<BoundedLine> {
  let held: string[] = [];
  let characters = 0;
  const take = (part: string): void => {
    characters += part.length;
    if (characters > charactersMax) held = [];
    else if (part !== "") held.push(part);
  };
  const line = (): BoundedLine => {
    const answer: BoundedLine =
      characters > charactersMax ? { ok: false, characters } : { ok: true, text: held.join("") };
    held = [];
    characters = 0;
    return answer;
  };
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", start)) {
      take(piece.slice(start, end));
      yield line();
      start = end + 1;
    }
    take(piece.slice(start));
  }
  if (characters > 0) yield line();
}
