import { objectEventId } from "./object-event.ts";
import { timeZoneOffset } from "./time-zone-offset.ts";

type Json = Readonly<Record<string, unknown>>;

/** The members of an EPCIS 2.0 event that are times, wherever they stand in it (EPCIS 2.0 sections 7.4.1 and 7.1.14). */
const timeMembers: ReadonlySet<string> = new Set([
  "eventTime",
  "recordTime",
  "declarationTime",
  "time",
  "startTime",
  "endTime",
]);

/**
 * An event of ours as it would have been, had its clock been ahead by `byMs`: every time in it is moved,
 * the offset is that of the new time, and its identity is the hash of what it says now.
 */
export function movedEvent(event: Json, byMs: number, timeZone: string): Json {
  const moved = movedMembers(event, byMs);
  const eventTimeZoneOffset = timeZoneOffset(timeZone, Date.parse(String(moved["eventTime"])));
  const complete = { ...moved, eventTimeZoneOffset };
  return { ...complete, eventID: objectEventId(complete) };
}

function movedMembers(members: Json, byMs: number): Json {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, moved(name, value, byMs)]));
}

function moved(name: string, value: unknown, byMs: number): unknown {
  if (typeof value === "string" && timeMembers.has(name))
    return new Date(Date.parse(value) + byMs).toISOString();
  if (Array.isArray(value)) return value.map((each) => moved(name, each, byMs));
  return typeof value === "object" && value !== null ? movedMembers(value as Json, byMs) : value;
}
