import { describe, expect, it } from "vitest";
import { epcisEventIds, epcisFindings, eventsOf } from "../../../protocols/epcis/epcis-check.ts";
import { objectEvent } from "../../../protocols/epcis/object-event.ts";

const context = [
  "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
  { own: "https://own.example/" },
];
const when = { eventTime: "2026-01-05T09:00:00.000Z", eventTimeZoneOffset: "+08:00" };
const observed = {
  type: "ObjectEvent",
  ...when,
  action: "OBSERVE",
  epcList: ["urn:epc:id:sgtin:0614141.107346.2017"],
  bizStep: "receiving",
};
const added = { ...observed, type: "AggregationEvent", action: "ADD", epcList: undefined };
const document = (...eventList: readonly object[]) =>
  JSON.parse(
    JSON.stringify({
      "@context": context,
      type: "EPCISDocument",
      schemaVersion: "2.0",
      creationDate: "2026-01-05T09:00:00Z",
      epcisBody: { eventList },
    }),
  ) as Readonly<Record<string, unknown>>;
/** What is wrong with one event in a document, with paths from the event on. */
const wrongWith = (event: object) =>
  epcisFindings(document(event)).map(({ path, found }) => [
    path.replace("$.epcisBody.eventList[0]", "event"),
    found,
  ]);

describe("an EPCIS event", () => {
  it.each([
    [{ ...observed, bizStep: "assemble" }, "event.bizStep", '"assemble"'],
    [{ ...observed, bizStep: "urn:epcglobal:cbv:bizstep:receiving" }, "event.bizStep", expect.any(String)],
    [{ ...observed, disposition: 7 }, "event.disposition", "a number"],
    [{ ...observed, eventTime: "2026-01-05T09:00:00" }, "event.eventTime", '"2026-01-05T09:00:00"'],
    [{ ...observed, eventTimeZoneOffset: "+8:00" }, "event.eventTimeZoneOffset", '"+8:00"'],
    [{ ...observed, eventTimeZoneOffset: undefined }, "event", "no eventTimeZoneOffset"],
    [{ ...observed, action: "observe" }, "event.action", '"observe"'],
    [{ ...observed, grade: "A" }, "event.grade", "a member that is none of this"],
    [{ ...observed, "a b:c": "A" }, 'event["a b:c"]', "a member that is none of this"],
    [{ ...observed, epcList: undefined }, "event", "nothing that it is about"],
    [{ ...observed, epcList: undefined, quantityList: [] }, "event", "nothing that it is about"],
    [{ ...observed, epcList: ["urn:a:b", "urn:a:c", "urn:a:b"] }, "event.epcList[2]", expect.any(String)],
    [{ ...observed, epcList: ["no uri"] }, "event.epcList[0]", '"no uri"'],
    [{ ...observed, ilmd: { "own:lot": "7" } }, "event", "ilmd"],
    [
      { ...observed, quantityList: [{ epcClass: "urn:a:b", uom: "kg" }] },
      "event.quantityList[0].uom",
      '"kg"',
    ],
    [
      { ...observed, quantityList: [{ epcClass: "urn:a:b", "own:x": 1 }] },
      'event.quantityList[0]["own:x"]',
      expect.any(String),
    ],
    [{ ...observed, persistentDisposition: {} }, "event.persistentDisposition", "neither set nor unset"],
    [{ ...observed, persistentDisposition: { set: [] } }, "event.persistentDisposition.set", "an empty list"],
    [{ ...observed, readPoint: {} }, "event.readPoint", "no id"],
    [{ ...observed, sourceList: [{ source: "urn:a:b" }] }, "event.sourceList[0]", "no type"],
    [
      { ...observed, sensorElementList: [{ sensorReport: [] }] },
      "event.sensorElementList[0].sensorReport",
      "an empty list",
    ],
    [{ ...observed, errorDeclaration: {} }, "event.errorDeclaration", "no declarationTime"],
    [{ ...observed, certificationInfo: [7] }, "event.certificationInfo[0]", "a number"],
    [added, "event", "no children"],
    [{ ...added, childEPCs: ["urn:a:b"], type: "AssociationEvent" }, "event", "no parentID"],
    [{ ...added, type: "TransactionEvent", bizTransactionList: [], epcList: [] }, "event", "no transaction"],
    [{ type: "TransformationEvent", ...when, inputEPCList: ["urn:a:b"] }, "event", expect.any(String)],
    [{ ...observed, type: "MyEvent" }, "event.type", '"MyEvent"'],
    [{ ...observed, type: null }, "event.type", "null"],
  ])("%j is wrong at %s: %s", (event, path, found) => {
    expect(wrongWith(event)).toEqual([[path, found]]);
  });

  it.each([
    observed,
    { ...observed, bizStep: "https://own.example/weighing", "own:grade": "A" },
    { ...observed, epcList: [] },
    { ...observed, action: "ADD", ilmd: { "own:lot": "7" } },
    { ...added, action: "DELETE", persistentDisposition: 7 },
    { type: "TransformationEvent", ...when, inputEPCList: ["urn:a:b"], transformationID: "urn:a:c" },
    { type: "own:Event", ...when, whatever: [] },
    { ...observed, constructor: 1, type: "own:Event" },
  ])("%j is right", (event) => {
    expect(wrongWith(event)).toEqual([]);
  });

  it("by itself needs its context", () => {
    expect(epcisFindings(observed)).toEqual([
      { path: "$", found: "no @context", allowed: "an object with @context" },
    ]);
    expect(epcisFindings({ "@context": context, ...observed })).toEqual([]);
    expect(epcisFindings({ "@context": [{ a: "urn:a:" }, { a: "urn:a:" }], ...observed })).toEqual([
      { path: "$.@context[1]", found: expect.any(String), allowed: "each item once" },
    ]);
  });

  it.each([null, 7, "text", [], true])("%j is none", (value) => {
    expect(epcisFindings(value)).toHaveLength(1);
  });

  it("says what would be right", () => {
    const [finding] = epcisFindings(document({ ...observed, eventID: "seven" }));
    expect(finding).toEqual({
      path: "$.epcisBody.eventList[0].eventID",
      found: '"seven"',
      allowed: "a URI: a scheme, a colon and what it names",
    });
  });

  it("has a hundred findings at most, and quotes no more than the start of a text", () => {
    const events = Array.from({ length: 300 }, () => ({ ...observed, bizStep: "x".repeat(5000) }));
    const findings = epcisFindings(document(...events));
    expect(findings).toHaveLength(100);
    expect(findings[99]?.path).toBe("$.epcisBody.eventList[99].bizStep");
    expect(findings[0]?.found.length).toBeLessThan(100);
  });
});

