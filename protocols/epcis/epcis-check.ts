import { eventHash, namespacesOf } from "./event-hash.ts";
import type { HashProfile } from "./pre-hash.ts";
import type { EpcisFinding, Members } from "./schema/checks.ts";
import { isMembers, Walk } from "./schema/checks.ts";
import { documentOrEvent } from "./schema/documents.ts";

/**
 * What is wrong with an EPCIS 2.0 document (EPCISDocument, EPCISQueryDocument) or single event, by the rules of the
 * official JSON schema 2.0.1; nothing for a valid one. Bounded: the first hundred findings.
 */
export function epcisFindings(document: unknown): readonly EpcisFinding[] {
  const walk = new Walk();
  documentOrEvent(document, walk);
  return walk.findings;
}

/** The hash of each event of a valid document, in its order, whatever eventID it brings. */
export function epcisEventIds(document: Members, profile: HashProfile): readonly string[] {
  const outer = namespacesOf(document["@context"]);
  return eventsOf(document).map((event) =>
    eventHash(event, { profile, namespaces: { ...outer, ...namespacesOf(event["@context"]) } }),
  );
}

/** Where the list of events stands, by the type of document. */
const listPaths: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["EPCISDocument", ["epcisBody", "eventList"]],
  ["EPCISQueryDocument", ["epcisBody", "queryResults", "resultsBody", "eventList"]],
]);

/** The events of a document of either kind; an event is its own only one. */
export function eventsOf(document: Members): readonly Members[] {
  const path = listPaths.get(document["type"]);
  if (path === undefined) return [document];
  let found: unknown = document;
  for (const name of path) found = isMembers(found) ? found[name] : undefined;
  return Array.isArray(found) ? (found as unknown[]).filter(isMembers) : [];
}
