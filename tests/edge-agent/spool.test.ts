import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { messagesInFlightMax, readingStream, resendAfterMs } from "../../edge-agent/spool-sender.ts";
import { SpoolSink } from "../../edge-agent/spool-sink.ts";
import { ReadingMarks } from "../../gateway/marks.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import type { Outbox } from "../../outbox/outbox.ts";
import type { MessageLink } from "../../protocols/message-link.ts";
import { type Reading, readingBatchSchema } from "../../protocols/readings.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker } from "../../simulators/network/simulated-broker.ts";
import { readingOf, scanOf, sequencesOf, upTo } from "./readings.ts";

const log = pino({ level: "silent" });

interface Receiver {
  readonly messages: (readonly Reading[])[];
  /** What a gateway would keep: nothing at or below the highest that it has. */
  readonly kept: Reading[];
}

async function receiver(broker: SimulatedBroker): Promise<Receiver> {
  const messages: (readonly Reading[])[] = [];
  const kept: Reading[] = [];
  await broker.connect().subscribe(["local/v1/agent1/reading"], ({ payload }) => {
    const batch = readingBatchSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
    messages.push(batch);
    for (const reading of batch) if (reading.sequence > (kept.at(-1)?.sequence ?? 0)) kept.push(reading);
  });
  return { messages, kept };
}

async function spool(disk = new MemoryDisk("spool-epoch"), rowsMax = 100_000) {
  const clock = new ManualClock();
  const outbox = await openMemoryOutbox({ clock, disk, limits: { rowsMax } });
  const broker = new SimulatedBroker();
  const link = broker.connect();
  const heard = await receiver(broker);
  const sink = new SpoolSink({ agent: "agent1", outbox, link, clock, log });
  return { clock, disk, outbox, broker, link, sink, heard };
}

/** A link whose messages are answered by hand. */
class HandLink implements MessageLink {
  up = true;
  readonly published: { readonly last: number; settle(isTaken: boolean): void }[] = [];
  #onUp: (() => void) | undefined;

  publish(_topic: string, payload: string | Uint8Array): Promise<void> {
    const readings = readingBatchSchema.parse(JSON.parse(String(payload)));
    return new Promise((resolve, reject) => {
      this.published.push({
        last: readings.at(-1)?.sequence ?? 0,
        settle: (isTaken) => (isTaken ? resolve() : reject(new Error("refused"))),
      });
    });
  }

  subscribe(): Promise<void> {
    return Promise.resolve();
  }

  onUp(listener: () => void): () => void {
    this.#onUp = listener;
    listener();
    return () => {};
  }

