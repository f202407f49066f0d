import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startReceiver } from "../../../hq/receiver.ts";
import { openSqliteEventStore } from "../../../hq/sqlite-event-store.ts";
import { openSqliteOutbox } from "../../../outbox/sqlite-outbox.ts";
import { objectEvent } from "../../../protocols/epcis/object-event.ts";
import { eventSchema } from "../../../protocols/events.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { SimulatedBroker } from "../../../simulators/network/simulated-broker.ts";
import { temporaryFolder } from "../../outbox/sqlite-bench.ts";
import { waitUntil } from "../../wait-until.ts";
import { GatedOutbox } from "../gated-outbox.ts";
import { readingsOf, scanned, storeConfiguration, weighed } from "../store.ts";
import { startStore } from "../store-gateway.ts";

const name = { site: "store-0042", gateway: "gw1" };
/** 2026-07-01T10:00 in Berlin, where it is summer; the clock that was not set believes in winter. */
const bootMs = Date.UTC(2026, 6, 1, 8);

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => rm(folder, { recursive: true }));

test("a box that starts in 1970 tells headquarters the right times, once, though it fell twice on the way", async () => {
  const clock = new ManualClock(0);
  clock.clockQuality = "estimated";
  const headquarters = new SimulatedBroker();
  const { store } = await openSqliteEventStore({ path: join(folder, "hq.db"), clock });
  const receiver = await startReceiver({ link: headquarters.connect(), store, clock, watermarkEveryMs: 0 });
  const configuration = storeConfiguration((site) => {
    site.limits = { clock: { holdMsMax: 600_000 } };
  });
  let starts = 0;
  const start = async () => {
    starts += 1;
    const path = join(folder, "gateway.db");
    const opened = await openSqliteOutbox({ path, clock, random: seededRandom(starts) });
    const outbox = new GatedOutbox(opened.outbox);
    const options = { startReport: opened.report, random: seededRandom(100 + starts) };
    const { gateway } = await startStore({ configuration, outbox, headquarters, clock, options });
    const close = async () => {
      await gateway.close();
      await outbox.close();
    };
    return { gateway, outbox, close };
  };
  const reading = readingsOf();
  const at = () => ({
    wallMs: clock.wallMs(),
    monotonicMs: clock.monotonicMs(),
    boot: "boot1",
    clock: clock.quality(),
  });
  const scan = () =>
    reading({
      device: "scanner1",
      readPoint: "desk",
      observation: scanned("0180614141123458216789", "]d2"),
      at: at(),
    });

  const first = await start();
  await clock.turn(1_000);
  const handIn = scan();
  await first.gateway.sink.accept([handIn]);
  await clock.turn(4_000);
  await first.gateway.sink.accept([
    reading({ device: "scale1", readPoint: "desk", observation: weighed("0.415"), at: at() }),
  ]);
  await first.close();

  // The second process learns the time, and ends before HQ could confirm anything.
  const second = await start();
  await clock.turn(20_000);
  expect(receiver.counts().stored).toBe(0);
  headquarters.loseMessages = true;
  clock.wallOffsetMs = bootMs;
  clock.clockQuality = "synced";
  await clock.turn(2_000);
  await second.close();
  headquarters.loseMessages = false;

  const third = await start();
  await third.gateway.sink.accept([handIn]);
  await waitUntil("HQ has confirmed all", () => {
    const { last, settled } = third.outbox.position("evt");
    return settled === last;
  });
  await third.close();
  await receiver.close();

  const events = (await store.eventsOf(name, 1_000)).map(({ body }) => eventSchema.parse(JSON.parse(body)));
  const returns = events.filter(({ type }) => type.startsWith("storewire.return."));
  const item = { uri: "https://id.gs1.org/01/80614141123458/21/6789", serialised: true };
  const place = "urn:epc:id:sgln:9521321.00001.DESK1";
  const extensions = (device: string) => ({
    "storewire:case": handIn.id,
    "storewire:post": "desk",
    "storewire:device": device,
  });
  const facts = {
    timeZone: "Europe/Berlin",
    items: [item],
    bizStep: "receiving",
    disposition: "returned",
    readPoint: place,
    bizLocation: place,
  } as const;
  const deviceId = "https://id.gs1.org/8004/952132100001-scale1";
  const weighing = { value: "0.415", unit: "kg", timeMs: bootMs + 5_000, deviceId };
  expect(returns.map(({ time, clock: worth, data }) => ({ time, worth, data }))).toEqual([
    {
      time: "2026-07-01T08:00:01.000Z",
      worth: "synced",
      data: objectEvent({
        ...facts,
        timeMs: bootMs + 1_000,
        destinations: [{ type: "possessing_party", destination: "https://id.gs1.org/417/9521321000018" }],
        bizTransactions: [{ type: "rma", bizTransaction: `urn:uuid:${handIn.id}` }],
        extensions: extensions("scanner1"),
      }),
    },
    {
      time: "2026-07-01T08:00:05.000Z",
      worth: "synced",
      data: objectEvent({
        ...facts,
        timeMs: bootMs + 5_000,
        weighing,
        extensions: extensions("scale1"),
      }),
    },
  ]);
  expect(returns[0]?.data).toMatchObject({ eventTimeZoneOffset: "+02:00" });
  await store.close();
});
