import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GroupedOutbox } from "../../outbox/grouped-outbox.ts";
import type { OutboxLimits } from "../../outbox/limits.ts";
import type { Entry, Loss, Outbox } from "../../outbox/outbox.ts";
import type { ManualClock } from "../../simulators/manual-clock.ts";

/** A place to keep things on which outboxes are opened one after the other. */
export interface Bench {
  /** Opens what the last one left behind, as after a power cut. */
  open(limits?: Partial<OutboxLimits>, describeLoss?: (loss: Loss) => Entry): Promise<GroupedOutbox>;
  /** The next write that holds an entry of category `poison` fails. */
  failNextWrite(): Promise<void>;
  remove(): Promise<void>;
  readonly clock: ManualClock;
}

export const entry = (stream: string, text: string, category = "return"): Entry => ({
  stream,
  category,
  body: (sequence) => `${text} ${sequence}`,
});
const plenty = { rowsMax: 1_000, bytesMax: 1_000_000 };
const bodies = async (outbox: Outbox, stream: string, after = 0): Promise<string[]> =>
  (await outbox.nextBatch(stream, after, plenty)).map(({ body }) => body);

/** What every outbox does, whatever it keeps its things on. */
export function outboxContract(name: string, makeBench: () => Promise<Bench>): void {
  describe(`outbox on ${name}`, () => {
    let bench: Bench;
    let outbox: GroupedOutbox;
    beforeEach(async () => {
      bench = await makeBench();
      outbox = await bench.open();
    });
    afterEach(async () => {
      await bench.remove();
    });

    it("numbers each stream from 1 in the order of the calls and tells the body its number", async () => {
      await Promise.all([
        outbox.commit({ entries: [entry("evt", "a"), entry("tel", "b", "device"), entry("evt", "c")] }),
        outbox.commit({ entries: [entry("evt", "d", "queue")] }),
      ]);
      expect(await outbox.nextBatch("evt", 0, plenty)).toEqual([
        { sequence: 1, category: "return", body: "a 1" },
        { sequence: 2, category: "return", body: "c 2" },
        { sequence: 3, category: "queue", body: "d 3" },
      ]);
      expect(await bodies(outbox, "tel")).toEqual(["b 1"]);
      expect(outbox.position("evt")).toEqual({ last: 3, settled: 0 });
      expect(outbox.position("unheard")).toEqual({ last: 0, settled: 0 });
      expect(await outbox.nextBatch("unheard", 0, plenty)).toEqual([]);
    });

    it("hands out what fits, at least one entry, after any place", async () => {
      await outbox.commit({ entries: ["aa", "bb", "cc", "dd"].map((text) => entry("evt", text)) });
      const batch = async (after: number, rowsMax: number, bytesMax: number): Promise<number[]> =>
        (await outbox.nextBatch("evt", after, { rowsMax, bytesMax })).map(({ sequence }) => sequence);
      expect(await batch(0, 3, 1_000)).toEqual([1, 2, 3]);
      expect(await batch(0, 100, 8)).toEqual([1, 2]);
      expect(await batch(1, 100, 9)).toEqual([2, 3]);
      expect(await batch(2, 100, 1)).toEqual([3]);
      expect(await batch(4, 100, 1_000)).toEqual([]);
    });

    it("keeps any text: quotes, breaks, NUL, Chinese, emoji", async () => {
      const text = `'" \\ \n \u0000 退货 🧾 {"a":[1]}`;
      await outbox.commit({
        entries: [entry("evt", text)],
        documents: [{ collection: "cases", key: text, value: text }],
        marks: [{ source: text, epoch: "é", sequence: 2 ** 45 }],
      });
      expect(await bodies(outbox, "evt")).toEqual([`${text} 1`]);
      expect(await outbox.documents("cases")).toEqual(new Map([[text, text]]));
      expect(await outbox.marks()).toEqual([{ source: text, epoch: "é", sequence: 2 ** 45 }]);
    });

    it("writes documents and marks with the entries; of several writes the last counts, marks only rise", async () => {
      const write = (key: string, value: string | undefined) => ({ collection: "cases", key, value });
      await outbox.commit({ documents: [write("a", "1"), write("b", "1"), write("c", "1")] });
      await Promise.all([
        outbox.commit({
          documents: [write("a", "2"), write("b", undefined)],
          marks: [{ source: "agent1", epoch: "e", sequence: 7 }],
        }),
        outbox.commit({
          documents: [write("a", "3")],
          marks: [{ source: "agent1", epoch: "e", sequence: 5 }],
        }),
        outbox.commit({ documents: [write("c", undefined), write("c", "9")] }),
      ]);
      await outbox.commit({ marks: [{ source: "agent1", epoch: "e", sequence: 6 }] });
      expect(await outbox.documents("cases")).toEqual(
        new Map([
          ["a", "3"],
          ["c", "9"],
        ]),
      );
      expect(await outbox.documents("tickets")).toEqual(new Map());
      expect(await outbox.marks()).toEqual([{ source: "agent1", epoch: "e", sequence: 7 }]);
    });

    it("hands out marks in the order of their last moves, and forgets those that it is told to", async () => {
      const mark = (epoch: string, sequence: number) => ({ source: "agent1", epoch, sequence });
      for (const epoch of ["c", "a", "b"]) await outbox.commit({ marks: [mark(epoch, 1)] });
      await outbox.commit({ marks: [mark("c", 2), mark("a", 1)] });
      const epochs = async (): Promise<string[]> => (await outbox.marks()).map(({ epoch }) => epoch);
      expect(await epochs()).toEqual(["a", "b", "c"]);
      await outbox.commit({ marks: [mark("d", 1)], forgottenMarks: [{ source: "agent1", epoch: "b" }] });
      expect(await epochs()).toEqual(["a", "c", "d"]);
      outbox = await bench.open();
      expect(await epochs()).toEqual(["a", "c", "d"]);
      await outbox.commit({ marks: [mark("a", 2)] });
      expect(await epochs()).toEqual(["c", "d", "a"]);
    });

    it("settles upwards only, keeps what is settled, and says how much waits", async () => {
      await outbox.commit({ entries: ["a", "b", "c"].map((text) => entry("evt", text)) });
      await outbox.settle("evt", 2);
      await outbox.settle("evt", 1);
      await outbox.settle("unheard", 0);
      expect(outbox.position("evt")).toEqual({ last: 3, settled: 2 });
      expect(await bodies(outbox, "evt")).toEqual(["a 1", "b 2", "c 3"]);
      expect(outbox.statistics().streams).toEqual([
        { stream: "evt", backlogRows: 1, backlogBytes: 3, keptRows: 2 },
      ]);
      await expect(outbox.settle("evt", 4)).rejects.toThrow("its last entry is 3");
      expect(outbox.position("evt")).toEqual({ last: 3, settled: 2 });
    });

    it("settles upwards only while an earlier settle is on its way", async () => {
      await outbox.commit({ entries: ["a", "b", "c"].map((text) => entry("evt", text)) });
      const higher = outbox.settle("evt", 3);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.all([higher, outbox.settle("evt", 1)]);
      expect(outbox.position("evt")).toEqual({ last: 3, settled: 3 });
    });

    it("goes on where it was after a power cut", async () => {
      await outbox.commit({ entries: [entry("evt", "a"), entry("tel", "t"), entry("evt", "b")] });
      await outbox.commit({ documents: [{ collection: "cases", key: "k", value: "v" }] });
      await outbox.settle("evt", 1);
      const { epoch } = outbox;
      outbox = await bench.open();
      expect(outbox.epoch).toBe(epoch);
      expect(outbox.position("evt")).toEqual({ last: 2, settled: 1 });
      await outbox.commit({ entries: [entry("evt", "c"), entry("new", "n")] });
      expect(await bodies(outbox, "evt")).toEqual(["a 1", "b 2", "c 3"]);
      expect(await bodies(outbox, "new")).toEqual(["n 1"]);
      expect(await outbox.documents("cases")).toEqual(new Map([["k", "v"]]));
      expect(outbox.statistics().streams).toContainEqual({
        stream: "evt",
        backlogRows: 2,
        backlogBytes: 6,
        keptRows: 1,
      });
    });

    it("rejects a failed commit and everything behind it, and leaves no hole", async () => {
      await outbox.commit({ entries: [entry("evt", "a")] });
      await bench.failNextWrite();
      const failing = outbox.commit({
        entries: [entry("evt", "lost", "poison"), entry("fresh", "lost")],
        marks: [{ source: "s", epoch: "e", sequence: 1 }],
        documents: [{ collection: "c", key: "k", value: "v" }],
      });
      // By now the failing transaction runs, so these wait behind it.
      await Promise.resolve();
      await Promise.resolve();
      const behind = [outbox.commit({ entries: [entry("evt", "behind")] }), outbox.settle("evt", 1)];
      const outcomes = await Promise.allSettled([failing, ...behind]);
      expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
      expect(outbox.position("evt")).toEqual({ last: 1, settled: 0 });
      await outbox.commit({ entries: [entry("evt", "b"), entry("fresh", "f")] });
      expect(await bodies(outbox, "evt")).toEqual(["a 1", "b 2"]);
      expect(await bodies(outbox, "fresh")).toEqual(["f 1"]);
      expect(await outbox.marks()).toEqual([]);
      expect(await outbox.documents("c")).toEqual(new Map());
    });

    it("gives nothing out when a body throws", async () => {
      const broken: Entry = {
        stream: "evt",
        category: "return",
        body: () => {
          throw new Error("no body");
        },
      };
      await expect(outbox.commit({ entries: [entry("evt", "lost"), broken] })).rejects.toThrow("no body");
      await outbox.commit({ entries: [entry("evt", "a")] });
      expect(await bodies(outbox, "evt")).toEqual(["a 1"]);
    });

    it("refuses what a full stream may not lose, and takes it again after the settle", async () => {
      outbox = await bench.open({ rowsMax: 2 });
      await outbox.commit({ entries: [entry("evt", "a"), entry("evt", "b")] });
      await expect(outbox.commit({ entries: [entry("evt", "c")] })).rejects.toMatchObject({
        code: "outbox-full",
      });
      await outbox.commit({ marks: [{ source: "s", epoch: "e", sequence: 1 }] });
      await outbox.settle("evt", 1);
      await outbox.commit({ entries: [entry("evt", "c")] });
      expect(await bodies(outbox, "evt")).toEqual(["a 1", "b 2", "c 3"]);
    });

    it("refuses by bytes as well, also after a restart", async () => {
      outbox = await bench.open({ bytesMax: 6 });
      await outbox.commit({ entries: [entry("evt", "a"), entry("evt", "退")] });
      outbox = await bench.open({ bytesMax: 8 });
      await expect(outbox.commit({ entries: [entry("evt", "c")] })).rejects.toThrow("nobody has confirmed");
      await outbox.settle("evt", 1);
      await outbox.commit({ entries: [entry("evt", "c")] });
      expect(await bodies(outbox, "evt")).toEqual(["a 1", "退 2", "c 3"]);
    });

    it("lets a droppable stream lose its oldest and tells of it in the same transaction", async () => {
      const limits = { droppable: { tel: { rowsMax: 32, bytesMax: 1_000_000 } } };
      outbox = await bench.open(limits, ({ stream, from, to }) => entry("evt", `${stream} ${from}-${to}`));
      await outbox.commit({ entries: Array.from({ length: 32 }, () => entry("tel", "t", "device")) });
      expect(outbox.position("tel")).toEqual({ last: 32, settled: 0 });
      await outbox.commit({ entries: [entry("tel", "t", "device")] });
      expect(outbox.position("tel")).toEqual({ last: 33, settled: 2 });
      await outbox.commit({ entries: Array.from({ length: 40 }, () => entry("tel", "t", "device")) });
      expect(outbox.position("tel")).toEqual({ last: 73, settled: 41 });
      expect(await bodies(outbox, "evt")).toEqual(["tel 1-2 1", "tel 3-41 2"]);
    });

    it("lets a droppable stream lose by bytes", async () => {
      const limits = { droppable: { tel: { rowsMax: 1_000, bytesMax: 100 } } };
      outbox = await bench.open(limits, ({ from, to, reason }) => entry("evt", `${from}-${to} ${reason}`));
      await outbox.commit({ entries: Array.from({ length: 16 }, () => entry("tel", "tttttt")) });
      expect(await bodies(outbox, "evt")).toEqual(["1-1 more than 100 bytes waited 1"]);
      expect(outbox.statistics().streams).toContainEqual({
        stream: "tel",
        backlogRows: 15,
        backlogBytes: 127,
        keptRows: 1,
      });
    });

    it("never drops the only entry, however long it is", async () => {
      outbox = await bench.open({ droppable: { tel: { rowsMax: 10, bytesMax: 1 } } });
      await outbox.commit({ entries: [entry("tel", "longer than one byte")] });
      expect(outbox.position("tel")).toEqual({ last: 1, settled: 0 });
      await outbox.commit({ entries: [entry("tel", "another")] });
      expect(outbox.position("tel")).toEqual({ last: 2, settled: 1 });
    });

    it("forgets settled entries by age, never an unsettled one, and by no clock that cannot be believed", async () => {
      outbox = await bench.open({ keepConfirmedMs: 60_000 });
      await outbox.commit({ entries: ["a", "b"].map((text) => entry("evt", text)) });
      await bench.clock.turn(45_000);
      await outbox.commit({ entries: ["c", "d"].map((text) => entry("evt", text)) });
      await outbox.settle("evt", 2);
      bench.clock.clockQuality = "estimated";
      await bench.clock.turn(20_000);
      await outbox.forgetOld();
      expect(await bodies(outbox, "evt")).toEqual(["a 1", "b 2", "c 3", "d 4"]);
      bench.clock.clockQuality = "synced";
      await outbox.forgetOld();
      expect(await bodies(outbox, "evt")).toEqual(["c 3", "d 4"]);
    });

    it("forgets nothing by age because the clock jumped ahead, nor because it came back", async () => {
      const dayMs = 86_400_000;
      outbox = await bench.open({ keepConfirmedMs: 7 * dayMs });
      await outbox.commit({ entries: ["a", "b"].map((text) => entry("evt", text)) });
      await outbox.settle("evt", 1);
      for (const jumpMs of [400 * dayMs, -800 * dayMs, 400 * dayMs]) {
        bench.clock.wallOffsetMs += jumpMs;
        await outbox.forgetOld();
        expect(await bodies(outbox, "evt")).toEqual(["a 1", "b 2"]);
      }
      await bench.clock.turn(7 * dayMs);
      await outbox.forgetOld();
      expect(await bodies(outbox, "evt")).toEqual(["b 2"]);
    });

    it("forgets settled entries by bytes, keeps the newest, and numbers on after a restart", async () => {
      outbox = await bench.open({ keepConfirmedBytes: 0 });
      await outbox.commit({ entries: Array.from({ length: 2_500 }, () => entry("evt", "a")) });
      await outbox.settle("evt", 2_500);
      await outbox.forgetOld();
      expect(await bodies(outbox, "evt")).toEqual(["a 2500"]);
      outbox = await bench.open();
      expect(outbox.position("evt")).toEqual({ last: 2_500, settled: 2_500 });
      await outbox.commit({ entries: [entry("evt", "b")] });
      expect(await bodies(outbox, "evt", 2_500)).toEqual(["b 2501"]);
    });

    it("keeps what a second reader does not have yet, also after a restart, and lets go what it has", async () => {
      const limits = { keepConfirmedBytes: 0 };
      outbox = await bench.open(limits);
      await outbox.commit({ entries: ["a", "b", "c", "d"].map((text) => entry("evt", text)) });
      expect(outbox.keptAfter("evt")).toBeUndefined();
      await outbox.keepAfter("evt", 1);
      await outbox.settle("evt", 4);
      await outbox.forgetOld();
      expect(await bodies(outbox, "evt")).toEqual(["b 2", "c 3", "d 4"]);
      outbox = await bench.open(limits);
      expect(outbox.keptAfter("evt")).toBe(1);
      await outbox.forgetOld();
      expect(await bodies(outbox, "evt")).toEqual(["b 2", "c 3", "d 4"]);
      await outbox.keepAfter("evt", 2);
      await outbox.forgetOld();
      expect(await bodies(outbox, "evt")).toEqual(["c 3", "d 4"]);
      await outbox.keepAfter("evt", undefined);
      await outbox.forgetOld();
      expect(await bodies(outbox, "evt")).toEqual(["d 4"]);
      outbox = await bench.open(limits);
      expect(outbox.keptAfter("evt")).toBeUndefined();
    });

    it("keeps for a second reader what is settled, and nothing more for the first", async () => {
      outbox = await bench.open({ keepConfirmedBytes: 0 });
      await outbox.commit({ entries: ["a", "b", "c"].map((text) => entry("evt", text)) });
      await outbox.keepAfter("evt", 3);
      await outbox.settle("evt", 1);
      await outbox.forgetOld();
      expect(await bodies(outbox, "evt")).toEqual(["b 2", "c 3"]);
    });

    it("keeps no more for a second reader than its bytes, and nothing when room is low", async () => {
      outbox = await bench.open({ keepConfirmedBytes: 0, secondReaderBytesMax: 20_000 });
      const texts = Array.from({ length: 6_000 }, () => entry("evt", "aaaaa"));
      await outbox.commit({ entries: texts });
      await outbox.keepAfter("evt", 0);
      await outbox.settle("evt", 6_000);
      await outbox.forgetOld();
      const first = await outbox.nextBatch("evt", 0, { rowsMax: 1, bytesMax: 1 });
      // In steps of 1,024 entries, so up to one step more than the bound.
      expect(first[0]?.sequence).toBe(3 * 1_024 + 1);
      await outbox.setRoom("low");
      expect(await bodies(outbox, "evt")).toEqual(["aaaaa 6000"]);
    });

    it("writes what waits when it is closed, and takes nothing afterwards", async () => {
      const waiting = outbox.commit({ entries: [entry("evt", "a")] });
      await outbox.close();
      await waiting;
      await expect(outbox.commit({ entries: [entry("evt", "b")] })).rejects.toThrow("closed");
      outbox = await bench.open();
      expect(await bodies(outbox, "evt")).toEqual(["a 1"]);
    });
  });
}
