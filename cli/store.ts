import type { Logger } from "pino";
import { startDriver } from "../drivers/catalog.ts";
import { openTransport, transportEnvironment } from "../drivers/transports.ts";
import { type Agent, startAgent } from "../edge-agent/agent.ts";
import { subscribeCommands } from "../edge-agent/commands.ts";
import { SpoolSink } from "../edge-agent/spool-sink.ts";
import type { CardGauge } from "../gateway/card/card-watch.ts";
import { describeLoss } from "../gateway/envelope.ts";
import { type Gateway, startGateway } from "../gateway/gateway.ts";
import type { GatewayOptions } from "../gateway/gateway-options.ts";
import type { OutboxLimits } from "../outbox/limits.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { watchRoom } from "../outbox/room-watch.ts";
import { salvageTold } from "../outbox/salvage-report.ts";
import { openSqliteOutbox, type SqliteOutboxOptions } from "../outbox/sqlite-outbox.ts";
import type { StartReport } from "../outbox/start-check.ts";
import { bytesPerDayMax } from "../protocols/card-life.ts";
import type { Cancel, Clock } from "../protocols/clock.ts";
import type { CommandTarget } from "../protocols/commands.ts";
import type { Configuration } from "../protocols/config/configuration.ts";
import type { Random } from "../protocols/random.ts";
import type { Reading, ReadingSink } from "../protocols/readings.ts";
import type { Transport } from "../protocols/transport.ts";
import { openCaptureExchange } from "./capture-exchange.ts";
import { type OpenConnection, openMqttLink } from "./mqtt-link.ts";
import { reconnectBounds } from "./reconnect-delay.ts";
import { LinkWatch } from "./supervision/link-watch.ts";
import { OutboxWatch } from "./supervision/outbox-watch.ts";
import type { Watchable } from "./supervision/process-watch.ts";
import { type StoreParts, watchStore } from "./supervision/store-watch.ts";
import { openUplink } from "./uplink-link.ts";

/** What a store's processes take from the machine they run on. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly boot: string;
  readonly version: string;
  readonly log: Logger;
  /** Simulators in this process, by the name that the configuration gives. */
  readonly simulated?: ReadonlyMap<string, Transport>;
  /** Where they stand for the machine's own: the disk, the way to a broker, the store broker. A simulation has others. */
  readonly openOutbox?: OpenOutbox;
  readonly openConnection?: OpenConnection;
  readonly openStoreBroker?: GatewayOptions["openStoreBroker"];
  /** What the machine tells of the card that a database lies on; without it the card is not watched. */
  readonly openCardGauge?: (database: string) => CardGauge;
  /** A reading was made; nobody has it on disk yet. */
  readonly onReading?: (reading: Reading) => void;
  /** Told of readings once they are on disk. */
  readonly onCommitted?: (readings: readonly Reading[]) => void;
  /** The store asks for a new start of its process. */
  readonly restart?: (reason: string) => void;
}

export type OpenOutbox = (options: SqliteOutboxOptions) => Promise<OpenedOutbox>;

/** A running part of a store, or both. */
export interface Store {
  readonly agent?: Agent;
  readonly gateway?: Gateway;
  /** What of it has to get on. */
  readonly watchable: Watchable;
  close(): Promise<void>;
}

/** `storewire run`: agent and gateway in one process and one database. */
export async function startWholeStore(configuration: Configuration, around: Surroundings): Promise<Store> {
  const opened = await openGatewayOutbox(configuration, around);
  const agents: Agent[] = [];
  // The gateway starts first, because the agent needs its sink; a command that comes before is given again.
  const { gateway, parts } = await startGatewayOn(configuration, opened, around, {
    take: (command) => agents[0]?.take(command),
  });
  const journal = opened.watch.outbox;
  const devices = await startDevices(configuration, { sink: gateway.sink, journal }, around);
  const { agent } = devices;
  agents.push(agent);
  return {
    agent,
    gateway,
    watchable: watchStore({ ...parts, agent }),
    async close() {
      journal.hurry();
      await devices.close();
      await gateway.close();
      await journal.close();
    },
  };
}

