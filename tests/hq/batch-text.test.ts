import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { elementTexts } from "../../hq/batch-text.ts";

/** Text made of what JSON itself is made of, and of its dangerous characters. */
const nastyText = fc.string({
  unit: fc.constantFrom('"', "\\", "[", "]", "{", "}", ",", ":", " ", "\n", "a", "退", "\u0000"),
});
const json = fc.jsonValue().chain((value) => nastyText.map((text) => ({ value, [text]: text })));

describe("element texts", () => {
  it("cuts any array into the texts of its elements, however it is spaced", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(json, nastyText, fc.jsonValue())),
        fc.constantFrom(0, 2),
        (values, indent) => {
          const texts = elementTexts(` ${JSON.stringify(values, null, indent)}\n`);
          expect(texts.map((text) => JSON.parse(text) as unknown)).toEqual(
            JSON.parse(JSON.stringify(values)),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it("keeps an element exactly as it stands there", () => {
    expect(elementTexts('[ {"a" : 1.0e2},\n\t[ ] , "\\"," ]')).toEqual(['{"a" : 1.0e2}', "[ ]", '"\\","']);
    expect(elementTexts("[]")).toEqual([]);
    expect(elementTexts("[ ]")).toEqual([]);
  });
});
