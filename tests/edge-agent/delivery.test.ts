import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { Delivery, type DeliveryOptions, retryMsMax } from "../../edge-agent/delivery.ts";
import { seededRandom } from "../../protocols/random.ts";
import { type Reading, type ReadingSink, readingsPerMessageMax } from "../../protocols/readings.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { arrivedTag, presentTag, readingOf, sequencesOf, upTo } from "./readings.ts";

/** A sink that is told by the test what to do with each batch that it is offered. */
class ScriptedSink implements ReadingSink {
  readonly offered: (readonly number[])[] = [];
  readonly taken: Reading[] = [];
  #answer: ((taken: boolean) => void) | undefined;
  at = 0;

  accept(readings: readonly Reading[]): Promise<void> {
    if (this.#answer !== undefined) throw new Error("two batches at once");
    this.offered.push(sequencesOf(readings));
    return new Promise((resolve, reject) => {
      this.#answer = (taken) => {
        this.#answer = undefined;
        if (!taken) return reject(new Error("the disk is busy"));
        this.taken.push(...readings);
        resolve();
      };
    });
  }

  get isAsked(): boolean {
    return this.#answer !== undefined;
  }

  answer(taken: boolean): void {
    this.#answer?.(taken);
  }
}

function bench(options: Partial<DeliveryOptions> = {}) {
  const clock = new ManualClock();
  const sink = new ScriptedSink();
  const committed: Reading[] = [];
  const dropped: Reading[] = [];
  const delivery = new Delivery({
    sink,
    clock,
    random: seededRandom(1),
    log: pino({ level: "silent" }),
    onCommitted: (readings) => committed.push(...readings),
    onDropped: (reading) => dropped.push(reading),
    ...options,
  });
  return { clock, sink, delivery, committed, dropped };
}

