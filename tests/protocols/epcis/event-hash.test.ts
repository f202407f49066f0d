import { createHash, hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventHash, hashEventsWith, namespacesOf } from "../../../protocols/epcis/event-hash.ts";
import type { HashProfile } from "../../../protocols/epcis/pre-hash.ts";
import { preHash } from "../../../protocols/epcis/pre-hash.ts";
import { areShared, sharedJson } from "../gs1/shared-files.ts";

type Event = Readonly<Record<string, unknown>>;
interface EpcisDocument {
  readonly "@context": unknown;
  readonly epcisBody: { readonly eventList: readonly Event[] };
}
interface Row {
  readonly document: string;
  readonly eventIndex: number;
  readonly version: HashProfile;
  readonly prehash: string | null;
  readonly hash: string;
}
const present = areShared("vectors/epcis-hash.json", "vectors/epcis-returns-templates.jsonld");
const rows = sharedJson<readonly Row[]>("vectors/epcis-hash.json", []);
const none: EpcisDocument = { "@context": [], epcisBody: { eventList: [] } };
const templates = sharedJson("vectors/epcis-returns-templates.jsonld", none);

describe.skipIf(!present)("the event hash against the reference", () => {
  it.each(rows)(
    "$document event $eventIndex, $version",
    ({ document, eventIndex, version, prehash, hash }) => {
      const { "@context": context, epcisBody } = sharedJson(`vectors/${document}`, none);
      const event = epcisBody.eventList[eventIndex] ?? {};
      const options = { profile: version, namespaces: namespacesOf(context) };
      if (prehash !== null) expect(preHash(event, options)).toBe(prehash);
      expect(eventHash(event, options)).toBe(hash);
    },
  );

  it.each(templates.epcisBody.eventList)("$type $bizStep at $eventTime has its printed eventID", (event) => {
    const namespaces = namespacesOf(templates["@context"]);
    expect(eventHash(event, { profile: "CBV2.0", namespaces })).toBe(event.eventID);
  });

  it("has rows of both profiles", () => {
    expect(rows.length).toBe(32);
    expect(templates.epcisBody.eventList.length).toBe(21);
  });
});

const hashed = (event: Event, profile: HashProfile = "CBV2.0"): string =>
  preHash(event, { profile, namespaces: { own: "https://own.example/" } });

