import { describe, expect, it } from "vitest";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import type { GroupWrite, StoredStream } from "../../outbox/storage.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { entry } from "./contract.ts";

/** A disk that shows one moment of a real one which a disk in memory is too quick for. */
class MoodyDisk extends MemoryDisk {
  failNextLook: Error | undefined;
  /** What is written can be read at once, but the writer learns of it only after this. */
  writerHears: Promise<void> = Promise.resolve();

  override async write(group: GroupWrite): Promise<void> {
    await super.write(group);
    await this.writerHears;
  }

  override streams(): Promise<readonly StoredStream[]> {
    const error = this.failNextLook;
    this.failNextLook = undefined;
    return error === undefined ? super.streams() : Promise.reject(error);
  }
}

const limits = { rowsMax: 100, bytesMax: 1_000_000 };

describe("an outbox on a moody disk", () => {
  it("fulfils what is on disk, even if the look at it afterwards fails", async () => {
    const disk = new MoodyDisk("e");
    const outbox = await openMemoryOutbox({ clock: new ManualClock(), disk });
    await outbox.commit({ entries: [entry("evt", "one")] });
    disk.failNextLook = new Error("could not be read by the disk");
    const settled = outbox.settle("evt", 1);
    const committed = outbox.commit({ entries: [entry("evt", "two")] });
    await expect(Promise.all([settled, committed])).resolves.toBeDefined();
    await outbox.settle("evt", 2);
    expect(outbox.position("evt")).toEqual({ last: 2, settled: 2 });
  });

  it("hands out nothing that its writer has not heard of: the other side would know more than we do", async () => {
    const disk = new MoodyDisk("e");
    const outbox = await openMemoryOutbox({ clock: new ManualClock(), disk, limits: { tailBytesMax: 0 } });
    await outbox.commit({ entries: [entry("evt", "one")] });
    let hear: () => void = () => {};
    disk.writerHears = new Promise((resolve) => {
      hear = resolve;
    });
    const committed = outbox.commit({ entries: [entry("evt", "two")] });
    await new Promise((resolve) => setImmediate(resolve));
    const sequences = (await outbox.nextBatch("evt", 0, limits)).map(({ sequence }) => sequence);
    hear();
    await committed;
    expect(sequences).toEqual([1]);
  });

  it("numbers a new stream apart from all others, also where an earlier one never reached the disk", async () => {
    const clock = new ManualClock();
    const disk = new MoodyDisk("e");
    const first = await openMemoryOutbox({ clock, disk });
    disk.failNextWrite = new Error("full");
    await expect(first.commit({ entries: [entry("tel", "lost")] })).rejects.toThrow("full");
    await first.commit({ entries: [entry("evt", "kept")] });
    await first.close();
    const second = await openMemoryOutbox({ clock, disk });
    await second.commit({ entries: [entry("tel", "new")] });
    const bodies = async (stream: string) =>
      (await second.nextBatch(stream, 0, limits)).map(({ body }) => body);
    expect([await bodies("evt"), await bodies("tel")]).toEqual([["kept 1"], ["new 1"]]);
  });
});
