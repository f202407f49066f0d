import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startReceiver } from "../../hq/receiver.ts";
import { openSqliteEventStore } from "../../hq/sqlite-event-store.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker } from "../../simulators/network/simulated-broker.ts";
import { copyAsPowerCut, temporaryFolder } from "../outbox/sqlite-bench.ts";
import { waitUntil } from "../wait-until.ts";
import { GatedOutbox } from "./gated-outbox.ts";
import { pressed, readingsOf } from "./store.ts";
import { startStore } from "./store-gateway.ts";

const press = { device: "kiosk1", readPoint: "kiosk", observation: pressed("returns") };
const name = { site: "store-0042", gateway: "gw1" };

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => rm(folder, { recursive: true }));

test("an old image of the outbox that is put back costs no event", async () => {
  const clock = new ManualClock();
  const headquarters = new SimulatedBroker();
  const { store } = await openSqliteEventStore({ path: join(folder, "hq.db"), clock });
  const receiver = await startReceiver({
    link: headquarters.connect(),
    store,
    clock,
    watermarkEveryMs: 0,
  });
  const start = async (file: string, seed: number) => {
    const opened = await openSqliteOutbox({ path: join(folder, file), clock, random: seededRandom(seed) });
    const outbox = new GatedOutbox(opened.outbox);
    const restarts: string[] = [];
    const { gateway } = await startStore({
      outbox,
      headquarters,
      clock,
      options: { startReport: opened.report, restart: (reason) => restarts.push(reason) },
    });
    const isSettled = (): boolean => {
      const { last, settled } = outbox.position("evt");
      return last > 0 && settled === last;
    };
    const close = async () => {
      await gateway.close();
      await outbox.close();
    };
    return { gateway, restarts, isSettled, close };
  };
  const reading = readingsOf();
  const readings = Array.from({ length: 5 }, () => reading(press));

  const before = await start("gateway.db", 1);
  await before.gateway.sink.accept(readings.slice(0, 2));
  await waitUntil("HQ has confirmed the first", before.isSettled);
  await copyAsPowerCut(join(folder, "gateway.db"), join(folder, "old.db"));
  await before.gateway.sink.accept(readings.slice(2, 4));
  await waitUntil("HQ has confirmed the next", before.isSettled);
  await before.close();

  const old = await start("old.db", 2);
  await old.gateway.sink.accept(readings.slice(4));
  await waitUntil("a new start is asked for", () => old.restarts.length > 0);
  await old.close();

  const after = await start("old.db", 3);
  await waitUntil("HQ has confirmed the last", after.isSettled);
  await after.close();
  await receiver.close();

  const issued = (await store.eventsOf(name, 1_000))
    .map(({ body }) => JSON.parse(body) as { type: string; reading?: string })
    .filter(({ type }) => type === "storewire.queue.ticket.issued");
  expect(issued.map((event) => event.reading)).toEqual(readings.map(({ id }) => id));
  await store.close();
});
