import type { StreamPosition } from "../../outbox/outbox.ts";
import type { Clock } from "../../protocols/clock.ts";
import type { GatewayState } from "../../protocols/events.ts";
import type { LastWill } from "../../protocols/message-link.ts";
import { type GatewayName, type Stream, uplinkTopics } from "../../protocols/topics.ts";

/** What the gateway says of itself on its `state` topic, besides how things stand at the moment. */
export interface PresenceOptions {
  readonly name: GatewayName;
  readonly boot: string;
  readonly version: string;
  readonly epoch: string;
  readonly clock: Clock;
}

export type Positions = Readonly<Record<Stream, StreamPosition>>;

/** Events and telemetry that HQ has not confirmed. */
export function backlogOf({ evt, tel }: Positions): number {
  return evt.last - evt.settled + (tel.last - tel.settled);
}

/** `sinceMs`: since when `online` is what it is. */
export function gatewayState(
  { boot, version, epoch, clock }: PresenceOptions,
  online: boolean,
  sinceMs: number,
  positions: Positions,
): GatewayState {
  return {
    online,
    boot,
    version,
    since: new Date(sinceMs).toISOString(),
    backlog: backlogOf(positions),
    clock: clock.quality(),
    epoch,
    sequence: String(positions.evt.last),
    telemetry: String(positions.tel.last),
  };
}

/** What the broker says in our name when we vanish; it can only know how things stood when we connected. */
export function uplinkWill(options: PresenceOptions, positions: Positions): LastWill {
  const state = gatewayState(options, false, options.clock.wallMs(), positions);
  return { topic: uplinkTopics.state(options.name), payload: JSON.stringify(state), retain: true };
}