/** `storewire gateway`: the hub alone; its agents come over the store broker. */
export async function startGatewayAlone(configuration: Configuration, around: Surroundings): Promise<Store> {
  const opened = await openGatewayOutbox(configuration, around);
  const { gateway, parts } = await startGatewayOn(configuration, opened, around);
  return {
    gateway,
    watchable: watchStore(parts),
    async close() {
      await gateway.close();
      await opened.watch.outbox.close();
    },
  };
}

/** `storewire agent`: the devices, and a spool in front of the store broker. */
export async function startAgentAlone(configuration: Configuration, around: Surroundings): Promise<Store> {
  const { clock, random, log, openOutbox = openSqliteOutbox, openConnection } = around;
  const { id, database, brokerUrl, username, passwordFile } = configuration.agent;
  if (brokerUrl === undefined)
    throw new Error("an agent of its own needs agent.brokerUrl in the configuration");
  const limits = {
    rowsMax: configuration.limits.spoolRowsMax,
    keepConfirmedMs: 0,
    keepConfirmedBytes: 0,
    ...sparing(configuration),
  };
  const opened = await openOutbox({ path: database, clock, random, limits, onDamage: askForRestart(around) });
  await tellSpoolSalvages(opened, log);
  const watch = new OutboxWatch(opened.outbox);
  const { outbox } = watch;
  const stopRoomWatch = watchSpoolRoom(configuration, outbox, around);
  const { reconnectMsMax } = configuration.limits;
  const toGateway = openMqttLink({
    url: brokerUrl,
    clientId: `agent-${id}`,
    mqttVersion: "3.1.1",
    username,
    passwordFile,
    clock,
    random,
    reconnect: { ...reconnectBounds, maxMs: reconnectMsMax },
    openConnection,
  });
  const linkWatch = new LinkWatch(toGateway, "gateway", clock, reconnectMsMax);
  const { link } = linkWatch;
  const sink = new SpoolSink({ agent: id, outbox, link, clock, log });
  const devices = await startDevices(configuration, { sink, journal: outbox }, around);
  const { agent } = devices;
  await subscribeCommands(link, id, agent, log);
  return {
    agent,
    watchable: watchStore({ clock, outbox: watch, link: linkWatch, agent, backlog: () => sink.backlog }),
    async close() {
      outbox.hurry();
      stopRoomWatch();
      await devices.close();
      await sink.close();
      await link.close();
      await outbox.close();
    },
  };
}

/** An agent's spool is kept from the last of the disk as a gateway's outbox is; only its log can tell. */
function watchSpoolRoom(configuration: Configuration, outbox: Outbox, around: Surroundings): Cancel {
  const { clock, log, openCardGauge } = around;
  const gauge = openCardGauge?.(configuration.agent.database);
  if (gauge === undefined) return () => {};
  return watchRoom({
    outbox,
    clock,
    rules: configuration.limits.card,
    freeBytes: () => gauge.freeBytes(),
    changed: (room, freeBytes) => log.warn({ event: "disk-room", room, freeBytes }),
    failed: (error) => log.warn({ event: "card-unknown", reason: String(error) }),
  });
}

/** How far commits go to spare the card that the configuration describes. */
function sparing({
  limits: { commit, card },
}: Configuration): Pick<OutboxLimits, "pace" | "settleWaitMsMax"> {
  const pace = { waitMsMax: commit.waitMsMax, bytesPerDayMax: bytesPerDayMax(card) };
  return { pace, settleWaitMsMax: commit.settleWaitMsMax };
}

interface WatchedOutbox {
  readonly watch: OutboxWatch;
  readonly report: StartReport;
}

interface OpenedOutbox {
  readonly outbox: Outbox;
  readonly report: StartReport;
}

