import { pino } from "pino";
import type { DocumentChange, ServiceInput, StepContext, StoreService } from "../../gateway/service.ts";
import { SiteTime } from "../../gateway/time/site-time.ts";
import type { Outbox } from "../../outbox/outbox.ts";
import type { DeviceCommand } from "../../protocols/commands.ts";
import { type Configuration, configurationSchema } from "../../protocols/config/configuration.ts";
import { type EventDraft, eventSchema, eventTypes, type StorewireEvent } from "../../protocols/events.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { Observation, Reading, Stamp } from "../../protocols/readings.ts";
import { siteConfiguration } from "../site.ts";

export const silentLog = pino({ level: "silent" });

/** 2026-01-05T09:00 in Berlin. */
export const morningMs = Date.UTC(2026, 0, 5, 8, 0, 0);

const simulated = (name: string) => ({ kind: "simulated", name }) as const;
const line = { offset: 1 } as const;

/** A small store with every kind of post, a kiosk with two buttons and a printer, and two counters. */
export function storeConfiguration(
  change: (site: ReturnType<typeof siteConfiguration>) => void = () => {},
): Configuration {
  const site = siteConfiguration({
    directory: "/var/lib/storewire",
    headquartersUrl: "mqtt://127.0.0.1:1883",
  });
  site.devices = [
    { id: "scanner1", readPoint: "desk", driver: "serial-scanner", transport: simulated("scanner1") },
    { id: "printer1", readPoint: "kiosk", driver: "escpos-printer", transport: simulated("printer1") },
    {
      id: "kiosk1",
      readPoint: "kiosk",
      driver: "gpio-buttons",
      transport: { kind: "gpio", lines: { returns: line, priority: line, advice: line } },
      settings: {
        buttons: {
          returns: { kind: "issue", service: "returns" },
          priority: { kind: "issue", service: "returns", priorityClass: "priority" },
          advice: { kind: "issue", service: "advice" },
        },
      },
    },
    ...(["counter-1", "counter-2"] as const).map((readPoint) => ({
      id: `buttons-${readPoint}`,
      readPoint,
      driver: "gpio-buttons" as const,
      transport: { kind: "gpio" as const, lines: { next: line, serve: line, finish: line, "no-show": line } },
      settings: {
        buttons: {
          next: { kind: "call-next" as const },
          serve: { kind: "serve" as const },
          finish: { kind: "finish" as const },
          "no-show": { kind: "no-show" as const },
        },
      },
    })),
  ];
  if (site.queue !== undefined) site.queue.printers = [{ kiosk: "kiosk", device: "printer1" }];
  change(site);
  return configurationSchema.parse(site);
}

export interface Observed {
  readonly device: string;
  readonly readPoint: string;
  readonly observation: Observation;
  readonly atMs?: number;
  readonly at?: Partial<Stamp>;
}

/** An agent's readings, numbered as an agent numbers them. */
export function readingsOf(agent = "agent1", epoch = "epoch1") {
  let sequence = 0;
  const random = seededRandom(7);
  return (observed: Observed): Reading => {
    sequence += 1;
    const atMs = observed.atMs ?? sequence;
    const hex = Buffer.from(random.bytes(6)).toString("hex");
    return {
      id: `01900000-0000-7000-8000-${hex}`,
      agent,
      epoch,
      sequence,
      device: observed.device,
      readPoint: observed.readPoint,
      at: { wallMs: morningMs + atMs, monotonicMs: atMs, boot: "boot1", clock: "synced", ...observed.at },
      observation: observed.observation,
    };
  };
}

/** What a site knows of its clocks, in memory; no event waits for one to be set. */
export function testTime(holdMsMax = 0, boot = "boot1", documents = new Map<string, unknown>()): SiteTime {
  const store = {
    of: () => documents,
    apply(_collection: string, changes: readonly DocumentChange[]) {
      for (const { key, value } of changes) {
        if (value === undefined) documents.delete(key);
        else documents.set(key, JSON.parse(JSON.stringify(value)));
      }
    },
  };
  return new SiteTime(store, { boot, holdMsMax });
}

/** Steps one service as the intake does: changes are applied before the next input. */
export function stepper(service: StoreService) {
  const documents = new Map<string, unknown>();
  const archive = new Map<string, unknown>();
  const clocks = new Map<string, unknown>();
  let time = testTime(0, "boot1", clocks);
  let ids = 0;
  const context = (now: Partial<Stamp>): StepContext => ({
    now: time.begin({ wallMs: morningMs, monotonicMs: 0, boot: "boot1", clock: "synced", ...now }, false),
    time,
    newId: () => `id-${(ids += 1)}`,
  });
  return {
    documents,
    /** The box starts anew. */
    restart(boot: string) {
      time = testTime(0, boot, clocks);
    },
    /** What is on disk only. */
    archive,
    step(
      input: ServiceInput,
      now: Partial<Stamp> = {},
    ): { events: readonly EventDraft[]; commands: readonly DeviceCommand[] } {
      const ready = context(now);
      const arrived: ServiceInput =
        input.kind === "reading" ? { ...input, reading: time.arrived(input.reading) } : input;
      const { changes, events, commands, archive: archived = [] } = service.step(documents, arrived, ready);
      for (const { key, value } of archived) archive.set(key, JSON.parse(JSON.stringify(value)));
      for (const { key, value } of changes) {
        // As it comes back from disk, so that nothing lives in memory alone.
        if (value === undefined) documents.delete(key);
        else documents.set(key, JSON.parse(JSON.stringify(value)));
      }
      for (const event of events) eventTypes[event.type].data.parse(event.data);
      return { events, commands };
    },
    read(reading: Reading): readonly EventDraft[] {
      return this.step({ kind: "reading", reading }).events;
    },
  };
}

/** Every event of a stream, parsed and checked against the envelope's schema. */
export async function eventsOf(
  outbox: Outbox,
  stream: "evt" | "tel" = "evt",
): Promise<readonly StorewireEvent[]> {
  const stored = await outbox.nextBatch(stream, 0, { rowsMax: 100_000, bytesMax: 1e9 });
  return stored.map(({ body, sequence }) => {
    const event = eventSchema.parse(JSON.parse(body));
    eventTypes[event.type].data.parse(event.data);
    if (event.sequence !== String(sequence)) throw new Error(`${event.sequence} is stored as ${sequence}`);
    return event;
  });
}

export const pressed = (button: string): Observation => ({ kind: "button", change: "pressed", button });
export const scanned = (text: string, aim?: string): Observation => ({
  kind: "scan",
  text,
  bytesHex: Buffer.from(text).toString("hex"),
  ...(aim === undefined ? {} : { aim }),
});
export const arrived = (epcHex: string): Observation => ({ kind: "tag", change: "arrived", epcHex });
export const weighed = (value: string, stable = true): Observation => ({
  kind: "weight",
  value,
  unit: "kg",
  stable,
});
