import type { Configuration } from "../../protocols/config/configuration.ts";
import type { QueueAction, Reading } from "../../protocols/readings.ts";
import { type LocalTime, localTimes } from "../local-time.ts";
import { agingPolicy, type CallPolicy } from "./policy.ts";

type Queue = Configuration["queue"];
export type QueueServiceConfig = Queue["services"][number];
export type CounterConfig = Queue["counters"][number];
export type DisplayConfig = Queue["displays"][number];
export type ShelfConfig = Queue["shelves"][number];
export type CrowdConfig = Queue["crowds"][number];
export type PriorityClass = Queue["priorityClasses"][number];

/** The configured queue, made ready for looking up. */
export interface QueueRules {
  readonly siteName: string;
  readonly localTime: (timeMs: number) => LocalTime;
  /** What a press means, by device and button. */
  readonly actions: ReadonlyMap<string, ReadonlyMap<string, QueueAction>>;
  readonly services: ReadonlyMap<string, QueueServiceConfig>;
  /** Highest rank first. */
  readonly classes: readonly PriorityClass[];
  /** By the counter's read point. */
  readonly counters: ReadonlyMap<string, CounterConfig>;
  readonly kiosks: readonly string[];
  /** The device that prints, by the kiosk's read point. */
  readonly printers: ReadonlyMap<string, string>;
  readonly displays: readonly DisplayConfig[];
  /** By the read point that their sensor stands at. */
  readonly shelves: ReadonlyMap<string, ShelfConfig>;
  readonly crowds: readonly CrowdConfig[];
  readonly policy: CallPolicy;
  readonly settings: Pick<
    Queue,
    "waitingMax" | "pressAgainMs" | "closesAfterMinutes" | "statusUrl" | "faces" | "attention"
  >;
}

export function queueRules(
  { site, devices, queue, readPoints }: Configuration,
  policy: CallPolicy = agingPolicy(queue.priorityClasses),
): QueueRules {
  const actions = new Map<string, ReadonlyMap<string, QueueAction>>();
  for (const device of devices) {
    if ("buttons" in device.settings) {
      actions.set(device.id, new Map(Object.entries(device.settings.buttons)));
    }
  }
  return {
    siteName: site.name ?? site.id,
    localTime: localTimes(site.timeZone),
    actions,
    services: new Map(queue.services.map((service) => [service.id, service])),
    classes: [...queue.priorityClasses].sort((left, right) => right.rank - left.rank),
    counters: new Map(queue.counters.map((counter) => [counter.readPoint, counter])),
    kiosks: readPoints.filter(({ role }) => role === "kiosk").map(({ id }) => id),
    printers: new Map(queue.printers.map(({ kiosk, device }) => [kiosk, device])),
    displays: queue.displays,
    shelves: new Map(queue.shelves.map((shelf) => [shelf.readPoint, shelf])),
    crowds: queue.crowds,
    policy,
    settings: queue,
  };
}

/** What somebody decided, on a page or with a button that means it. */
export function decided({ actions }: QueueRules, { device, observation }: Reading): QueueAction | undefined {
  if (observation.kind === "action") return observation.action;
  if (observation.kind !== "button" || observation.change !== "pressed") return undefined;
  return actions.get(device)?.get(observation.button);
}
