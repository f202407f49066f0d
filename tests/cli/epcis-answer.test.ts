import { describe, expect, it } from "vitest";
import { documentCharactersMax, epcisAnswer } from "../../cli/epcis-answer.ts";

const event = {
  "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", { own: "urn:x-own:" }],
  type: "ObjectEvent",
  eventTime: "2026-01-05T09:00:00.000Z",
  eventTimeZoneOffset: "+08:00",
  action: "OBSERVE",
  epcList: [],
};
const answerTo = (text: string) => epcisAnswer({ ok: true, text }, "CBV2.0");
/** So many arrays within one another, in an extension: three levels less than the whole document has. */
const nested = (levels: number): string =>
  JSON.stringify({ ...event, "own:deep": 0 }).replace(
    '"own:deep":0',
    `"own:deep":${"[".repeat(levels)}"[{"${"]".repeat(levels)}`,
  );

describe("the answer to one document", () => {
  it("is the hash of each event", () => {
    expect(answerTo(JSON.stringify(event))).toEqual({
      ok: true,
      eventIDs: [expect.stringMatching(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/)],
    });
    expect(answerTo(`\uFEFF${JSON.stringify(event)}\r`)).toMatchObject({ ok: true });
  });

  it.each(["", "   ", "{", "NaN", "[", '{"type":"ObjectEvent"} trailing'])("is no for %j", (text) => {
    expect(answerTo(text)).toMatchObject({ ok: false, errors: [{ path: "$" }] });
  });

  it("is no for what nests deeper than any document does, whatever stands in its texts", () => {
    expect(answerTo(nested(499))).toMatchObject({ ok: true });
    expect(answerTo(nested(500))).toMatchObject({ ok: false, errors: [{ found: "501 levels of members" }] });
    expect(answerTo("[".repeat(1_000_000))).toMatchObject({ ok: false });
    expect(answerTo(JSON.stringify({ ...event, "own:text": `"${"[".repeat(600)}\\` }))).toMatchObject({
      ok: true,
    });
  });

  it("is no for a line that was too long to keep", () => {
    expect(epcisAnswer({ ok: false, characters: documentCharactersMax + 1 }, "CBV2.0")).toMatchObject({
      ok: false,
      errors: [{ found: `${documentCharactersMax + 1} characters` }],
    });
  });
});