describe("the events of a document", () => {
  const made = objectEvent({
    timeMs: Date.UTC(2026, 0, 5, 9),
    timeZone: "Asia/Shanghai",
    items: [{ uri: "https://id.gs1.org/01/09521141123454/21/7", serialised: true }],
    bizStep: "inspecting",
    readPoint: "urn:epc:id:sgln:4012345.00001.0",
    extensions: { "storewire:grade": "B" },
  });
  // As it is on the wire: what is undefined is absent.
  const event = JSON.parse(JSON.stringify(made)) as typeof made;
  const query = {
    ...document(),
    type: "EPCISQueryDocument",
    epcisBody: { queryResults: { queryName: "q", resultsBody: { eventList: [event, observed] } } },
  };

  it("are found in either kind and alone, and have their identity whatever they are called", () => {
    const renamed = { ...event, eventID: "urn:uuid:7" };
    const [id] = epcisEventIds(event, "CBV2.0");
    expect(id).toBe(event.eventID);
    expect(epcisEventIds(document(observed, renamed), "CBV2.0")[1]).toBe(id);
    expect(epcisFindings(query)).toEqual([]);
    expect(epcisEventIds(query, "CBV2.0")[0]).toBe(id);
    expect(epcisEventIds(query, "CBV2.1")[0]).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.1$/);
  });

  it("of an event of a type of one's own is that event, whatever members it has", () => {
    const own = { "@context": context, type: "own:Event", ...when, epcisBody: { eventList: [] } };
    expect(eventsOf(own)).toEqual([own]);
  });
});
