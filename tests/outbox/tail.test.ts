import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryDisk } from "../../outbox/memory-outbox.ts";
import type { EntryRow } from "../../outbox/storage.ts";
import { Tail } from "../../outbox/tail.ts";

const stream = 1;

/** Rows 1..n with bodies of the given lengths. */
function rowsOf(lengths: readonly number[]): readonly EntryRow[] {
  let total = 0;
  return lengths.map((length, index) => {
    total += length;
    return { stream, sequence: index + 1, category: "queue", body: "y".repeat(length), total, madeMs: 0 };
  });
}

describe("tail", () => {
  it("hands out exactly what the disk would, or leaves it to the disk", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 }),
        fc.record({
          after: fc.nat(60),
          rowsMax: fc.integer({ min: 1, max: 20 }),
          bytesMax: fc.integer({ min: 1, max: 300 }),
        }),
        fc.nat(30),
        async (lengths, limits, forgotten) => {
          const rows = rowsOf(lengths);
          const disk = new MemoryDisk("epoch");
          const tail = new Tail(200);
          const nothing = {
            streams: [],
            entries: [],
            marks: [],
            documents: [],
            settles: [],
            removals: [],
            forgotten: [],
          };
          await disk.write({ ...nothing, streams: [{ number: stream, name: "evt" }] });
          for (const row of rows) {
            await disk.write({ ...nothing, entries: [row] });
            tail.remember([row]);
          }
          await disk.write({ ...nothing, removals: [{ stream, through: forgotten }] });
          tail.forget({ stream, through: forgotten });
          const query = { stream, ...limits };
          const fromTail = tail.entries(query);
          if (fromTail !== undefined) expect(fromTail).toEqual(await disk.entries(query));
        },
      ),
    );
  });

  it("has the newest entries, and no more than twice its bytes", () => {
    const tail = new Tail(1_000);
    const rows = rowsOf(Array.from({ length: 500 }, () => 100));
    for (const row of rows) tail.remember([row]);
    const query = { stream, rowsMax: 1_000, bytesMax: 1_000_000 };
    expect(tail.entries({ ...query, after: 499 })?.map(({ sequence }) => sequence)).toEqual([500]);
    expect(tail.entries({ ...query, after: 478 })).toBeUndefined();
    expect(tail.entries({ ...query, after: 490 })).toHaveLength(10);
  });
});
