import { describe, expect, it } from "vitest";
import {
  isDuplicate,
  jobMeaning,
  limitIn,
  lookMeaning,
  meaningOf,
} from "../../../gateway/capture/answers.ts";

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
    const date = "Fri, 31 Dec 1999 23:59:50 GMT";
    const dated = answer(503, {}, { "retry-after": "Fri, 31 Dec 1999 23:59:59 GMT", date });
    expect(meaningOf(dated)).toMatchObject({ afterMs: 9_000 });
  });

  it.each([200, 201, 400, 409, 422])(
    "does not take a web page with %i for a repository's answer",
    (status) => {
      const page = answer(status, "<html>", { "content-type": "text/html; charset=utf-8" });
      expect(meaningOf(page)).toMatchObject({
        kind: "shut",
        reason: expect.stringContaining("hq.capture.url"),
      });
      expect(lookMeaning(page, "urn:a:b").kind).not.toBe("delivered");
    },
  );

  it.each([301, 302, 307, 308])("follows no %i, and says whereto it would have gone", (status) => {
    const moved = answer(status, "", { location: "https://elsewhere/epcis" });
    expect(meaningOf(moved)).toMatchObject({
      kind: "shut",
      reason: expect.stringContaining("https://elsewhere/epcis"),
    });
    expect(lookMeaning(moved, "urn:a:b").kind).toBe("shut");
    expect(jobMeaning(moved)?.kind).toBe("shut");
  });

  it.each([
    ["there", answer(200, { epcisBody: { eventList: [{ eventID: "urn:a:b" }] } }), "delivered"],
    [
      "there, with slashes that JSON need not escape",
      answer(200, '{"eventID":"ni:\\/\\/\\/x"}'),
      "delivered",
      "ni:///x",
    ],
    ["another", answer(200, { eventID: "urn:a:c" }), "refused"],
    [
      "in a page that stands for every path",
      answer(200, "<html>urn:a:b</html>", { "content-type": "text/html" }),
      "shut",
    ],
    ["not there", answer(404), "refused"],
    ["not to be read by us", answer(403), "refused"],
    ["not to be asked for", answer(405), "refused"],
    ["behind a token that is over", answer(401), "shut"],
    ["behind a repository that is down", answer(503), "later"],
  ] satisfies readonly (readonly [string, ReturnType<typeof answer>, string, string?])[])(
    "says whether an event is there: %s",
    (_, response, kind, eventId = "urn:a:b") => {
      expect(lookMeaning(response, eventId).kind).toBe(kind);
    },
  );

  it.each([
    [answer(200, { running: true }), undefined],
    [answer(200, { running: false, success: true }), { kind: "delivered" }],
    [answer(200, { success: false, errors: [problem] }), { kind: "refused" }],
    [answer(200, { success: false }), { kind: "refused", reason: "no reason given" }],
    [
      answer(200, { success: false, errorFile: "https://host/e/7" }),
      { kind: "refused", reason: "https://host/e/7" },
    ],
    [answer(200, { success: true, errors: [problem] }), { kind: "refused" }],
    [answer(401), { kind: "shut" }],
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
    // A number somewhere in the words is no status: the event would be taken for delivered, and lost.
    expect(isDuplicate(400, "at line 409: 409 is no quantity")).toBe(false);
    expect(isDuplicate(0, "at line 7; 409 known")).toBe(true);
  });

  it("takes only whole numbers for limits", () => {
    const limit = (value: string) => limitIn(answer(204, {}, { limit: value }), "limit");
    expect([limit("500"), limit("0"), limit("-1"), limit("many"), limit("")]).toEqual([
      500,
      ...Array.from({ length: 4 }),
    ]);
  });
});

/** Shapes as these repositories answer by their public sources and documents; the wording of reasons is theirs to change. */
describe("what other people's repositories answer", () => {
  // OpenEPCIS: events by their place in the document; SOFT_ERROR is told of an event that is stored.
  const openEpcis = (entry: object) =>
    answer(200, {
      captureID: "5f1f2f0e-6f0c-4a5e-9a63-0a7c4ab0f0a1",
      createdAt: "2026-01-05T09:00:00.000Z",
      finishedAt: "2026-01-05T09:00:01.000Z",
      running: false,
      success: false,
      captureErrorBehaviour: "proceed",
      errors: [{ title: "t", status: 400, detail: "d", sequenceInEPCISDoc: [3], ...entry }],
    });

  it("OpenEPCIS: a job that refuses, one that knows the event, one that only warns", () => {
    const validation = { type: "epcisException:ValidationException" };
    expect(jobMeaning(openEpcis(validation))).toEqual({
      kind: "refused",
      reason: "epcisException:ValidationException: t: d",
    });
    const known = { type: "epcisException:ResourceAlreadyExistsException", status: 409 };
    const meaning = jobMeaning(openEpcis(known));
    expect(meaning?.kind === "refused" && isDuplicate(0, meaning.reason)).toBe(true);
    const { body } = openEpcis({ ...validation, severity: "SOFT_ERROR" });
    const warned = answer(200, { ...(JSON.parse(body) as object), success: true });
    expect(jobMeaning(warned)).toEqual({ kind: "delivered" });
  });

  it("OpenEPCIS: an event that is there already, one that nobody knows, too large a document", () => {
    const type = (name: string, title: string) => ({ type: `epcisException:${name}`, title });
    const exists = meaningOf(answer(409, type("ResourceAlreadyExistsException", "already exists")));
    expect(exists.kind === "refused" && isDuplicate(409, exists.reason)).toBe(true);
    expect(lookMeaning(answer(404, type("NoSuchResourceException", "Resource not found")), "x").kind).toBe(
      "refused",
    );
    expect(
      meaningOf(answer(413, type("CaptureLimitExceededException", "Capture Payload too large"))).kind,
    ).toBe("too-large");
  });

  it("FasTnT: its only job, and its no to a way with errors that it does not have", () => {
    const job = {
      captureID: "7",
      running: false,
      success: true,
      captureErrorBehaviour: "rollback",
      errors: [],
    };
    expect(jobMeaning(answer(200, job))).toEqual({ kind: "delivered" });
    const title = "Only 'rollback' is supported for GS1-Capture-Error-Behaviour";
    expect(
      meaningOf(answer(500, { type: "epcisException:ImplementationException", title, status: 500 })),
    ).toEqual({
      kind: "later",
      reason: `500 epcisException:ImplementationException: ${title}`,
      afterMs: 0,
    });
  });
});
