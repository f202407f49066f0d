/** Zones move their clocks on quarters of an hour, so within one the distance to UTC does not change. */
const slotMs = 15 * 60_000;

export interface LocalTime {
  /** `2026-11-22` as the shop's calendar has it. */
  readonly day: string;
  /** `09:05` as the shop's wall clock shows it. */
  readonly time: string;
}

/** Reads instants as a site's wall clock shows them. */
export function localTimes(timeZone: string): (timeMs: number) => LocalTime {
  // Formatting through Intl is slow; the same quarter of an hour has the same distance to UTC.
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  let slot = Number.NaN;
  let offsetMs = 0;
  return (timeMs) => {
    const wanted = Math.floor(timeMs / slotMs);
    if (wanted !== slot) {
      slot = wanted;
      offsetMs = offsetAt(format, timeMs);
    }
    const [day = "", rest = ""] = new Date(timeMs + offsetMs).toISOString().split("T");
    return { day, time: rest.slice(0, 5) };
  };
}

function offsetAt(format: Intl.DateTimeFormat, timeMs: number): number {
  const part = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => part.get(type) ?? 0;
  const local = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return local - Math.floor(timeMs / 1000) * 1000;
}
