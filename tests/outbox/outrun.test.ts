import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { envelopes } from "../../gateway/envelope.ts";
import { outrunNote } from "../../outbox/outbox.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { temporaryFolder } from "./sqlite-bench.ts";

const limits = { rowsMax: 100, bytesMax: 1_000_000 };

/** Texts that look like a place, to be left alone. */
const draftOf = (boot: string): EventDraft => ({
  type: "storewire.gateway.started",
  subject: boot,
  origin: "gateway",
  timeMs: 0,
  clock: "synced",
  data: { boot, version: `"epoch":"x","sequence":"3"`, store: "existing" },
});

describe("an outbox that was outrun", () => {
  let folder: string;
  const clock = new ManualClock();
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function start(seed: number) {
    const random = seededRandom(seed);
    const { outbox, report } = await openSqliteOutbox({ path: join(folder, "outbox.db"), clock, random });
    const envelope = envelopes({
      name: { site: "store-0042", gateway: "gw1" },
      epoch: outbox.epoch,
      clock,
      random,
      boot: "boot1",
    });
    const tell = async (stream: string, boots: readonly string[]) =>
      outbox.commit({ entries: boots.map((boot) => ({ ...envelope(draftOf(boot)), stream })) });
    const told = async (stream: string) =>
      (await outbox.nextBatch(stream, 0, limits)).map(({ sequence, body }) => {
        const event = JSON.parse(body) as Record<string, unknown>;
        return [sequence, event["sequence"], event["epoch"] === outbox.epoch, event["subject"]];
      });
    return { outbox, report, tell, told };
  }

  it("takes along what a second reader does not have, and begins anew with it", async () => {
    const first = await start(1);
    await first.tell("evt", ["a", "b", "c", "d"]);
    await first.outbox.settle("evt", 3);
    await first.outbox.keepAfter("evt", 1);
    await first.outbox.commit({ documents: [outrunNote] });
    await first.outbox.close();

    const second = await start(2);
    expect(await second.told("evt")).toEqual([
      [1, "1", true, "b"],
      [2, "2", true, "c"],
      [3, "3", true, "d"],
    ]);
    expect(second.outbox.position("evt")).toEqual({ last: 3, settled: 0 });
    expect(second.outbox.keptAfter("evt")).toBe(0);
    await second.outbox.close();
  });

  it("numbers anew what is not settled, under a new epoch, and keeps everything else", async () => {
    const first = await start(1);
    await first.tell("evt", ["a", "b", "c", "d", "e"]);
    await first.tell("tel", ["t"]);
    await first.outbox.settle("evt", 2);
    await first.outbox.settle("tel", 1);
    const marks = [{ source: "agent1", epoch: "e", sequence: 9 }];
    await first.outbox.commit({
      marks,
      documents: [outrunNote, { collection: "queue", key: "tally", value: "7" }],
    });
    await first.outbox.close();

    const second = await start(2);
    expect(second.outbox.epoch).not.toBe(first.outbox.epoch);
    expect(second.report.outrunEpoch).toBe(first.outbox.epoch);
    expect(await second.told("evt")).toEqual([
      [1, "1", true, "c"],
      [2, "2", true, "d"],
      [3, "3", true, "e"],
    ]);
    expect([second.outbox.position("evt"), second.outbox.position("tel")]).toEqual([
      { last: 3, settled: 0 },
      { last: 0, settled: 0 },
    ]);
    expect(await second.outbox.marks()).toEqual(marks);
    expect(await second.outbox.documents("queue")).toEqual(new Map([["tally", "7"]]));
    const [evt] = second.outbox.statistics().streams;
    const bodies = await second.outbox.nextBatch("evt", 0, limits);
    expect(evt?.backlogBytes).toBe(bodies.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0));
    await second.tell("evt", ["f"]);
    await second.tell("tel", ["u"]);
    await second.outbox.settle("evt", 4);
    await second.outbox.close();

    const third = await start(3);
    expect(third.outbox.epoch).toBe(second.outbox.epoch);
    expect(third.report.outrunEpoch).toBeUndefined();
    expect(await third.told("tel")).toEqual([[1, "1", true, "u"]]);
    await third.outbox.close();
  });
});
