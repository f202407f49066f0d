import { expect, test } from "vitest";
import { type UplinkInput } from "../../gateway/uplink/inputs.ts";
import { uplinkPolicy } from "../../gateway/uplink/policy.ts";
import type { ReadyBatch, TimerName, UplinkEffect } from "../../gateway/uplink/state.ts";
import { emptyLedger, type Ledger, missing, noteHeld } from "../../hq/ledger.ts";
import { configurationSchema } from "../../protocols/config/configuration.ts";
import { batchEventsMax } from "../../protocols/events.ts";
import type { Stream } from "../../protocols/topics.ts";
import { siteConfiguration } from "../site.ts";

const limits = configurationSchema.parse(
  siteConfiguration({ directory: "/nowhere", headquartersUrl: "mqtt://nowhere" }),
).limits;

/** Two events a second for ten days. */
const missed = 2 * 86_400 * 10;
const livePerSecond = 2;
const watermarkEveryMs = 200;
/** From PUBLISH to PUBACK. */
const roundTripMs = 50;

/**
 * The policy on the default limits against an HQ that is a ledger, on a time line of its own; bodies are left out,
 * so that 1.7 million events take seconds.
 */
class TenDays {
  readonly #policy = uplinkPolicy({ confirm: "watermark", ...limits.uplink }, nowhere());
  #state = this.#policy.initial;
  readonly #due = new Map<string, { readonly atMs: number; readonly run: () => void }>();
  #order = 0;
  nowMs = 0;
  last = missed;
  settled = 0;
  holds: Readonly<Record<Stream, Ledger>> = { evt: ledgerOf("evt"), tel: ledgerOf("tel") };
  /** Of live events: from the disk to HQ. */
  liveDelayMsMax = 0;
  historicalEvents = 0;
  liveEvents = 0;
  doubled = 0;
  mostInOneSecond = 0;
  #second = { at: 0, events: 0 };
  readonly #storedMs = new Map<number, number>();

  start(): void {
    this.#feed({ kind: "stored", positions: this.#positions() });
    this.#feed({ kind: "up" });
    this.#after(1_000 / livePerSecond, () => this.#live());
    this.#after(watermarkEveryMs, () => this.#acknowledge());
  }

  /** Until HQ holds everything, and `moreMs` longer. */
  run(untilMs: number): void {
    while (this.nowMs < untilMs && this.holds.evt.contiguous < this.last) {
      const [key, task] = this.#next();
      this.#due.delete(key);
      this.nowMs = Math.max(this.nowMs, task.atMs);
      task.run();
    }
  }

  say(input: UplinkInput): void {
    this.#feed(input);
  }

  #next() {
    let earliest: [string, { readonly atMs: number; readonly run: () => void }] | undefined;
    for (const entry of this.#due)
      if (earliest === undefined || entry[1].atMs < earliest[1].atMs) earliest = entry;
    if (earliest === undefined) throw new Error("nothing happens any more");
    return earliest;
  }