/** Damage that the running service meets is looked into by the next start. */
const askForRestart =
  ({ restart, log }: Surroundings) =>
  (reason: string): void => {
    log.error({ event: "outbox-damaged", reason });
    restart?.("outbox-broken");
  };

/** An agent has no HQ of its own to tell; its log has to do. */
async function tellSpoolSalvages({ outbox, report }: OpenedOutbox, log: Logger): Promise<void> {
  const { salvages = [], mended } = report;
  if (mended !== undefined) log.error({ event: "outbox-mended", reason: mended });
  for (const salvage of salvages) log.error({ event: "outbox-broken", ...salvage });
  if (salvages.length > 0) await outbox.commit({ documents: [salvageTold] });
}

async function openGatewayOutbox(configuration: Configuration, around: Surroundings): Promise<WatchedOutbox> {
  const { clock, random, boot, openOutbox = openSqliteOutbox } = around;
  const { outbox: bounds } = configuration.limits;
  const opened = await openOutbox({
    path: configuration.gateway.database,
    clock,
    random,
    limits: {
      rowsMax: bounds.rowsMax,
      bytesMax: bounds.bytesMax,
      droppable: { tel: { rowsMax: bounds.telemetryRowsMax, bytesMax: bounds.bytesMax } },
      keepConfirmedMs: bounds.keepConfirmedMs,
      keepConfirmedBytes: bounds.keepConfirmedBytes,
      secondReaderBytesMax: configuration.hq.capture?.keptBytesMax ?? 0,
      ...sparing(configuration),
    },
    onDamage: askForRestart(around),
    describeLoss: describeLoss({
      name: { site: configuration.site.id, gateway: configuration.gateway.id },
      clock,
      random,
      boot,
    }),
  });
  if (opened.report.broken !== undefined) {
    around.log.error({ event: "outbox-broken", ...opened.report.broken });
  }
  return { watch: new OutboxWatch(opened.outbox), report: opened.report };
}

async function startGatewayOn(
  configuration: Configuration,
  { watch, report }: WatchedOutbox,
  around: Surroundings,
  commandTarget?: CommandTarget,
): Promise<{ readonly gateway: Gateway; readonly parts: StoreParts }> {
  const { clock, random, boot, version, log, restart, openStoreBroker, openCardGauge } = around;
  const { capture } = configuration.hq;
  let link: LinkWatch | undefined;
  const gateway = await startGateway({
    configuration,
    outbox: watch.outbox,
    startReport: report,
    clock,
    random,
    boot,
    version,
    log,
    makeUplinkLink(will) {
      const uplink = openUplink(configuration, around, will);
      link = new LinkWatch(uplink, "headquarters", clock, configuration.limits.reconnectMsMax);
      return link.link;
    },
    openStoreBroker,
    card: openCardGauge?.(configuration.gateway.database),
    captureExchange: capture && openCaptureExchange(capture),
    ...(commandTarget === undefined ? {} : { commandTarget }),
    ...(restart === undefined ? {} : { restart }),
  });
  // A broker that somebody else opened listens on no port of this process.
  const door = openStoreBroker === undefined ? { brokerHost: configuration.gateway.broker.host } : {};
  return { gateway, parts: { clock, outbox: watch, link, gateway, ...door } };
}

async function startDevices(
  configuration: Configuration,
  into: { readonly sink: ReadingSink; readonly journal: Outbox },
  around: Surroundings,
): Promise<{ readonly agent: Agent; close(): Promise<void> }> {
  const { clock, random, boot, log, simulated, onReading, onCommitted } = around;
  const transports = transportEnvironment(clock, simulated);
  const agent = await startAgent({
    agent: configuration.agent.id,
    devices: configuration.devices,
    openTransport: (transport) => openTransport(transport, transports),
    startSession: startDriver,
    ...into,
    clock,
    random,
    boot,
    log,
    ...(onReading === undefined ? {} : { onReading }),
    ...(onCommitted === undefined ? {} : { onCommitted }),
  });
  return {
    agent,
    async close() {
      await agent.close();
      await transports.close();
    },
  };
}