  onDown(): () => void {
    return () => {};
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  restore(): void {
    this.up = true;
    this.#onUp?.();
  }
}

async function handSpool() {
  const clock = new ManualClock();
  const outbox = await openMemoryOutbox({ clock, disk: new MemoryDisk("spool-epoch") });
  const link = new HandLink();
  const sink = new SpoolSink({ agent: "agent1", outbox, link, clock, log });
  return { clock, outbox, link, sink };
}

/** Long enough that a message of 128 KiB holds only some of them. */
const longReading = (sequence: number): Reading => readingOf(sequence, scanOf("x".repeat(8_000)));

const settledOf = (outbox: Outbox): number => outbox.position(readingStream).settled;

describe("the spool", () => {
  it("takes readings onto its disk, renumbers them, and sends them at once", async () => {
    const { clock, outbox, sink, heard } = await spool();
    await sink.accept([readingOf(41), readingOf(44)]);
    await clock.turn(0);
    const [message] = heard.messages;
    expect(message?.map(({ id, epoch, sequence }) => [id, epoch, sequence])).toEqual([
      [readingOf(41).id, "epoch1", 1],
      [readingOf(44).id, "epoch1", 2],
    ]);
    expect(message?.[0]?.at).toEqual(readingOf(41).at);
    expect([settledOf(outbox), sink.backlog]).toEqual([2, 0]);
  });

  it("does not spool a batch twice that is offered twice", async () => {
    const { clock, sink, heard } = await spool();
    await sink.accept([readingOf(1), readingOf(2)]);
    await sink.accept([readingOf(1), readingOf(2)]);
    await sink.accept([readingOf(2), readingOf(3)]);
    await clock.turn(0);
    expect(heard.kept.map(({ id }) => id)).toEqual([1, 2, 3].map((sequence) => readingOf(sequence).id));
    expect(sequencesOf(heard.messages.flat())).toEqual([1, 2, 3]);
  });

  it("refuses what its disk refuses, and takes it when it is offered again", async () => {
    const { clock, disk, sink, heard } = await spool();
    disk.failNextWrite = new Error("no space left on device");
    await expect(sink.accept([readingOf(1)])).rejects.toThrow("no space left");
    await clock.turn(1_000);
    await sink.accept([readingOf(1)]);
    await clock.turn(0);
    expect(sequencesOf(heard.kept)).toEqual([1]);
  });

  it("refuses readings when it is full, and takes them again when the broker has emptied it", async () => {
    const { clock, link, sink, heard } = await spool(new MemoryDisk("spool-epoch"), 10);
    link.cut("cable");
    await sink.accept(upTo(10).map((sequence) => readingOf(sequence)));
    await expect(sink.accept([readingOf(11)])).rejects.toMatchObject({ code: "outbox-full" });
    expect(sink.backlog).toBe(10);
    link.restore();
    await clock.turn(0);
    await sink.accept([readingOf(11)]);
    await clock.turn(0);
    expect(sequencesOf(heard.kept)).toEqual(upTo(11));
  });

  it("sends after a new start what was not acknowledged before it, under the same numbers", async () => {
    const first = await spool();
    first.broker.swallowAcknowledgements = true;
    await first.sink.accept([readingOf(1), readingOf(2)]);
    await first.clock.turn(0);
    expect(first.heard.messages).toHaveLength(1);
    await first.sink.close();

    const second = await spool(first.disk);
    await second.sink.accept([{ ...readingOf(1), epoch: "epoch2" }]);
    await second.clock.turn(0);
    expect(sequencesOf(second.heard.kept)).toEqual([1, 2, 3]);
    expect(second.heard.kept.map(({ epoch }) => epoch)).toEqual(["epoch1", "epoch1", "epoch2"]);
    expect(settledOf(second.outbox)).toBe(3);
  });

  it("gives no place twice where a card forgot its last writes, or an old image of it was put back", async () => {
    const taken = new ReadingMarks(new Set(["agent1"]));
    const isNew: boolean[] = [];
    for (const epoch of ["epoch1", "epoch2"]) {
      const { clock, sink, heard } = await spool(new MemoryDisk("spool-epoch"));
      await sink.accept([{ ...readingOf(1), epoch }]);
      await clock.turn(0);
      isNew.push(...heard.kept.map((reading) => taken.advance(reading)));
    }
    expect(isNew).toEqual([true, true]);
  });

  it("keeps several messages on their way, within the limits of each", async () => {
    const { clock, outbox, link, sink } = await handSpool();
    await sink.accept(upTo(1_000).map((sequence) => readingOf(sequence)));
    await clock.turn(0);
    expect(link.published.map(({ last }) => last)).toEqual([256, 512, 768, 1_000]);
    link.published[1]?.settle(true);
    await clock.turn(0);
    expect(settledOf(outbox)).toBe(0);
    link.published[0]?.settle(true);
    await clock.turn(0);
    expect(settledOf(outbox)).toBe(512);
    await sink.accept(upTo(1_400, 1_001).map(longReading));
    for (let turns = 0; turns < 10; turns += 1) await clock.turn(0);
    expect(link.published.length).toBe(2 + messagesInFlightMax);
    expect(link.published[4]?.last).toBe(1_015);
  });

  it("after a refusal waits for all answers, then goes back to the first that was refused", async () => {
    const { clock, outbox, link, sink } = await handSpool();
    await sink.accept(upTo(1_000).map((sequence) => readingOf(sequence)));
    await clock.turn(0);
    const [first, second, third, fourth] = link.published;
    second?.settle(false);
    await clock.turn(resendAfterMs);
    expect(link.published).toHaveLength(4);
    first?.settle(true);
    third?.settle(true);
    fourth?.settle(true);
    await clock.turn(0);
    expect(settledOf(outbox)).toBe(256);
    await sink.accept([readingOf(1_001)]);
    await clock.turn(resendAfterMs - 1);
    expect(link.published).toHaveLength(4);
    await clock.turn(1);
    expect(link.published.slice(4).map(({ last }) => last)).toEqual([512, 768, 1_001]);
  });

  it("does not wait where the link falls and comes back", async () => {
    const { clock, link, sink } = await handSpool();
    await sink.accept([readingOf(1)]);
    await clock.turn(0);
    link.up = false;
    link.published[0]?.settle(false);
    await clock.turn(10);
    link.restore();
    await clock.turn(0);
    expect(link.published.map(({ last }) => last)).toEqual([1, 1]);
  });

  it("lets nothing overtake a message that the fallen link has not answered yet", async () => {
    const { clock, link, sink } = await handSpool();
    await sink.accept(upTo(512).map((sequence) => readingOf(sequence)));
    await clock.turn(0);
    link.published[0]?.settle(false);
    await clock.turn(0);
    link.restore();
    await clock.turn(resendAfterMs);
    expect(link.published.map(({ last }) => last)).toEqual([256, 512]);
    link.published[1]?.settle(false);
    await clock.turn(resendAfterMs);
    expect(link.published.map(({ last }) => last)).toEqual([256, 512, 256, 512]);
  });

  it("brings every reading over once and in order, however often the link falls", async () => {
    const step = fc.record({
      puts: fc.integer({ min: 0, max: 600 }),
      fate: fc.constantFrom<"calm" | "cut" | "restart" | "swallow">("calm", "cut", "restart", "swallow"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { clock, outbox, broker, link, sink, heard } = await spool();
        let sequence = 0;
        for (const { puts, fate } of steps) {
          broker.swallowAcknowledgements = fate === "swallow";
          const batch = upTo(sequence + puts, sequence + 1).map((each) => readingOf(each));
          sequence += puts;
          const accepted = sink.accept(batch);
          if (fate === "cut") link.cut("cable");
          await accepted;
          await clock.turn(fate === "calm" ? 0 : 500);
          if (fate === "restart" || fate === "swallow") broker.restart({ forget: true });
          link.restore();
        }
        broker.swallowAcknowledgements = false;
        broker.restart({ forget: false });
        for (let turns = 0; turns < 100 && settledOf(outbox) < sequence; turns += 1) await clock.turn(100);
        expect(sequencesOf(heard.kept)).toEqual(upTo(sequence));
        expect(heard.kept.map(({ id }) => id)).toEqual(upTo(sequence).map((each) => readingOf(each).id));
        expect(settledOf(outbox)).toBe(sequence);
      }),
      { numRuns: 40 },
    );
  });
});
