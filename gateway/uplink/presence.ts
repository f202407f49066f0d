import type { StreamPosition } from "../../outbox/outbox.ts";
import type { Clock } from "../../protocols/clock.ts";
import { batchEventsMax, type GatewayState } from "../../protocols/events.ts";
import type { LastWill } from "../../protocols/message-link.ts";
import { type GatewayName, type Stream, streams, uplinkTopics } from "../../protocols/topics.ts";
import type { Lane } from "./lane.ts";

/** What the gateway says of itself on its `state` topic, besides how things stand at the moment. */
export interface PresenceOptions {
  readonly name: GatewayName;
  readonly boot: string;
  readonly version: string;
  readonly epoch: string;
  /** Where our epoch stands in the order of this gateway's epochs; may rise while we run. */
  readonly epochOrdinal: () => number;
  readonly clock: Clock;
}

export type Positions = Readonly<Record<Stream, StreamPosition>>;

/** A smaller rest after a short break is no drain worth telling of. */
const drainEventsMin = batchEventsMax;
/** How things stand. */
export interface Standing {
  readonly positions: Positions;
  /** Up to here the events of a stream will still come by themselves; absent without a backlog. */
  readonly draining?: Partial<Record<Stream, number>>;
}

/** Events and telemetry that HQ has not confirmed. */
export function backlogOf({ evt, tel }: Positions): number {
  return evt.last - evt.settled + (tel.last - tel.settled);
}

/** `sinceMs`: since when `online` is what it is. */
export function gatewayState(
  { boot, version, epoch, epochOrdinal, clock }: PresenceOptions,
  online: boolean,
  sinceMs: number,
  { positions, draining = {} }: Standing,
): GatewayState {
  const { evt, tel } = positions;
  return {
    online,
    boot,
    version,
    since: new Date(sinceMs).toISOString(),
    backlog: backlogOf(positions),
    clock: clock.quality(),
    epoch,
    epochOrdinal: epochOrdinal(),
    sequence: String(evt.last),
    telemetry: String(tel.last),
    watermark: { sequence: String(evt.settled), telemetry: String(tel.settled) },
    ...(draining.evt === undefined && draining.tel === undefined
      ? {}
      : { draining: { sequence: String(draining.evt ?? 0), telemetry: String(draining.tel ?? 0) } }),
  };
}

/** What the broker says in our name when we vanish; it can only know how things stood when we connected. */
export function uplinkWill(options: PresenceOptions, positions: Positions): LastWill {
  const state = gatewayState(options, false, options.clock.wallMs(), { positions });
  const payload = JSON.stringify({ ...state, lastWill: true } satisfies GatewayState);
  return { topic: uplinkTopics.state(options.name), payload, retain: true };
}

/** Up to where a backlog is on its way, so that HQ need not ask for it. */
export function drainingOf(lanes: Readonly<Record<Stream, Lane>>): NonNullable<Standing["draining"]> {
  const draining: { -readonly [Name in Stream]?: number } = {};
  for (const stream of streams) {
    const { boundary, settled } = lanes[stream];
    if (boundary - settled > drainEventsMin) draining[stream] = boundary;
  }
  return draining;
}
