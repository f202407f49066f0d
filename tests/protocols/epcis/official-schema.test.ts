import { readdirSync } from "node:fs";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { epcisFindings, eventsOf } from "../../../protocols/epcis/epcis-check.ts";
import { isMembers } from "../../../protocols/epcis/schema/checks.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { areShared, sharedFolder, sharedJson } from "../gs1/shared-files.ts";
import { mutated } from "./mutations.ts";

const schemaPath = "conformance/epcis-json-schema-2.0.1.json";
const folders = ["conformance/epcis-examples", "vectors/epcis-hash"];
const templates = "vectors/epcis-returns-templates.jsonld";
const present = areShared(schemaPath, ...folders, templates);
const testMs = 120_000;

function documentPaths(): readonly string[] {
  const inFolders = folders.flatMap((folder) =>
    readdirSync(`${sharedFolder}${folder}`, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".jsonld"))
      .map((name) => `${folder}/${name}`),
  );
  return [...inFolders.toSorted(), templates];
}

/** The verdict of the official schema, by the usual validator. */
function officialVerdict(): (document: unknown) => boolean {
  const ajv = new Ajv.default({ strict: false });
  addFormats.default(ajv);
  return ajv.compile(sharedJson<object>(schemaPath, {}));
}

/** Each event by itself, with the context of its document. */
function bareEvents(document: unknown): readonly object[] {
  if (!isMembers(document)) return [];
  return eventsOf(document).map((event) => ({ "@context": document["@context"], ...event }));
}

describe.skipIf(!present)("our verdict and that of the official schema", () => {
  const paths = present ? documentPaths() : [];
  const official = present ? officialVerdict() : () => true;
  const documents = paths.map((path) => sharedJson<unknown>(path, {}));

  it("has all official examples, the documents of the hash vectors and the return chain", () => {
    expect(paths.filter((path) => path.startsWith("conformance/")).length).toBe(47);
    expect(paths.length).toBe(53);
  });

  it.each(paths)("%s is valid for both", (path) => {
    const document = sharedJson<unknown>(path, {});
    expect(official(document)).toBe(true);
    expect(epcisFindings(document)).toEqual([]);
    for (const event of bareEvents(document)) {
      expect(official(event)).toBe(true);
      expect(epcisFindings(event)).toEqual([]);
    }
  });

  it(
    "is the same for twelve thousand mutations of them",
    () => {
      const random = seededRandom(20_261_129);
      const bases = [...documents, ...documents.flatMap(bareEvents)];
      const verdicts = new Map<string, number>();
      for (let index = 0; index < 12_000; index++) {
        const base = bases[index % bases.length];
        const { document, made } = mutated(base, () => random.fraction());
        const verdict = official(document);
        const findings = epcisFindings(document);
        if (verdict !== (findings.length === 0)) {
          expect({ base: index % bases.length, made, document, findings }).toEqual({ verdict });
        }
        for (const name of made) {
          const key = `${name} ${verdict ? "valid" : "refused"}`;
          verdicts.set(key, (verdicts.get(key) ?? 0) + 1);
        }
      }
      // Every kind of change was judged both ways, so neither verdict is that of a mutation that does nothing.
      const kinds = ["added", "emptied", "missing", "misspelt", "renamed", "repeated", "replaced", "wrapped"];
      for (const kind of kinds) {
        expect(verdicts.get(`${kind} valid`), kind).toBeGreaterThan(20);
        expect(verdicts.get(`${kind} refused`), kind).toBeGreaterThan(200);
      }
    },
    testMs,
  );
});
