import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundedLines } from "../../cli/bounded-lines.ts";

async function linesOf(pieces: readonly string[], charactersMax: number) {
  async function* coming() {
    for (const piece of pieces) yield await Promise.resolve(piece);
  }
  const lines: (string | number)[] = [];
  for await (const line of boundedLines(coming(), charactersMax)) {
    lines.push(line.ok ? line.text : line.characters);
  }
  return lines;
}

describe("lines of bounded length", () => {
  it("are the same however the text is cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("a", "bcd", "\n", "\n\n", "e\nf", "")), async (pieces) => {
        const text = pieces.join("");
        const whole = text.split("\n");
        if (whole.at(-1) === "") whole.pop();
        const expected = whole.map((line) => (line.length > 4 ? line.length : line));
        expect(await linesOf(pieces, 4)).toEqual(expected);
      }),
    );
  });

  it("that are too long are counted and let go, and the next one is read", async () => {
    expect(await linesOf(["123", "45", "678\nab", "c\n"], 4)).toEqual([8, "abc"]);
  });
});
