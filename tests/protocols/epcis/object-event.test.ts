import { createHash } from "node:crypto";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventHash } from "../../../protocols/epcis/event-hash.ts";
import { storewireNamespace } from "../../../protocols/epcis/extensions.ts";
import { massReport } from "../../../protocols/epcis/mass.ts";
import type { ObjectEventFacts } from "../../../protocols/epcis/object-event.ts";
import { objectEvent } from "../../../protocols/epcis/object-event.ts";
import { timeZoneOffset } from "../../../protocols/epcis/time-zone-offset.ts";
import { sglnUri } from "../../../protocols/gs1/sgln-uri.ts";
import { areShared, sharedJson } from "../gs1/shared-files.ts";

const schemaPath = "conformance/epcis-json-schema-2.0.1.json";
const present = areShared(schemaPath);
const schema = sharedJson<object | undefined>(schemaPath, undefined);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema ?? {});
/** As it is on the wire: what is undefined is absent. */
const onTheWire = (event: object) => JSON.parse(JSON.stringify(event)) as Record<string, unknown>;
/** What the official schema has against it; nothing where the schema is not here. */
const complaints = (event: object): unknown => (validate(onTheWire(event)) ? [] : validate.errors);

const gln = "9521321000018";
const desk = sglnUri(gln, 7, "DESK1");
const cage = sglnUri(gln, 7, "RETURNS");
const thing = { uri: "https://id.gs1.org/01/09521141123454/21/4711", serialised: true };
const kind = { uri: "https://id.gs1.org/01/09521141123454", serialised: false };
const handIn: ObjectEventFacts = {
  timeMs: Date.UTC(2026, 10, 22, 9),
  timeZone: "Europe/Berlin",
  items: [thing],
  bizStep: "receiving",
  disposition: "returned",
  readPoint: desk,
  bizLocation: cage,
};

