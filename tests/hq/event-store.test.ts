import { rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeadLetter, EventStore } from "../../hq/event-store.ts";
import type { Ledger } from "../../hq/ledger.ts";
import { openSqliteEventStore } from "../../hq/sqlite-event-store.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { gateway, temporaryFile } from "./samples.ts";

const clock = new ManualClock();
const name = { ...gateway, stream: "evt", epoch: "e" } as const;
const event = (sequence: number, body = `{"n":${sequence}}`) =>
  ({ ...name, sequence, category: "queue", body }) as const;
const letter = (number: number): DeadLetter => ({
  topic: "t",
  reason: "malformed",
  detail: "",
  text: String(number),
  receivedMs: number,
});

describe("event store on SQLite", () => {
  let path: string;
  let store: EventStore;
  beforeEach(async () => {
    path = await temporaryFile();
    ({ store } = await openSqliteEventStore({ path, clock, deadLettersMax: 3 }));
  });
  afterEach(async () => {
    await store.close();
    await rm(dirname(path), { recursive: true });
  });

  it("keeps the first of two events at one place, and says which were doubled", async () => {
    const ledgers: Ledger[] = [{ ...name, contiguous: 2, beyond: [{ from: 5, to: 6 }] }];
    expect(await store.store({ events: [event(1), event(2)], ledgers, deadLetters: [] })).toEqual({
      stored: 2,
      doubled: 0,
    });
    const again = { events: [event(2, "other"), event(3)], ledgers, deadLetters: [] };
    expect(await store.store(again)).toEqual({ stored: 1, doubled: 1 });
    expect((await store.eventsOf(gateway, 10)).map(({ body }) => body)).toEqual([
      '{"n":1}',
      '{"n":2}',
      '{"n":3}',
    ]);
    expect(await store.ledgers()).toEqual(ledgers);
    expect(await store.count()).toBe(3);
  });

  it("keeps the newest dead letters only", async () => {
    await store.store({ events: [], ledgers: [], deadLetters: [1, 2].map(letter) });
    await store.store({ events: [], ledgers: [], deadLetters: [3, 4, 5].map(letter) });
    expect(await store.deadLetters(10)).toEqual([5, 4, 3].map(letter));
    expect(await store.deadLetters(1)).toEqual([letter(5)]);
  });

  it("goes on with its ledgers after a restart, and starts afresh beside a broken file", async () => {
    const ledger: Ledger = { ...name, contiguous: 1, beyond: [] };
    await store.store({ events: [event(1)], ledgers: [ledger], deadLetters: [] });
    await store.close();
    const second = await openSqliteEventStore({ path, clock });
    store = second.store;
    expect(second.report).toMatchObject({ file: "existing", check: "quick" });
    const other: Ledger = { ...ledger, stream: "tel", contiguous: 0 };
    const outcome = await store.store({
      events: [event(1), event(2)],
      ledgers: [ledger, other],
      deadLetters: [],
    });
    expect(outcome).toEqual({ stored: 1, doubled: 1 });
    expect(await store.ledgers()).toEqual([ledger, other]);
    await store.close();
    await writeFile(path, "no database at all, for a good while".repeat(50));
    const third = await openSqliteEventStore({ path, clock });
    store = third.store;
    expect(third.report.file).toBe("replaced");
    expect(await store.count()).toBe(0);
  });
});
