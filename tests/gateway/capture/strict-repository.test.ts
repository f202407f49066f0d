import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SimulatedRepository } from "../../../simulators/network/simulated-repository.ts";
import { StrictRepository } from "../../strict-repository.ts";
import { returned, spoilt } from "./capture-bench.ts";

const headers = {
  "gs1-epcis-version": "2.0.0",
  "gs1-cbv-version": "2.0.0",
  accept: "application/json, application/problem+json",
};
const postHeaders = {
  ...headers,
  "content-type": "application/ld+json",
  "gs1-capture-error-behaviour": "proceed",
};

const documentOf = (...drafts: readonly { readonly data: object }[]): string => {
  const events = drafts.map(({ data }) => data as { "@context": unknown });
  const eventList = events.map((event) => ({ ...event, "@context": undefined }));
  return JSON.stringify({
    "@context": events[0]?.["@context"],
    type: "EPCISDocument",
    schemaVersion: "2.0",
    creationDate: "2026-01-05T09:00:00.000Z",
    epcisBody: { eventList },
  });
};

describe("the repository that stands by the letter", () => {
  let strict: StrictRepository;
  beforeEach(async () => {
    strict = await StrictRepository.open({
      repository: new SimulatedRepository({ eventsMax: 2 }),
      eventsMax: 2,
    });
  });
  afterEach(() => strict.close());

  const post = (body: string, changed: Readonly<Record<string, string>> = {}) =>
    fetch(`${strict.url}/capture`, { method: "POST", headers: { ...postHeaders, ...changed }, body });
  const asksFirst = () => fetch(`${strict.url}/capture`, { method: "OPTIONS", headers });
  const draft = (number: number) => returned(number).draft;

  it("has no complaint of what is right", async () => {
    expect((await asksFirst()).status).toBe(204);
    const answer = await post(documentOf(draft(1), draft(2)));
    expect([answer.status, answer.headers.get("gs1-epcis-version")]).toEqual([201, "2.0.0"]);
    expect(strict.complaints).toEqual([]);
  });

  it.each([
    ["another version", { "gs1-epcis-version": "1.2" }, "gs1-epcis-version is 1.2"],
    ["another content", { "content-type": "text/plain" }, "content-type is text/plain"],
    ["an unknown way with errors", { "gs1-capture-error-behaviour": "ignore" }, "behaviour is ignore"],
    ["answers that it cannot give", { accept: "text/html" }, "accept is text/html"],
    ["a header that captures do not have", { "gs1-epc-format": "Always_EPC_URN" }, "no header of a capture"],
  ])("complains of %s", async (_, changed, complaint) => {
    await asksFirst();
    await post(documentOf(draft(1)), changed);
    expect(strict.complaints).toEqual([expect.stringContaining(complaint)]);
  });

  it.each([
    ["a word that CBV does not have", documentOf(spoilt(1)), "assemble"],
    ["an event twice", documentOf(draft(1), draft(1)), "twice in one document"],
    ["more events than it named", documentOf(draft(1), draft(2), draft(3)), "3 events, more than the limit"],
  ])("complains of %s", async (_, document, complaint) => {
    await asksFirst();
    await post(document);
    expect(strict.complaints.join("\n")).toContain(complaint);
  });

  it("complains of a document before the limits were asked for, and of paths that are none", async () => {
    await post(documentOf(draft(1)));
    await fetch(`${strict.url}/queries`, { headers });
    expect(strict.complaints).toEqual([
      "sent before it asked for limits",
      "GET /queries is nothing that the rules know",
    ]);
  });
});
