/** Zones have moved their clocks on quarters of an hour of UTC since 1972, so within one an offset holds. */
const slotMs = 15 * 60_000;
/** A site has one zone; more than this many at once is HQ rendering a fleet. */
const zonesMax = 64;

interface ZoneMemory {
  readonly format: Intl.DateTimeFormat;
  slot: number;
  offset: string;
}

/** Formatting through Intl costs some 10 microseconds, too much for each event; the same question has the same answer. */
const memory = new Map<string, ZoneMemory>();

/** `+01:00`: the offset of an IANA zone from UTC at this instant, as EPCIS writes it. */
export function timeZoneOffset(timeZone: string, timeMs: number): string {
  const zone = memory.get(timeZone) ?? remember(timeZone);
  const slot = Math.floor(timeMs / slotMs);
  if (zone.slot !== slot) {
    zone.offset = offsetAt(zone.format, timeMs);
    zone.slot = slot;
  }
  return zone.offset;
}

function remember(timeZone: string): ZoneMemory {
  if (memory.size >= zonesMax) memory.clear();
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const zone = { format, slot: Number.NaN, offset: "" };
  memory.set(timeZone, zone);
  return zone;
}

/** "GMT+05:45"; plain "GMT" is no offset at all. */
function offsetAt(format: Intl.DateTimeFormat, timeMs: number): string {
  const name = format.formatToParts(timeMs).find((part) => part.type === "timeZoneName")?.value ?? "";
  return /^GMT([+-]\d\d:\d\d)/.exec(name.replace("\u2212", "-"))?.[1] ?? "+00:00";
}