  #after(delayMs: number, run: () => void, key = `once ${(this.#order += 1)}`): void {
    this.#due.set(key, { atMs: this.nowMs + delayMs, run });
  }

  #positions() {
    return { evt: { last: this.last, settled: this.settled }, tel: { last: 0, settled: 0 } };
  }

  #live(): void {
    this.last += 1;
    this.#storedMs.set(this.last, this.nowMs);
    this.#feed({ kind: "stored", positions: this.#positions() });
    this.#after(1_000 / livePerSecond, () => this.#live());
  }

  #acknowledge(): void {
    this.#feed({ kind: "watermark", through: { evt: this.holds.evt.contiguous, tel: 0 } });
    this.#after(watermarkEveryMs, () => this.#acknowledge());
  }

  #feed(input: UplinkInput): void {
    const { state, effects } = this.#policy.step(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: UplinkEffect): void {
    switch (effect.kind) {
      case "read":
        this.#after(1, () => this.#read(effect));
        return;
      case "publish":
        this.#after(roundTripMs / 2, () => this.#arrive(effect.ready));
        this.#after(roundTripMs, () =>
          this.#feed({ kind: "published", ready: effect.ready, tookMs: roundTripMs }),
        );
        return;
      case "settle":
        this.settled = effect.through;
        return;
      case "lost":
        expect.unreachable("everything is kept");
        return;
      case "timer":
        this.#after(
          effect.delayMs,
          () => this.#feed({ kind: "timer", name: effect.name }),
          timerKey(effect.name),
        );
        return;
      case "cancel-timer":
        this.#due.delete(timerKey(effect.name));
    }
  }

  #read({
    errand,
    stream,
    generation,
    after,
    rowsMax,
    to = this.last,
  }: Extract<UplinkEffect, { kind: "read" }>): void {
    const through = Math.min(after + rowsMax, to, this.last);
    const batches = [];
    for (let from = after + 1; from <= through; from += batchEventsMax) {
      const end = Math.min(through, from + batchEventsMax - 1);
      // The range stands for the text.
      batches.push({ category: "return", payload: `${from} ${end}`, eventCount: end - from + 1 } as const);
    }
    this.#feed({ kind: "read", errand, stream, generation, batches, through });
  }

  #arrive({ errand, batch }: ReadyBatch): void {
    const [from = 0, to = 0] = batch.payload.split(" ").map(Number);
    const before = this.holds.evt;
    this.holds = { ...this.holds, evt: noteHeld(before, { from, to }) };
    if (to <= before.contiguous) this.doubled += batch.eventCount;
    if (errand === "live") this.#countLive(from, to);
    else this.#countHistorical(batch.eventCount);
  }

  #countLive(from: number, to: number): void {
    this.liveEvents += to - from + 1;
    for (let sequence = from; sequence <= to; sequence += 1) {
      const delayMs = this.nowMs - (this.#storedMs.get(sequence) ?? 0);
      this.liveDelayMsMax = Math.max(this.liveDelayMsMax, delayMs);
    }
  }

  #countHistorical(events: number): void {
    this.historicalEvents += events;
    const at = Math.floor(this.nowMs / 1_000);
    this.#second = at === this.#second.at ? { at, events: this.#second.events + events } : { at, events };
    this.mostInOneSecond = Math.max(this.mostInOneSecond, this.#second.events);
  }
}

const nowhere = () => ({ evt: { last: 0, settled: 0 }, tel: { last: 0, settled: 0 } });
const ledgerOf = (stream: Stream): Ledger => emptyLedger({ site: "s", gateway: "g", stream, epoch: "e" });
const timerKey = (name: TimerName): string => `timer ${name}`;

test("ten days of two events a second fit into the default limits", () => {
  expect(limits.outbox.rowsMax).toBeGreaterThan(2 * missed);
});

test("after ten days away 1,728,000 events drain at the default rate, each once, and live ones never wait", () => {
  const world = new TenDays();
  world.start();
  world.run(86_400_000);
  expect(missing(world.holds.evt, world.last)).toEqual([]);
  expect([world.historicalEvents, world.doubled]).toEqual([missed, 0]);
  expect(world.historicalEvents + world.liveEvents).toBe(world.last);
  // From the disk to HQ: one read and half a round trip, whatever lies before it.
  expect(world.liveDelayMsMax).toBe(1 + roundTripMs / 2);
  expect(world.mostInOneSecond).toBeLessThanOrEqual(300);
  expect(Math.round(world.nowMs / 360_000) / 10).toBe(2.4);
});

test("HQ's grant of 5,000 a second, renewed, takes six minutes; when HQ forgets it, the default rate holds", () => {
  const world = new TenDays();
  world.start();
  const grant = { kind: "grant", eventsPerSecond: 5_000, validMs: 60_000 } as const;
  for (let renewed = 0; renewed < 8; renewed += 1) {
    world.say(grant);
    world.run(world.nowMs + 20_000);
  }
  // 160 s of renewals, 40 s of what the last one was worth.
  world.run(200_000);
  const granted = world.historicalEvents;
  expect(Math.abs(granted - 200 * 5_000)).toBeLessThan(10_000);
  world.run(300_000);
  expect(Math.abs(world.historicalEvents - granted - 100 * 200)).toBeLessThan(1_000);
  expect(world.liveDelayMsMax).toBe(1 + roundTripMs / 2);
});
