import { type ReceiverNotice, startReceiver } from "../../hq/receiver.ts";
import { openSqliteEventStore } from "../../hq/sqlite-event-store.ts";
import { startTail } from "../../hq/tail.ts";
import type { MessageLink } from "../../protocols/message-link.ts";
import { exitCodes } from "../exit-codes.ts";
import { openLog } from "../log.ts";
import type { TlsFiles } from "../mqtt-connection.ts";
import { openMqttLink } from "../mqtt-link.ts";
import { firstSignal } from "../signals.ts";
import { systemClock, systemRandom } from "../system.ts";
import { UsageError } from "../usage-error.ts";

/** The broker as `hq receive` and `hq tail` are told of it. */
export interface BrokerOptions {
  readonly url: string;
  readonly mqttVersion: "3.1.1" | "5";
  readonly username?: string;
  readonly passwordFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** `storewire hq receive`: until SIGTERM or SIGINT. */
export async function receive(options: BrokerOptions & { readonly database: string }): Promise<void> {
  const signal = firstSignal();
  const clock = systemClock();
  const log = openLog("info", "hq-receive", clock);
  const { database } = options;
  const opened = await openSqliteEventStore({ path: database, clock }).catch((error: unknown) => {
    log.fatal({
      event: "start-failed",
      database,
      reason: error instanceof Error ? error.message : String(error),
    });
    process.exitCode = exitCodes.unavailable;
  });
  if (opened === undefined) return;
  const { store, report } = opened;
  if (report.broken !== undefined) log.error({ event: "database-broken", ...report.broken });
  const link = openBrokerLink(options, "receive", (words) => log.warn({ event: "link-fault", words }));
  link.onDown((reason) => log.warn({ event: "link-down", url: options.url, reason }));
  link.onUp(() => log.info({ event: "link-up", url: options.url }));
  const receiver = await startReceiver({
    link,
    store,
    clock,
    onNotice: (notice) => log.warn(noticeFields(notice)),
  });
  log.info({ event: "started", database, events: await store.count() });
  await signal;
  await receiver.close();
  log.info({ event: "ended", ...receiver.counts() });
  await link.close();
  await store.close();
  process.exit(exitCodes.done);
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

function openBrokerLink(options: BrokerOptions, purpose: string, warn: (words: string) => void): MessageLink {
  const { url, mqttVersion, username, passwordFile } = options;
  const tls = tlsOf(options);
  // Two receivers at one broker must not throw each other out by having the same name.
  const clientId = `storewire-hq-${purpose}-${process.pid}-${Math.floor(systemRandom.fraction() * 1e9)}`;
  return openMqttLink({
    url,
    clientId,
    mqttVersion,
    username,
    passwordFile,
    tls,
    clock: systemClock(),
    random: systemRandom,
    warn,
  });
}

function tlsOf({ caFile, certFile, keyFile }: BrokerOptions): TlsFiles | undefined {
  if (caFile === undefined && certFile === undefined && keyFile === undefined) return undefined;
  if (caFile === undefined || certFile === undefined || keyFile === undefined) {
    throw new UsageError("TLS needs all three: --ca-file, --cert-file and --key-file");
  }
  return { caFile, certFile, keyFile };
}

function noticeFields(notice: ReceiverNotice): Readonly<Record<string, unknown>> {
  const { kind, ...fields } = notice;
  return { event: kind, ...fields };
}