describe("an object event", () => {
  it("of a hand-in is what EPCIS wants to read", () => {
    const event = objectEvent(handIn);
    // By hand after CBV 2.0 section 8.9, and through another implementation of SHA-256.
    const said =
      "eventType=ObjectEventeventTime=2026-11-22T09:00:00.000ZeventTimeZoneOffset=+01:00" +
      "epcListepc=https://id.gs1.org/01/09521141123454/21/4711action=OBSERVE" +
      "bizStep=https://ref.gs1.org/cbv/BizStep-receivingdisposition=https://ref.gs1.org/cbv/Disp-returned" +
      "readPointid=https://id.gs1.org/414/9521321000018/254/DESK1" +
      "bizLocationid=https://id.gs1.org/414/9521321000018/254/RETURNS";
    expect(event).toEqual({
      "@context": [
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        { storewire: storewireNamespace },
      ],
      type: "ObjectEvent",
      eventID: `ni:///sha-256;${createHash("sha256").update(said).digest("hex")}?ver=CBV2.0`,
      eventTime: "2026-11-22T09:00:00.000Z",
      eventTimeZoneOffset: "+01:00",
      epcList: [thing.uri],
      action: "OBSERVE",
      bizStep: "receiving",
      disposition: "returned",
      readPoint: { id: desk },
      bizLocation: { id: cage },
    });
    expect(complaints(event)).toEqual([]);
  });

  it("has the hash of a template that says the same in EPC URNs", () => {
    const event = objectEvent({
      ...handIn,
      bizTransactions: [{ type: "rma", bizTransaction: "urn:epc:id:gdti:9521321.00001.RMA-2026-000123" }],
      destinations: [{ type: "possessing_party", destination: "urn:epc:id:pgln:9521321.00000" }],
      items: [{ uri: "https://id.gs1.org/01/09521141123454/21/4711", serialised: true }],
    });
    // ../shared/vectors/epcis-returns-templates.jsonld, its first event.
    expect(event.eventID).toBe(
      "ni:///sha-256;924201efb07a83ec76d35ff973c11dde270d6cb70e43fb96ecbe0e5a89d74ca8?ver=CBV2.0",
    );
    expect(complaints(event)).toEqual([]);
  });

  it("counts what has no serial, each kind once, and names each thing once", () => {
    const event = objectEvent({ ...handIn, items: [kind, thing, kind, thing] });
    expect(event.epcList).toEqual([thing.uri]);
    expect(event.quantityList).toEqual([{ epcClass: kind.uri, quantity: 2 }]);
    expect(complaints(event)).toEqual([]);
    expect(onTheWire(objectEvent({ ...handIn, items: [kind] }))).not.toHaveProperty("epcList");
    expect(objectEvent({ ...handIn, items: [] }).epcList).toEqual([]);
  });

  it("carries a weight with its scale and time", () => {
    const event = objectEvent({
      ...handIn,
      bizStep: "inspecting",
      weighing: {
        value: "1.250",
        unit: "kg",
        timeMs: handIn.timeMs - 750,
        deviceId: "urn:epc:id:giai:9521321.SCALE-1",
      },
    });
    expect(event.sensorElementList).toEqual([
      {
        sensorMetadata: { time: "2026-11-22T08:59:59.250Z", deviceID: "urn:epc:id:giai:9521321.SCALE-1" },
        sensorReport: [{ type: "Mass", value: 1.25, uom: "KGM" }],
      },
    ]);
    expect(JSON.stringify(event)).toContain('"value":1.25,');
    expect(complaints(event)).toEqual([]);
  });

  it("tells two alike hand-ins of one millisecond apart by an extension", () => {
    const first = objectEvent({ ...handIn, extensions: { "storewire:clerk": "018f-a" } });
    const second = objectEvent({ ...handIn, extensions: { "storewire:clerk": "018f-b" } });
    expect(first["storewire:clerk"]).toBe("018f-a");
    expect(first.eventID).not.toBe(second.eventID);
    expect(objectEvent(handIn).eventID).toBe(objectEvent({ ...handIn }).eventID);
    expect(complaints(first)).toEqual([]);
  });

  const bizSteps = ["accepting", "collecting", "commissioning", "decommissioning", "destroying"] as const;
  const moreSteps = ["entering_exiting", "holding", "inspecting", "receiving", "repairing"] as const;
  const lastSteps = ["retail_selling", "sensor_reporting", "shipping", "stocking", "storing"] as const;
  const dispositions = [
    "active",
    "available",
    "conformant",
    "damaged",
    "destroyed",
    "disposed",
    "expired",
  ] as const;
  const moreDispositions = [
    "in_progress",
    "in_transit",
    "inactive",
    "needs_replacement",
    "non_conformant",
  ] as const;
  const lastDispositions = [
    ...(["non_sellable_other", "recalled", "retail_sold", "returned", "sellable_accessible"] as const),
    ...(["sellable_not_accessible", "unavailable", "unknown"] as const),
  ] as const;
  const facts: fc.Arbitrary<ObjectEventFacts> = fc
    .record({
      timeMs: fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
      timeZone: fc.constantFrom(
        "Europe/Berlin",
        "Asia/Shanghai",
        "America/St_Johns",
        "Asia/Kathmandu",
        "UTC",
      ),
      action: fc.constantFrom("ADD", "OBSERVE", "DELETE"),
      items: fc.array(
        fc.constantFrom(thing, kind, { uri: "https://id.gs1.org/8004/9521321R1", serialised: true }),
      ),
      bizStep: fc.constantFrom(...bizSteps, ...moreSteps, ...lastSteps),
      disposition: fc.constantFrom(...dispositions, ...moreDispositions, ...lastDispositions),
      persistentDisposition: fc.constantFrom({ set: ["damaged" as const] }, { unset: ["expired" as const] }),
      readPoint: fc.constant(desk),
      bizLocation: fc.constant(cage),
      sources: fc.constant([{ type: "location" as const, source: desk }]),
      weighing: fc.record({
        value: fc.constantFrom("0", "-0.5", "12345678901234567890", "0.100"),
        unit: fc.constantFrom("kg", "g", "lb", "stone"),
        timeMs: fc.constant(0),
      }),
      extensions: fc.constant({ "storewire:grade": "C", "storewire:post": "cage" }),
    })
    .map(({ weighing, ...rest }) => (rest.timeMs % 2 === 0 ? rest : { ...rest, weighing }));

  it.skipIf(!present)("is valid under the official schema, whatever the store says", () => {
    fc.assert(
      fc.property(facts, (one) => {
        const event = objectEvent(one);
        expect(complaints(event)).toEqual([]);
        const namespaces = { storewire: storewireNamespace };
        expect(eventHash(onTheWire(event), { profile: "CBV2.0", namespaces })).toBe(event.eventID);
      }),
    );
    // The proof must be able to fail.
    expect(complaints({ ...objectEvent(handIn), bizStep: "assemble" })).not.toEqual([]);
  });
});

