import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  FlightRing,
  pieceBytesMax,
  ringBytesMax,
  ringEntriesMax,
} from "../../../edge-agent/recorder/flight-ring.ts";

const lengthsOf = (ring: FlightRing): number[] => [...ring.entries()].map(({ bytes }) => bytes.length);

describe("the flight recorder's ring", () => {
  it("gives back what was put in, in order, whatever the lengths: always the newest that fit", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: pieceBytesMax }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lengths, (each) => {
        const ring = new FlightRing();
        each.forEach((length, index) => ring.put(index, index % 4, new Uint8Array(length).fill(index)));
        const kept = [...ring.entries()];
        const first = each.length - kept.length;
        kept.forEach(({ number, timeMs, kind, bytes }, index) => {
          expect([number, timeMs, kind]).toEqual([first + index, first + index, (first + index) % 4]);
          expect(bytes.length).toBe(each[first + index]);
          expect(bytes.every((byte) => byte === first + index)).toBe(true);
        });
        const used = kept.reduce((sum, { bytes }) => sum + bytes.length, 0);
        expect(used).toBeLessThanOrEqual(ringBytesMax);
        // One more would not have fitted.
        if (first > 0) expect(used + (each[first - 1] ?? 0)).toBeGreaterThan(ringBytesMax);
      }),
      { numRuns: 50 },
    );
  });

  it("keeps no more entries than it has places for", () => {
    const ring = new FlightRing();
    for (let at = 0; at < ringEntriesMax + 10; at += 1) ring.put(at, 0, Uint8Array.of(at & 0xff));
    const kept = [...ring.entries()];
    expect(kept).toHaveLength(ringEntriesMax);
    expect(kept[0]?.number).toBe(10);
    expect(ring.oldestNumber).toBe(10);
  });

  it("keeps a chunk that is longer than a piece in pieces, and lets it push out no more than it needs", () => {
    const ring = new FlightRing();
    ring.put(0, 0, Uint8Array.of(1, 2, 3));
    ring.put(1, 1, new Uint8Array(2 * pieceBytesMax + 5));
    expect(lengthsOf(ring)).toEqual([3, pieceBytesMax, pieceBytesMax, 5]);
    ring.put(2, 1, new Uint8Array(ringBytesMax));
    expect(lengthsOf(ring)).toEqual(Array.from({ length: 8 }, () => pieceBytesMax));
  });

  it("copies: what a driver does to its chunk afterwards changes nothing", () => {
    const ring = new FlightRing();
    const chunk = Uint8Array.of(1, 2);
    ring.put(0, 0, chunk);
    chunk.fill(9);
    expect([...ring.entries()].map(({ bytes }) => [...bytes])).toEqual([[1, 2]]);
  });
});
