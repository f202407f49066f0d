import { expect, it } from "vitest";
import { type Surroundings, startAgentAlone, startGatewayAlone } from "../../cli/store.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import type { SqliteOutboxOptions } from "../../outbox/sqlite-outbox.ts";
import { configurationSchema } from "../../protocols/config/configuration.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { silentLog } from "../gateway/store.ts";
import { siteConfiguration } from "../site.ts";

const limits = {
  outbox: {
    rowsMax: 1_001,
    bytesMax: 1_000_002,
    telemetryRowsMax: 103,
    keepConfirmedMs: 104,
    keepConfirmedBytes: 105,
  },
  commit: { waitMsMax: 6, settleWaitMsMax: 7 },
  card: { enduranceBytes: 36_525_000_000, writeAmplification: 10, lifeYearsWanted: 1 },
  spoolRowsMax: 1_008,
};
const pace = { waitMsMax: 6, bytesPerDayMax: 10_000_000 };

it("the limits of a configuration reach the outbox and the spool that they bound", async () => {
  const asked: SqliteOutboxOptions[] = [];
  const clock = new ManualClock();
  const around: Surroundings = {
    clock,
    random: seededRandom(1),
    boot: "boot1",
    version: "0.1.0",
    log: silentLog,
    openOutbox: async (options) => {
      asked.push(options);
      const outbox = await openMemoryOutbox({ clock, disk: new MemoryDisk("e") });
      const version = { from: 0, to: 1 };
      return { outbox, report: { file: "new", check: "none", cleanShutdown: true, version } };
    },
  };
  const site = siteConfiguration({
    directory: "/var/lib/storewire",
    headquartersUrl: "mqtt://127.0.0.1:1",
    agentBrokerUrl: "mqtt://127.0.0.1:1",
    limits,
  });
  const configuration = configurationSchema.parse({
    ...site,
    gateway: { ...site.gateway, broker: { enabled: false } },
    hq: { ...site.hq, capture: { url: "http://127.0.0.1:1", keptBytesMax: 1_000_106 } },
  });
  const gateway = await startGatewayAlone(configuration, around);
  const agent = await startAgentAlone(configuration, around);
  await Promise.all([gateway.close(), agent.close()]);
  expect(asked.map((options) => options.limits)).toEqual([
    {
      rowsMax: 1_001,
      bytesMax: 1_000_002,
      droppable: { tel: { rowsMax: 103, bytesMax: 1_000_002 } },
      keepConfirmedMs: 104,
      keepConfirmedBytes: 105,
      secondReaderBytesMax: 1_000_106,
      pace,
      settleWaitMsMax: 7,
    },
    { rowsMax: 1_008, keepConfirmedMs: 0, keepConfirmedBytes: 0, pace, settleWaitMsMax: 7 },
  ]);
  expect(asked.map(({ path }) => path)).toEqual([
    "/var/lib/storewire/gateway.db",
    "/var/lib/storewire/agent.db",
  ]);
});
