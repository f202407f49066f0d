import type { Logger } from "pino";
import type { EventStore } from "../../hq/event-store.ts";
import { ItemDesk, type ItemNotice } from "../../hq/items/item-desk.ts";
import type { ItemTable } from "../../hq/items/item-table.ts";
import { headquartersName } from "../../hq/items/transit-watch.ts";
import { type ReceiverNotice, startReceiver } from "../../hq/receiver.ts";
import { openSqliteEventStore } from "../../hq/sqlite-event-store.ts";
import { startTail } from "../../hq/tail.ts";
import { CallLedger, watchCalls } from "../../protocols/call-ledger.ts";
import type { Clock } from "../../protocols/clock.ts";
import { digitalLinkUri } from "../../protocols/gs1/digital-link-uri.ts";
import type { GatewayName } from "../../protocols/topics.ts";
import { exitCodes } from "../exit-codes.ts";
import { openLog } from "../log.ts";
import { reconnectBounds } from "../reconnect-delay.ts";
import { firstSignal } from "../signals.ts";
import { LinkWatch } from "../supervision/link-watch.ts";
import { pulseOf } from "../supervision/outbox-watch.ts";
import { type Service, serve } from "../supervision/service.ts";
import { duration } from "../supervision/status-line.ts";
import { systemClock, systemRandom } from "../system.ts";
import { UsageError } from "../usage-error.ts";
import { type BrokerOptions, openBrokerLink } from "./broker-link.ts";
import { transitRulesOf } from "./transit-options.ts";

export interface ReceiveOptions extends BrokerOptions {
  readonly database: string;
  /** Events a second that all backlogs together are granted. */
  readonly backlogRate?: number;
  /** `GLN=site/gateway` each. */
  readonly depot: readonly string[];
  /** `NAME=MINUTES` each. */
  readonly deadline: readonly string[];
  /** Hours. */
  readonly notArrived?: number;
}

/** `storewire hq receive`: until it is told to end, or cannot go on. */
export async function receive(options: ReceiveOptions): Promise<void> {
  const clock = systemClock();
  const log = openLog("info", "hq-receive", clock);
  const { database } = options;
  const start = async (): Promise<Service | undefined> => {
    const opened = await openSqliteEventStore({ path: database, clock }).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      log.fatal({ event: "start-failed", database, reason });
      process.exitCode = exitCodes.unavailable;
    });
    if (opened === undefined) return undefined;
    const { report } = opened;
    if (report.broken !== undefined) log.error({ event: "database-broken", ...report.broken });
    return startReceiving(options, opened, clock, log);
  };
  await serve({ start, clock, log });
}

async function startReceiving(
  options: ReceiveOptions,
  opened: { readonly store: EventStore; readonly items: ItemTable },
  clock: Clock,
  log: Logger,
): Promise<Service> {
  const writer = new CallLedger();
  const store = watchCalls(opened.store, { store: writer });
  const broker = openBrokerLink(options, "receive", (words) => log.warn({ event: "link-fault", words }));
  const watch = new LinkWatch(broker, "broker", clock, reconnectBounds.maxMs);
  const { link } = watch;
  link.onDown((reason) => log.warn({ event: "link-down", url: options.url, reason }));
  link.onUp(() => log.info({ event: "link-up", url: options.url }));
  const onNotice = (notice: ReceiverNotice | ItemNotice): void => log.warn(noticeFields(notice));
  const { backlogRate } = options;
  const credit = backlogRate === undefined ? {} : { eventsPerSecond: Math.max(1, Math.floor(backlogRate)) };
  const routes = routesOf(options.depot);
  const rules = transitRulesOf(options);
  const common = { link, store, clock, onNotice };
  const desk = await ItemDesk.open({ ...common, table: opened.items, random: systemRandom, routes, rules });
  const receiver = await startReceiver({ ...common, credit, own: headquartersName });
  log.info({ event: "started", events: await store.count() });
  return {
    watchable: {
      look: () => undefined,
      pulses: () => [pulseOf("writer", writer), watch.pulse()],
      lost: () => undefined,
      callsHang: () => false,
      status() {
        const { name, up, forMs } = watch.status();
        const { gateways, stored } = receiver.counts();
        return `${gateways} gateways; ${name} ${up ? "up" : "down"} for ${duration(forMs)}; ${stored} events stored`;
      },
    },
    async close() {
      await receiver.close();
      await desk.close();
      log.info({ event: "ended", ...receiver.counts() });
      await link.close();
      await store.close();
    },
  };
}

/** A place is known by its GLN as a Digital Link. */
function routesOf(depots: readonly string[]): ReadonlyMap<string, GatewayName> {
  return new Map(
    depots.map((words): [string, GatewayName] => {
      const [, gln, site, gateway] = /^(\d{13})=([^/]+)\/([^/]+)$/.exec(words) ?? [];
      if (gln === undefined || site === undefined || gateway === undefined)
        throw new UsageError(`"${words}" is no depot: GLN=site/gateway`);
      return [digitalLinkUri([["414", gln]]), { site, gateway }];
    }),
  );
}

/** `storewire hq tail`: until SIGINT, or until nobody reads its output. */
export async function tail(options: BrokerOptions, json: boolean): Promise<void> {
  const complain = (words: string): void => console.error(`storewire: ${words}`);
  const link = openBrokerLink(options, "tail", complain);
  link.onDown((reason) => complain(`the link to ${options.url} is down: ${reason}`));
  process.stdout.on("error", () => process.exit(exitCodes.done));
  const signal = firstSignal();
  await startTail({
    link,
    form: json ? "json" : "lines",
    write: (line) => process.stdout.write(`${line}\n`),
    onRefused: (reason) => complain(`not an event of ours: ${reason}`),
  });
  await signal;
  await link.close();
  process.exit(exitCodes.done);
}

function noticeFields(notice: ReceiverNotice | ItemNotice): Readonly<Record<string, unknown>> {
  const { kind, ...fields } = notice;
  return { event: kind, ...fields };
}
