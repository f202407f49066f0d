import { describe, expect, it } from "vitest";
import { epcisFindings } from "../../protocols/epcis/epcis-check.ts";
import { extensionContext } from "../../protocols/epcis/extension-context.ts";
import { extensions, storewireNamespace } from "../../protocols/epcis/extensions.ts";
import { eventContext, objectEvent } from "../../protocols/epcis/object-event.ts";
import { readSourceFiles } from "../tidy/source-files.ts";
import { isCurrent } from "./is-current.ts";

const document = extensionContext() as {
  readonly "@context": Readonly<Record<string, unknown>>;
  readonly "@graph": readonly Readonly<Record<string, unknown>>[];
};

describe("the JSON-LD context of our extensions", () => {
  it("is current in deploy/", () => {
    expect(() =>
      isCurrent("deploy/epcis-context.jsonld", `${JSON.stringify(document, null, 2)}\n`),
    ).not.toThrow();
  });

  it("says of every extension its type and its meaning, under the prefix that events declare", () => {
    expect(document["@context"]["storewire"]).toBe(storewireNamespace);
    expect(eventContext).toContainEqual({ storewire: storewireNamespace });
    for (const name of Object.keys(extensions)) {
      expect(document["@context"][`storewire:${name}`]).toMatchObject({ "@id": `storewire:${name}` });
      const words = document["@graph"].find((node) => node["@id"] === `storewire:${name}`)?.["rdfs:comment"];
      expect(words, name).toMatchObject({ "@value": expect.stringMatching(/^[A-Z].*\.$/) });
    }
  });

  it("can stand beside GS1's in an event, which stays valid", () => {
    const event = objectEvent({
      timeMs: 0,
      timeZone: "UTC",
      items: [],
      bizStep: "inspecting",
      readPoint: "urn:epc:id:sgln:4012345.00001.0",
      extensions: { "storewire:grade": "A" },
    });
    const written = JSON.stringify({ ...event, "@context": [eventContext[0], document["@context"]] });
    expect(epcisFindings(JSON.parse(written))).toEqual([]);
  });

  it("knows every extension that the product's code names", () => {
    const known = new Set(Object.keys(extensions));
    const code = readSourceFiles().filter(({ path }) => /^(protocols|gateway|hq|cli)\/.*\.ts$/.test(path));
    const named = code.flatMap(({ text }) =>
      [...text.matchAll(/"storewire:([a-zA-Z]+)"/g)].map(([, name]) => name),
    );
    expect(named.filter((name) => !known.has(String(name)))).toEqual([]);
  });
});
