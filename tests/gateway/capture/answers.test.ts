import { describe, expect, it } from "vitest";
import { isDuplicate, jobMeaning, limitIn, meaningOf } from "../../../gateway/capture/answers.ts";

const answer = (status: number, body: unknown = {}, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const problem = { type: "epcisException:ValidationException", title: "Invalid", detail: "no such word" };

describe("what an answer of a repository means", () => {
  it.each([
    [200, "delivered"],
    [201, "delivered"],
    [400, "refused"],
    [401, "shut"],
    [403, "shut"],
    [404, "shut"],
    [409, "refused"],
    [413, "too-large"],
    [415, "shut"],
    [418, "later"],
    [429, "later"],
    [500, "later"],
    [503, "later"],
  ] as const)("%i: %s", (status, kind) => {
    expect(meaningOf(answer(status)).kind).toBe(kind);
  });

  it("says the problem in the repository's words, and no more of them than fit an alert", () => {
    expect(meaningOf(answer(400, problem))).toEqual({
      kind: "refused",
      reason: "400 epcisException:ValidationException: Invalid: no such word",
    });
    expect(meaningOf(answer(400, "<html>"))).toEqual({ kind: "refused", reason: "400" });
    const long = meaningOf(answer(400, { detail: "x".repeat(10_000) }));
    expect(long.kind === "refused" && long.reason.length).toBe(300);
  });

  it.each([
    ["https://host/epcis/capture/7?x=1", "/epcis/capture/7?x=1"],
    ["/capture/7", "/capture/7"],
    ["capture/7", "capture/7"],
  ])("finds the job at %s", (location, path) => {
    expect(meaningOf(answer(202, {}, { location }))).toEqual({ kind: "job", path });
  });

  it("waits as long as it is asked to, up to ten minutes", () => {
    const afterMs = (after: string) => meaningOf(answer(429, {}, { "retry-after": after }));
    expect(afterMs("7")).toMatchObject({ afterMs: 7_000 });
    expect(afterMs("86400")).toMatchObject({ afterMs: 600_000 });
    expect(afterMs("Fri, 31 Dec 1999 23:59:59 GMT")).toMatchObject({ afterMs: 0 });
  });

  it.each([
    [answer(200, { running: true }), undefined],
    [answer(200, { running: false, success: true }), { kind: "delivered" }],
    [answer(200, { success: false, errors: [problem] }), { kind: "refused" }],
    [answer(200, { success: false }), { kind: "refused", reason: "no reason given" }],
    [answer(200, "what?"), { kind: "later" }],
    [answer(404), { kind: "later", reason: "the job is gone" }],
    [answer(500), { kind: "later" }],
  ])("of a job: %j", (response, meaning) => {
    const found = jobMeaning(response);
    if (meaning === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(meaning);
  });

  it("knows a duplicate by its status or its words", () => {
    expect(isDuplicate(409, "")).toBe(true);
    expect(isDuplicate(0, "epcisException:DuplicateEventId")).toBe(true);
    expect(isDuplicate(400, "event already exists")).toBe(true);
    expect(isDuplicate(400, "no such word")).toBe(false);
  });

  it("takes only whole numbers for limits", () => {
    const limit = (value: string) => limitIn(answer(204, {}, { limit: value }), "limit");
    expect([limit("500"), limit("0"), limit("-1"), limit("many"), limit("")]).toEqual([
      500,
      ...Array.from({ length: 4 }),
    ]);
  });
});
