import type { Logger } from "pino";
import type { Clock } from "../protocols/clock.ts";
import type { Configuration } from "../protocols/config/configuration.ts";
import type { LastWill, MessageLink } from "../protocols/message-link.ts";
import type { Random } from "../protocols/random.ts";
import { type OpenConnection, openMqttLink } from "./mqtt-link.ts";
import { fleetReconnectBounds } from "./reconnect-delay.ts";

interface UplinkSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Where it stands for the machine's own network. */
  readonly openConnection?: OpenConnection;
}

/** The link to headquarters, as the configuration describes it. */
export function openUplink(
  { hq, site, gateway, limits }: Configuration,
  { clock, random, log, openConnection }: UplinkSurroundings,
  will: LastWill | (() => LastWill),
): MessageLink {
  const link = openMqttLink({
    url: hq.url,
    clientId: `storewire-${site.id}-${gateway.id}`,
    mqttVersion: hq.mqttVersion,
    username: hq.username,
    passwordFile: hq.passwordFile,
    tls: hq.tls,
    will,
    clock,
    random,
    reconnect: { ...fleetReconnectBounds, maxMs: limits.reconnectMsMax },
    warn: (words) => log.warn({ event: "uplink-receiver-failed", words }),
    openConnection,
  });
  tellChanges(link, hq.url, log);
  return link;
}

/** Every failed try to connect is a fall as well; the log hears of the first of a row. */
function tellChanges(link: MessageLink, url: string, log: Logger): void {
  let told: "up" | "down" | undefined;
  link.onDown((reason) => {
    if (told !== "down") log.warn({ event: "uplink-down", url, reason });
    told = "down";
  });
  link.onUp(() => {
    if (told !== "up") log.info({ event: "uplink-up", url });
    told = "up";
  });
}