describe("the offset of a time zone", () => {
  it.each([
    ["Europe/Berlin", "2026-03-29T00:59:59.999Z", "+01:00"],
    ["Europe/Berlin", "2026-03-29T01:00:00.000Z", "+02:00"],
    ["Europe/Berlin", "2026-10-25T00:59:59.999Z", "+02:00"],
    ["Europe/Berlin", "2026-10-25T01:00:00.000Z", "+01:00"],
    ["America/New_York", "2026-03-08T06:59:59.999Z", "-05:00"],
    ["America/New_York", "2026-03-08T07:00:00.000Z", "-04:00"],
    ["Australia/Lord_Howe", "2026-04-04T14:59:59.999Z", "+11:00"],
    ["Australia/Lord_Howe", "2026-04-04T15:00:00.000Z", "+10:30"],
    ["Asia/Shanghai", "2026-07-01T00:00:00.000Z", "+08:00"],
    ["Asia/Kathmandu", "2026-07-01T00:00:00.000Z", "+05:45"],
    ["America/St_Johns", "2026-01-01T00:00:00.000Z", "-03:30"],
    ["Pacific/Kiritimati", "2026-01-01T00:00:00.000Z", "+14:00"],
    ["UTC", "2026-01-01T00:00:00.000Z", "+00:00"],
    ["Europe/London", "2026-01-01T00:00:00.000Z", "+00:00"],
  ])("%s at %s is %s", (zone, time, offset) => {
    expect(timeZoneOffset(zone, Date.parse(time))).toBe(offset);
  });

  it("is remembered without being mistaken: any order of questions, the same answers", () => {
    const day = Date.UTC(2026, 2, 29);
    const questions = fc.array(
      fc.tuple(fc.constantFrom("Europe/Berlin", "America/New_York", "Asia/Tehran"), fc.nat(86_400_000)),
    );
    fc.assert(
      fc.property(questions, (asked) => {
        for (const [zone, ms] of asked) {
          const name = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" })
            .formatToParts(day + ms)
            .find(({ type }) => type === "timeZoneName")?.value;
          expect(`GMT${timeZoneOffset(zone, day + ms)}`).toBe(name);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("forgets zones before there are too many of them", () => {
    const zones = Intl.supportedValuesOf("timeZone").slice(0, 200);
    expect(zones.length).toBe(200);
    for (const zone of zones) expect(timeZoneOffset(zone, 0)).toMatch(/^[+-]\d\d:\d\d$/);
    expect(timeZoneOffset("Europe/Berlin", Date.UTC(2026, 6))).toBe("+02:00");
  });
});

describe("a weight", () => {
  it.each([
    ["1.250", "kg", { type: "Mass", value: 1.25, uom: "KGM" }],
    ["0012", "g", { type: "Mass", value: 12, uom: "GRM" }],
    ["-0.0", "g", { type: "Mass", value: 0, uom: "GRM" }],
    ["-1.50", "LB", { type: "Mass", value: -1.5, uom: "LBR" }],
    ["0.1", "oz", { type: "Mass", value: 0.1, uom: "ONZ" }],
    ["123456789012.123456789", "g", { type: "Mass", stringValue: "123456789012.123456789", uom: "GRM" }],
    ["2", "tlh", { type: "Mass", stringValue: "2 tlh" }],
  ])("of %s %s", (value, unit, report) => {
    expect(massReport({ value, unit })).toEqual(report);
    expect(Object.is(massReport({ value, unit }).value, -0)).toBe(false);
  });

  it("prints as the exact number that the scale sent, or as its text", () => {
    const decimal = fc
      .tuple(
        fc.constantFrom("", "-"),
        fc.nat(999_999_999),
        fc.string({ unit: fc.constantFrom("0", "1", "5", "9"), maxLength: 9 }),
      )
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`);
    fc.assert(
      fc.property(decimal, (value) => {
        const report = massReport({ value, unit: "g" });
        const printed = report.value === undefined ? report.stringValue : JSON.stringify(report.value);
        expect(scaled(printed ?? "")).toBe(scaled(value));
      }),
    );
  });
});

/** A decimal in units of 1e-9, exactly. */
function scaled(decimal: string): bigint {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  return BigInt(`${sign}${whole}${fraction.padEnd(9, "0")}`);
}
