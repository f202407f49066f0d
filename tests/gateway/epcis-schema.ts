import { existsSync, readFileSync } from "node:fs";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const schemaFile = new URL("../../../shared/conformance/epcis-json-schema-2.0.1.json", import.meta.url);

/** The official schema is kept beside the repository, not in it. */
export function epcisSchemaThere(what: string): boolean {
  const there = existsSync(schemaFile);
  if (!there) console.warn(`skipped: ${what} (the official EPCIS schema is not beside the repository)`);
  return there;
}

/** Checks one event as it is on the wire, inside a document, as the official schema wants it; answers the errors. */
export function epcisErrors(): (event: object) => readonly unknown[] {
  const ajv = new Ajv.default({ strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));
  return (event) => {
    const { "@context": context, ...content } = JSON.parse(JSON.stringify(event)) as {
      "@context": unknown;
    };
    const document = {
      "@context": context,
      type: "EPCISDocument",
      schemaVersion: "2.0",
      creationDate: "2026-01-05T09:00:00Z",
      epcisBody: { eventList: [content] },
    };
    return validate(document) ? [] : (validate.errors ?? ["refused"]);
  };
}