describe("what enters the pre-hash string", () => {
  it.each([
    ["2026-11-22T09:00:00.000Z", "2026-11-22T09:00:00.000Z"],
    ["2026-11-22T10:00:00+01:00", "2026-11-22T09:00:00.000Z"],
    ["2026-11-22T09:00:00.1234Z", "2026-11-22T09:00:00.123Z"],
    ["2026-11-22T09:00:00.1235Z", "2026-11-22T09:00:00.124Z"],
    ["2026-12-31T23:59:59.9999Z", "2027-01-01T00:00:00.000Z"],
  ])("time %s as %s", (eventTime, time) => {
    expect(hashed({ eventTime })).toBe(`eventTime=${time}`);
  });

  it.each([
    ["26.0", "26"],
    [26, "26"],
    ["+0.50", "0.5"],
    [0.05, "0.05"],
    ["0.00001", "1e-05"],
    [1e21, "1000000000000000000000"],
    ["09521141123454", "9521141123454"],
    ["1A", "1A"],
    ["  spaced ", "spaced"],
    [true, "true"],
    ["own:word", "https://own.example/word"],
    ["unknown:word", "unknown:word"],
  ])("value %s as %s", (value, text) => {
    expect(hashed({ "own:field": value })).toBe(`{https://own.example/}field=${text}`);
  });

  it.each([
    ["urn:epc:id:sgtin:4012345.011111.a!b", "https://id.gs1.org/01/04012345111118/21/a%21b"],
    ["urn:epc:id:sgtin:4012345.011111.1.2", "https://id.gs1.org/01/04012345111118/21/1.2"],
    ["urn:epc:class:lgtin:4012345.011111.L1", "https://id.gs1.org/01/04012345111118/10/L1"],
    ["urn:epc:idpat:sgtin:4012345.011111.*", "https://id.gs1.org/01/04012345111118"],
    ["urn:epc:id:gid:1.2.3", "urn:epc:id:gid:1.2.3"],
    [
      "https://brand.example/a/01/4012345111118/22/v/10/L/21/S?17=270131",
      "https://id.gs1.org/01/04012345111118/21/S",
    ],
    ["https://brand.example/gtin/4012345111118/lot/L", "https://id.gs1.org/01/04012345111118/10/L"],
    ["http://brand.example/414/4012345000115/254/A", "https://id.gs1.org/414/4012345000115/254/A"],
    ["https://brand.example/01/notdigits", "https://brand.example/01/notdigits"],
    ["https://brand.example", "https://brand.example"],
  ])("%s as %s", (epc, link) => {
    expect(hashed({ epcList: [epc] })).toBe(`epcListepc=${link}`);
  });

  it("lists in the order of their UTF-8 bytes, not of UTF-16 units", () => {
    expect(hashed({ "own:f": ["\u{1f600}", "\uffee", "z"] })).toBe(
      "{https://own.example/}f=z{https://own.example/}f=\uffee{https://own.example/}f=\u{1f600}",
    );
  });

  it("every field in the order of the standard, whatever the order in the event", () => {
    const fields = [
      ["type", "X", "eventType=X"],
      ["eventTime", "2026-11-22T09:00:00.000Z", "eventTime=2026-11-22T09:00:00.000Z"],
      ["eventTimeZoneOffset", "+01:00", "eventTimeZoneOffset=+01:00"],
      ["epcList", ["e"], "epcListepc=e"],
      ["parentID", "p", "parentID=p"],
      ["inputEPCList", ["i"], "inputEPCListepc=i"],
      ["childEPCs", ["c"], "childEPCsepc=c"],
      [
        "quantityList",
        [{ epcClass: "q", quantity: 1, uom: "KGM" }],
        "quantityListquantityElementepcClass=qquantity=1uom=KGM",
      ],
      ["childQuantityList", [{ epcClass: "q" }], "childQuantityListquantityElementepcClass=q"],
      ["inputQuantityList", [{ epcClass: "q" }], "inputQuantityListquantityElementepcClass=q"],
      ["outputEPCList", ["o"], "outputEPCListepc=o"],
      ["outputQuantityList", [{ epcClass: "q" }], "outputQuantityListquantityElementepcClass=q"],
      ["action", "ADD", "action=ADD"],
      ["transformationID", "t", "transformationID=t"],
      ["bizStep", "urn:epcglobal:cbv:bizstep:holding", "bizStep=https://ref.gs1.org/cbv/BizStep-holding"],
      ["disposition", "returned", "disposition=https://ref.gs1.org/cbv/Disp-returned"],
      [
        "persistentDisposition",
        { unset: ["x"], set: ["y"] },
        "persistentDispositionset=https://ref.gs1.org/cbv/Disp-yunset=https://ref.gs1.org/cbv/Disp-x",
      ],
      ["readPoint", { id: "r" }, "readPointid=r"],
      ["bizLocation", { id: "b" }, "bizLocationid=b"],
      ["bizTransactionList", [{ bizTransaction: "v" }], "bizTransactionListbizTransaction=v"],
      [
        "sourceList",
        [{ type: "location", source: "s" }],
        "sourceListtype=https://ref.gs1.org/cbv/SDT-locationsource=s",
      ],
      [
        "destinationList",
        [{ type: "location", destination: "d" }],
        "destinationListtype=https://ref.gs1.org/cbv/SDT-locationdestination=d",
      ],
      [
        "sensorElementList",
        [{ sensorReport: [{ type: "Mass", exception: "ALARM_CONDITION", component: "x" }] }],
        "sensorElementsensorReporttype=https://ref.gs1.org/voc/Massexception=https://ref.gs1.org/voc/ALARM_CONDITIONcomponent=https://ref.gs1.org/cbv/Comp-x",
      ],
      ["ilmd", { "own:i": "i" }, "ilmd{https://own.example/}i=i"],
      ["own:z", "z", "{https://own.example/}z=z"],
    ] as const;
    const event = Object.fromEntries(fields.map(([name, value]) => [name, value]).toReversed());
    expect(hashed(event)).toBe(fields.map(([, , text]) => text).join(""));
  });

  it("nothing of identity, record time, corrections, certificates and remarks", () => {
    const noise = {
      "@context": {},
      eventID: "urn:uuid:1",
      recordTime: "2026-11-22T09:00:00Z",
      errorDeclaration: { declarationTime: "2026-11-22T09:00:00Z" },
      certificationInfo: "https://own.example/",
      "rdfs:comment": "a remark",
    };
    expect(hashed({ type: "ObjectEvent", ...noise })).toBe("eventType=ObjectEvent");
  });

  it("extensions of inner elements: behind the fields in CBV2.0, in place in CBV2.1", () => {
    const event = {
      readPoint: { id: "urn:x:1", "own:a": "A" },
      ilmd: { "own:i": "I" },
      "own:z": { "own:y": "Y" },
    };
    expect(hashed(event)).toBe(
      "readPointid=urn:x:1ilmd{https://own.example/}i=IreadPoint{https://own.example/}a=A{https://own.example/}z{https://own.example/}y=Y",
    );
    expect(hashed(event, "CBV2.1")).toBe(
      "readPointid=urn:x:1{https://own.example/}a=Ailmd{https://own.example/}i=I{https://own.example/}z{https://own.example/}y=Y",
    );
  });

  it("the same string, however members and lists are ordered", () => {
    const event = {
      type: "ObjectEvent",
      action: "OBSERVE",
      epcList: ["urn:epc:id:giai:4012345.A", "urn:epc:id:giai:4012345.B", "urn:epc:id:giai:4012345.C"],
      bizTransactionList: [
        { type: "rma", bizTransaction: "urn:x:2" },
        { type: "inv", bizTransaction: "urn:x:1" },
      ],
      persistentDisposition: { set: ["damaged", "expired"], unset: ["conformant"] },
      "own:b": [2, 1],
      "own:a": { "own:y": 1, "own:x": 2 },
    };
    const expected = hashed(event);
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(1000)), (chance) => {
        expect(hashed(shuffled(event, chance) as Event)).toBe(expected);
      }),
    );
  });
});

