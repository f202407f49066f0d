import type { Agent } from "../../edge-agent/agent.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { Clock } from "../../protocols/clock.ts";
import type { Pulse } from "../../protocols/progress.ts";
import { AskedPart } from "./asked-part.ts";
import { knockAtBroker } from "./broker-knock.ts";
import type { LinkWatch } from "./link-watch.ts";
import type { OutboxWatch } from "./outbox-watch.ts";
import type { Watchable } from "./process-watch.ts";
import { statusLine } from "./status-line.ts";

/** The commit point is asked to commit nothing; longer than its disk may take, so that the disk is named first. */
const commitPointMsMax = 90_000;
const commitPointEveryMs = 5_000;
/** A broker that is knocked at costs it a socket; nobody starts a process anew for a crowd that passes. */
const brokerMsMax = 300_000;
const brokerEveryMs = 30_000;
/** A new process that did not help a device is not tried again sooner: its neighbours pay for it. */
export const processForDeviceMsMin = 6 * 3_600_000;

export interface StoreParts {
  readonly clock: Clock;
  readonly outbox: OutboxWatch;
  readonly link: LinkWatch | undefined;
  readonly agent?: Agent;
  readonly gateway?: Gateway;
  /** Where the gateway's store broker listens; absent where it is not this process that listens. */
  readonly brokerHost?: string;
  /** What waits here to go on; a gateway tells it itself. */
  readonly backlog?: () => number;
}

/** What of a running store has to get on, and how a technician is told about it. */
export function watchStore(parts: StoreParts): Watchable {
  const { clock, outbox, link, agent, gateway } = parts;
  const startedMs = clock.monotonicMs();
  const asked = askedParts(parts);
  return {
    look() {
      for (const part of asked) part.look();
    },
    pulses: (): readonly Pulse[] => [
      ...outbox.pulses(),
      ...(link === undefined ? [] : [link.pulse()]),
      ...(agent?.pulses() ?? []),
      ...asked.map((part) => part.pulse()),
    ],
    lost() {
      const isOld = clock.monotonicMs() - startedMs >= processForDeviceMsMin;
      const device = agent?.stuckDevices().find(({ worked }) => worked || isOld)?.device;
      return device === undefined ? undefined : `device ${device}`;
    },
    callsHang: () => agent?.callsHang() ?? false,
    status: () =>
      statusLine({
        devices: (agent?.devices() ?? []).map(({ device, state, fault }) => ({
          device,
          state,
          fault: fault?.code,
        })),
        link: link?.status(),
        backlog:
          gateway === undefined
            ? { count: parts.backlog?.() ?? 0, of: "readings" }
            : { count: gateway.status().backlog, of: "events" },
        clock: clock.quality(),
      }),
  };
}

function askedParts({ clock, gateway, brokerHost }: StoreParts): readonly AskedPart[] {
  if (gateway === undefined) return [];
  const commitPoint = new AskedPart({
    part: "commit point",
    // A refusal is an answer as well.
    ask: () => gateway.sink.accept([]).catch(() => undefined),
    everyMs: commitPointEveryMs,
    stillMsMax: commitPointMsMax,
    clock,
  });
  const { brokerPort } = gateway;
  if (brokerPort === undefined || brokerHost === undefined) return [commitPoint];
  const broker = new AskedPart({
    part: "store broker",
    ask: () => knockAtBroker(brokerHost, brokerPort, clock),
    everyMs: brokerEveryMs,
    stillMsMax: brokerMsMax,
    clock,
  });
  return [commitPoint, broker];
}
