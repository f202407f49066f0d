import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { localTimes } from "../../gateway/local-time.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Zones with summer time on whole and on half hours, at midnight, in the south, on the date line, and without. */
const zones = [
  "Europe/Berlin",
  "America/New_York",
  "America/Santiago",
  "Australia/Lord_Howe",
  "Africa/Cairo",
  "Pacific/Apia",
  "Asia/Kathmandu",
  "Asia/Shanghai",
] as const;

/** As the platform says it, slowly. */
function byPlatform(timeZone: string, timeMs: number) {
  const options = { timeZone, hourCycle: "h23", hour: "2-digit", minute: "2-digit" } as const;
  return {
    day: new Intl.DateTimeFormat("en-CA", { timeZone }).format(timeMs),
    time: new Intl.DateTimeFormat("en-GB", options).format(timeMs),
  };
}

describe("local time", () => {
  test("is the platform's at any moment, whatever was asked before", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.array(fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2031, 0) }), {
          minLength: 1,
          maxLength: 8,
        }),
        (zone, moments) => {
          const localTime = localTimes(zone);
          for (const moment of moments) expect(localTime(moment)).toEqual(byPlatform(zone, moment));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("is right to the minute where clocks go forward and back: one day has 23 hours, one 25", () => {
    const localTime = localTimes("Europe/Berlin");
    const hoursOf = (from: number): readonly string[] =>
      Array.from({ length: 5 }, (_, hour) => localTime(from + hour * hourMs).time);
    expect(hoursOf(Date.UTC(2026, 2, 28, 23))).toEqual(["00:00", "01:00", "03:00", "04:00", "05:00"]);
    expect(hoursOf(Date.UTC(2026, 9, 24, 22))).toEqual(["00:00", "01:00", "02:00", "02:00", "03:00"]);
    const daysFrom = (from: number, hours: number): number => {
      const days = Array.from({ length: hours * 60 }, (_, minute) => localTime(from + minute * 60_000).day);
      return new Set(days).size;
    };
    expect(daysFrom(Date.UTC(2026, 2, 28, 23), 23)).toBe(1);
    expect(daysFrom(Date.UTC(2026, 2, 28, 23), 24)).toBe(2);
    expect(daysFrom(Date.UTC(2026, 9, 24, 22), 25)).toBe(1);
    expect(daysFrom(Date.UTC(2026, 9, 24, 22), 26)).toBe(2);
  });

  test("knows only days that follow each other, in every zone", () => {
    for (const zone of zones) {
      const localTime = localTimes(zone);
      let before = localTime(Date.UTC(2026, 0)).day;
      for (let timeMs = Date.UTC(2026, 0); timeMs < Date.UTC(2027, 0); timeMs += hourMs / 2) {
        const { day } = localTime(timeMs);
        if (day === before) continue;
        expect(Date.parse(day) - Date.parse(before)).toBe(dayMs);
        before = day;
      }
    }
  });

  test("can be said of a clock that stands at its beginning", () => {
    expect(localTimes("America/New_York")(0)).toEqual({ day: "1969-12-31", time: "19:00" });
    expect(localTimes("Asia/Shanghai")(0)).toEqual({ day: "1970-01-01", time: "08:00" });
  });
});