describe("a digest of the platform's own", () => {
  it("is refused when it is another function, or reads another encoding", () => {
    expect(() => hashEventsWith((text) => hash("sha512", text))).toThrow("no SHA-256");
    expect(() => hashEventsWith((text) => hash("sha256", text, "base64"))).toThrow("no SHA-256");
    const latin = (text: string) => createHash("sha256").update(text, "latin1").digest("hex");
    expect(() => hashEventsWith(latin)).toThrow("no SHA-256");
  });

  it("is asked from then on, and makes the same identities of whatever stands in an event", () => {
    const texts = ["", "plain", "Größe 41 €", "\u{1f4e6}", "lone \ud800", "x".repeat(5000)];
    const identities = () =>
      texts.map((text) => eventHash({ type: "ObjectEvent", "own:note": text }, { profile: "CBV2.0" }));
    const before = identities();
    let asked = 0;
    hashEventsWith((text) => {
      asked += 1;
      return hash("sha256", text);
    });
    asked = 0;
    expect(identities()).toEqual(before);
    expect(asked).toBe(texts.length);
  });
});

function shuffled(value: unknown, chance: Iterator<number>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const mix = <Item>(items: readonly Item[]): Item[] =>
    items
      .map((item) => [Number(chance.next().value), item] as const)
      .toSorted(([left], [right]) => left - right)
      .map(([, item]) => item);
  if (Array.isArray(value)) return mix(value.map((item) => shuffled(item, chance)));
  return Object.fromEntries(mix(Object.entries(value)).map(([name, item]) => [name, shuffled(item, chance)]));
}
