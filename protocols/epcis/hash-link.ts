import { gtin14 } from "../gs1/check-digit.ts";
import { digitalLinkHost } from "../gs1/digital-link-uri.ts";

interface LinkKey {
  readonly value: RegExp;
  /** Finest first: only the finest one present is kept. */
  readonly qualifiers: readonly string[];
}

const anything = /^.+$/;
/** The keys that the event hash makes canonical. */
const linkKeys: Readonly<Record<string, LinkKey>> = {
  "00": { value: /^\d{18}$/, qualifiers: [] },
  "01": { value: /^(\d{8}|\d{12,14})$/, qualifiers: ["21", "10", "235"] },
  "253": { value: /^\d{13}/, qualifiers: [] },
  "255": { value: /^\d{13}/, qualifiers: [] },
  "401": { value: anything, qualifiers: [] },
  "402": { value: /^\d{17}$/, qualifiers: [] },
  "414": { value: /^\d{13}$/, qualifiers: ["254"] },
  "417": { value: /^\d{13}$/, qualifiers: [] },
  "8003": { value: /^\d{14}/, qualifiers: [] },
  "8004": { value: anything, qualifiers: [] },
  "8006": { value: /^\d{18}$/, qualifiers: ["21", "10"] },
  "8010": { value: anything, qualifiers: ["8011"] },
  "8017": { value: /^\d{18}$/, qualifiers: [] },
  "8018": { value: /^\d{18}$/, qualifiers: [] },
};

/** The names that Digital Link 1.1 allowed in place of numbers. */
const aliases: Readonly<Record<string, string>> = {
  sscc: "00",
  gtin: "01",
  gdti: "253",
  gcn: "255",
  ginc: "401",
  gsin: "402",
  gln: "414",
  party: "417",
  grai: "8003",
  giai: "8004",
  itip: "8006",
  cpid: "8010",
  gsrnp: "8017",
  gsrn: "8018",
  ser: "21",
  lot: "10",
  cpv: "22",
  glnx: "254",
  cpsn: "8011",
};

/** A link whose key stands right behind the host is the ordinary case; a stem in front of it the rare one. */
const authority = /^https?:\/\/[^/?#]+\//;

/** One thing as our own services name it; the canonical form of such a link is the link itself. */
const canonicalThing = /^https:\/\/id\.gs1\.org\/(?:01\/\d{14}\/21|8004)\/[^/?#]+$/;

/** The canonical form of a GS1 Digital Link of any domain; undefined when it is none. */
export function canonicalLink(uri: string): string | undefined {
  return canonicalThing.test(uri) ? uri : canonicalLinkOf(uri);
}

function canonicalLinkOf(uri: string): string | undefined {
  const start = authority.exec(uri)?.[0].length;
  if (start === undefined) return undefined;
  const end = uri.slice(start).search(/[?#]/);
  const segments = uri.slice(start, end < 0 ? undefined : start + end).split("/");
  for (let index = segments.length - 2; index >= 0; index--) {
    const ai = nameOf(segments[index]);
    const value = segments[index + 1] ?? "";
    const key = linkKeys[ai];
    if (key?.value.test(value)) return canonicalPath(ai, value, segments.slice(index + 2));
  }
  return undefined;
}

const nameOf = (segment = ""): string => aliases[segment] ?? segment;

function canonicalPath(ai: string, value: string, rest: readonly string[]): string {
  const path = `${digitalLinkHost}/${ai}/${ai === "01" ? gtin14(value) : value}`;
  for (const qualifier of linkKeys[ai]?.qualifiers ?? []) {
    for (let index = 0; index + 1 < rest.length; index += 2) {
      if (nameOf(rest[index]) === qualifier) return `${path}/${qualifier}/${rest[index + 1]}`;
    }
  }
  return path;
}
