import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GroupWriter } from "../../outbox/group-writer.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { entry } from "./contract.ts";

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("commit" as const), entries: fc.integer({ min: 0, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "fail" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "settle" as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: "wait" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "power-cut" as const }) },
);

describe("group commit", () => {
  it("has on disk what was fulfilled, in order, without a hole, whatever fails", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new ManualClock();
        const disk = new MemoryDisk("e");
        let outbox = await openMemoryOutbox({ clock, disk });
        const fulfilled: string[] = [];
        let commits = 0;
        for (const { kind, ...rest } of steps) {
          if (kind === "commit") {
            commits += 1;
            const texts = Array.from(
              { length: "entries" in rest ? rest.entries : 0 },
              (_, part) => `${commits}/${part}`,
            );
            const entries = texts.map((text) => entry("evt", text));
            outbox.commit({ entries }).then(
              () => fulfilled.push(...texts),
              () => {},
            );
          } else if (kind === "fail") disk.failNextWrite = new Error("full");
          else if (kind === "settle") outbox.settle("evt", outbox.position("evt").last).catch(() => {});
          else if (kind === "wait") await clock.turn(0);
          else outbox = await cutAndReopen();
        }
        disk.failNextWrite = undefined;
        await clock.turn(0);
        const stored = await outbox.nextBatch("evt", 0, { rowsMax: 1_000, bytesMax: 1_000_000 });
        expect(stored.map(({ sequence }) => sequence)).toEqual(stored.map((_, index) => index + 1));
        expect(stored.map(({ body }) => body)).toEqual(
          fulfilled.map((text, index) => `${text} ${index + 1}`),
        );

        async function cutAndReopen() {
          await clock.turn(0);
          return openMemoryOutbox({ clock, disk });
        }
      }),
      { numRuns: 300 },
    );
  });

  it("puts what is called while a transaction runs into the next one", async () => {
    const groups: number[][] = [];
    let release: () => void = () => {};
    const actions = {
      write: (items: readonly number[]) => {
        groups.push([...items]);
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      },
      undo: () => {},
    };
    const writer = new GroupWriter<number>(actions, new ManualClock());
    const done = [writer.add(1, 10), writer.add(2, 10)];
    await Promise.resolve();
    await Promise.resolve();
    done.push(writer.add(3, 10), writer.add(4, 4_194_304), writer.add(5, 10));
    expect(groups).toEqual([[1, 2]]);
    expect(writer.waitingBytes).toBe(4_194_324);
    while (groups.length < 4) {
      release();
      await new Promise((resolve) => setImmediate(resolve));
      if (groups.flat().length === 5) break;
    }
    release();
    await Promise.all(done);
    await writer.idle();
    // Three and four together would be more than a group may hold.
    expect(groups).toEqual([[1, 2], [3], [4], [5]]);
    expect(writer.waitingBytes).toBe(0);
  });
});
