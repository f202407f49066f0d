import { describe, expect, it } from "vitest";
import { faults } from "../../../protocols/faults.ts";

/**
 * Codes that have been shipped: dashboards and runbooks know them. One may come to be unused, but it
 * stays in faults.ts and keeps its meaning; a new one is added here with the release that brings it.
 */
const shipped = `
  device-absent port-in-use permission-denied handshake-timeout wrong-device silent connection-lost noisy
  antenna-missing reader-error scale-overload scale-underload scale-no-zero scale-error paper-end cover-open printer-error display-error
  gpio-unavailable hid-unavailable driver-broken readings-dropped command-unsupported command-interrupted
  beam-blocked sensor-blind device-not-ready outbox-full outbox-broken disk-failed
`
  .trim()
  .split(/\s+/);

describe("faults", () => {
  const entries = Object.entries(faults);

  it("keep every code that was ever shipped", () => {
    expect(shipped.filter((code) => !(code in faults))).toEqual([]);
  });

  it("have codes that fit in topics, logs and the reading's field", () => {
    expect(entries.filter(([code]) => !/^[a-z]+(-[a-z]+)*$/.test(code) || code.length > 64)).toEqual([]);
  });

  it("say each something else, in both languages", () => {
    for (const language of ["words", "wordsChinese"] as const) {
      const words = entries.map(([, fault]) => fault[language]);
      expect(new Set(words).size).toBe(entries.length);
    }
  });
});
