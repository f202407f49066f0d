import { extensions, storewireNamespace } from "./extensions.ts";

const prefix = "storewire";
const schemaTypes = { text: "xsd:string", number: "xsd:decimal", time: "xsd:dateTime" } as const;

/**
 * Our extensions as a JSON-LD document: `@context` says the type of each, and `@graph` what it means. Whoever reads our
 * events as linked data loads it behind GS1's context; the events themselves need nothing but their prefix.
 */
export function extensionContext(): object {
  const rows = Object.entries(extensions).map(([name, row]) => ({ id: `${prefix}:${name}`, ...row }));
  const terms = rows.map(({ id, type }) => [id, { "@id": id, "@type": schemaTypes[type] }]);
  return {
    "@context": {
      "@version": 1.1,
      [prefix]: storewireNamespace,
      xsd: "http://www.w3.org/2001/XMLSchema#",
      rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
      rdfs: "http://www.w3.org/2000/01/rdf-schema#",
      ...Object.fromEntries(terms),
    },
    "@graph": rows.map(({ id, type, words }) => ({
      "@id": id,
      "@type": "rdf:Property",
      "rdfs:range": { "@id": schemaTypes[type] },
      "rdfs:comment": { "@value": words, "@language": "en" },
    })),
  };
}