describe("the delivery of readings", () => {
  it("offers what one turn brought together and at once, and gathers the rest meanwhile", async () => {
    const { clock, sink, delivery, committed } = bench();
    delivery.put(readingOf(1));
    delivery.put(readingOf(2));
    await Promise.resolve();
    expect(sink.offered).toEqual([[1, 2]]);
    for (const sequence of upTo(300, 3)) delivery.put(readingOf(sequence));
    sink.answer(true);
    await clock.turn(0);
    expect(sink.offered[1]).toEqual(upTo(2 + readingsPerMessageMax, 3));
    expect(sequencesOf(committed)).toEqual([1, 2]);
    sink.answer(true);
    await clock.turn(0);
    sink.answer(true);
    await clock.turn(0);
    expect(sequencesOf(committed)).toEqual(upTo(300));
    expect(delivery.waiting).toBe(0);
  });

  it("offers a refused batch again, as it was, before anything else", async () => {
    const { clock, sink, delivery, committed } = bench();
    delivery.put(readingOf(1));
    await clock.turn(0);
    delivery.put(readingOf(2));
    sink.answer(false);
    await clock.turn(0);
    expect(sink.offered).toEqual([[1]]);
    await clock.turn(200);
    expect(sink.offered).toEqual([[1], [1]]);
    sink.answer(true);
    await clock.turn(0);
    expect(sink.offered).toEqual([[1], [1], [2]]);
    expect(sequencesOf(committed)).toEqual([1]);
  });

  it("treats a sink that throws like one that refuses", async () => {
    let isBroken = true;
    const taken: Reading[] = [];
    const sink: ReadingSink = {
      accept: (readings) => {
        if (isBroken) throw new Error("no promise at all");
        taken.push(...readings);
        return Promise.resolve();
      },
    };
    const { clock, delivery } = bench({ sink });
    delivery.put(readingOf(1));
    await clock.turn(1_000);
    isBroken = false;
    await clock.turn(retryMsMax);
    expect(sequencesOf(taken)).toEqual([1]);
  });

  it("tries ever less often, but never less often than its longest wait", async () => {
    const { clock, sink, delivery } = bench();
    delivery.put(readingOf(1));
    const waits: number[] = [];
    let lastMs = 0;
    for (let atMs = 0; atMs < 120_000; atMs += 100) {
      await clock.turn(100);
      if (!sink.isAsked) continue;
      waits.push(clock.monotonicMs() - lastMs);
      lastMs = clock.monotonicMs();
      sink.answer(false);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(retryMsMax + 100);
    expect(waits.length).toBeGreaterThan(24);
    expect(waits.length).toBeLessThan(100);
  });

  it("keeps every reading and their order, however often the sink refuses", async () => {
    const step = fc.record({ puts: fc.integer({ min: 0, max: 400 }), isTaken: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const { clock, sink, delivery, committed, dropped } = bench();
        let sequence = 0;
        for (const { puts, isTaken } of steps) {
          for (let put = 0; put < puts; put += 1) {
            sequence += 1;
            delivery.put(readingOf(sequence, sequence % 3 === 0 ? presentTag : arrivedTag));
          }
          await clock.turn(700);
          sink.answer(isTaken);
        }
        while (delivery.waiting > 0) {
          await clock.turn(retryMsMax);
          sink.answer(true);
          await clock.turn(0);
        }
        expect(sequencesOf(committed)).toEqual(upTo(sequence));
        expect(sequencesOf(sink.taken)).toEqual(upTo(sequence));
        expect(dropped).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe("a full queue", () => {
  it("lets telemetry go first, oldest first, and what returns need last", async () => {
    const { clock, sink, delivery, dropped } = bench({ readingsWaitingMax: 6 });
    delivery.put(readingOf(1));
    await clock.turn(0);
    delivery.put(readingOf(2, arrivedTag));
    delivery.put(readingOf(3, presentTag));
    delivery.put(readingOf(4, { kind: "health", state: "ready", noiseBytes: 0, droppedReadings: 0 }));
    delivery.put(readingOf(5, { kind: "printer", online: true, paper: "ok", cover: "closed", error: false }));
    delivery.put(readingOf(6, { kind: "button", change: "pressed", button: "a" }));
    expect(dropped).toEqual([]);
    for (const sequence of [7, 8, 9]) delivery.put(readingOf(sequence));
    expect(sequencesOf(dropped)).toEqual([3, 4, 5]);
    delivery.put(readingOf(10, presentTag));
    expect(sequencesOf(dropped)).toEqual([3, 4, 5, 10]);
    delivery.put(readingOf(11));
    expect(sequencesOf(dropped)).toEqual([3, 4, 5, 10, 2]);
    sink.answer(true);
    await clock.turn(0);
    expect(sink.offered.at(-1)).toEqual([6, 7, 8, 9, 11]);
  });

  it("never holds more than its limit, and everything is either delivered or counted", async () => {
    const { clock, sink, delivery, committed, dropped } = bench({ readingsWaitingMax: 1_000 });
    for (const sequence of upTo(5_000)) {
      delivery.put(readingOf(sequence, sequence % 2 ? presentTag : arrivedTag));
      expect(delivery.waiting).toBeLessThanOrEqual(1_000);
      if (sequence % 500 === 0) await clock.turn(0);
      if (sequence % 1_500 === 0) sink.answer(true);
    }
    while (delivery.waiting > 0) {
      sink.answer(true);
      await clock.turn(0);
    }
    const all = [...sequencesOf(committed), ...sequencesOf(dropped)].sort((left, right) => left - right);
    expect(all).toEqual(upTo(5_000));
    const delivered = sequencesOf(committed);
    expect(delivered).toEqual([...delivered].sort((left, right) => left - right));
  });
});

describe("closing the delivery", () => {
  it("waits for the sink, and no longer than it was told", async () => {
    const { clock, sink, delivery, committed } = bench();
    delivery.put(readingOf(1));
    await clock.turn(0);
    let isClosed = false;
    const closing = delivery.close(3_000).then(() => (isClosed = true));
    await clock.turn(2_999);
    expect(isClosed).toBe(false);
    sink.answer(true);
    await clock.turn(0);
    expect(isClosed).toBe(true);
    await closing;
    expect(sequencesOf(committed)).toEqual([1]);

    const stuck = bench();
    stuck.delivery.put(readingOf(1));
    const giving = stuck.delivery.close(3_000);
    await stuck.clock.turn(3_000);
    await giving;
    stuck.delivery.put(readingOf(2));
    expect(stuck.delivery.waiting).toBe(1);
  });
});
