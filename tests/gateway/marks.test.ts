import { describe, expect, test } from "vitest";
import { epochsPerAgentMax, ReadingMarks, strangeAgentsMax } from "../../gateway/marks.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { pressed, readingsOf } from "./store.ts";

const readingOf = (agent: string, epoch: string) =>
  readingsOf(agent, epoch)({ device: "kiosk1", readPoint: "kiosk", observation: pressed("a") });

describe("what was taken from an agent", () => {
  const outboxOn = (disk: MemoryDisk) => openMemoryOutbox({ clock: new ManualClock(), disk });

  test("is remembered for so many epochs, in memory and on disk, and the one that was silent longest goes", async () => {
    const disk = new MemoryDisk("e");
    const outbox = await outboxOn(disk);
    const marks = new ReadingMarks(new Set(["agent1"]));
    const first = readingOf("agent1", "epoch0");
    for (let epoch = 0; epoch < epochsPerAgentMax; epoch += 1)
      expect(marks.advance(readingOf("agent1", `epoch${epoch}`))).toBe(true);
    await outbox.commit({ marks: marks.takeAdvanced(), forgottenMarks: marks.takeForgotten() });
    expect(marks.advance({ ...first, sequence: 2 })).toBe(true);
    expect(marks.advance(readingOf("agent1", "one more"))).toBe(true);
    expect(marks.advance(first)).toBe(false);
    const forgotten = marks.takeForgotten();
    expect(forgotten).toEqual([{ source: "agent1", epoch: "epoch1" }]);
    await outbox.commit({ marks: marks.takeAdvanced(), forgottenMarks: forgotten });
    const stored = await (await outboxOn(disk)).marks();
    expect(stored).toHaveLength(epochsPerAgentMax);
    expect(stored.filter(({ epoch }) => ["epoch0", "epoch1"].includes(epoch))).toEqual([
      { source: "agent1", epoch: "epoch0", sequence: 2 },
    ]);
  });

  test("is remembered for so many agents that nobody configured, and always for those that are", () => {
    const marks = new ReadingMarks(new Set(["agent1"]));
    const configured = readingOf("agent1", "e");
    marks.advance(configured);
    for (let agent = 0; agent < strangeAgentsMax; agent += 1)
      marks.advance(readingOf(`invented${agent}`, "e"));
    expect(marks.takeForgotten()).toEqual([]);
    marks.advance({ ...readingOf("invented0", "e"), sequence: 2 });
    marks.advance(readingOf("one more", "e"));
    expect(marks.takeForgotten()).toEqual([{ source: "invented1", epoch: "e" }]);
    expect(marks.advance(configured)).toBe(false);
    expect(marks.advance(readingOf("invented0", "e"))).toBe(false);
    // It had to be forgotten, so it is taken once more; and what comes back need not go from the disk.
    expect(marks.advance(readingOf("invented1", "e"))).toBe(true);
    expect(marks.takeForgotten().map(({ source }) => source)).toEqual(["invented2"]);
  });

  test("goes from the disk too where an earlier version kept more", async () => {
    const disk = new MemoryDisk("e");
    const outbox = await outboxOn(disk);
    const before = Array.from({ length: epochsPerAgentMax + 3 }, (_, epoch) => ({
      source: "agent1",
      epoch: `epoch${epoch}`,
      sequence: 7,
    }));
    await outbox.commit({ marks: before });
    const marks = new ReadingMarks(new Set(["agent1"]));
    await marks.restore(outbox);
    expect(marks.takeForgotten()).toHaveLength(3);
    expect(marks.takeAdvanced()).toEqual([]);
  });
});
