import pino from "pino";
import { startDriver } from "../../drivers/catalog.ts";
import { DeviceRunner } from "../../edge-agent/device-runner.ts";
import { queueService } from "../../gateway/queue/queue-service.ts";
import { returnsService } from "../../gateway/returns/returns-service.ts";
import type { TimeView } from "../../gateway/service.ts";
import { weighingService } from "../../gateway/weighing/weighing-service.ts";
import { configurationSchema } from "../../protocols/config/configuration.ts";
import type { DeviceConfig } from "../../protocols/config/devices.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { Observation, Stamp } from "../../protocols/readings.ts";
import type { InProcessDevice } from "../../simulators/carriers/in-process.ts";
import { carryInProcess } from "../../simulators/carriers/in-process.ts";
import { createSimulator } from "../../simulators/catalog.ts";
import type { LineFault } from "../../simulators/line-faults.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import type { Scenario } from "../../simulators/scenario/scenario-schema.ts";
import type { Stimulus } from "../../simulators/stimuli.ts";
import { siteConfiguration } from "../site.ts";

type Input = ReturnType<typeof siteConfiguration>;
type DeviceInput = NonNullable<Input["devices"]>[number];

const counterButtons = { next: { kind: "call-next" }, serve: { kind: "serve" }, finish: { kind: "finish" } };
const issue = (priorityClass: string) => ({ kind: "issue", service: "returns", priorityClass });

/** Where the devices of the shipped scenarios stand, and how they are set up. */
const places: Record<string, { readonly readPoint: string; readonly settings?: unknown }> = {
  "desk-rfid": { readPoint: "desk" },
  "cage-rfid": { readPoint: "cage" },
  "desk-scanner": { readPoint: "desk", settings: { aimPrefix: true } },
  "inspection-scanner": { readPoint: "bench" },
  "desk-scale": { readPoint: "desk" },
  "kiosk-printer": { readPoint: "kiosk" },
  "weighing-scale": { readPoint: "weighing", settings: { unit: "kg" } },
  "weighing-scanner": { readPoint: "weighing", settings: { aimPrefix: true } },
  "label-printer": { readPoint: "weighing" },
  "kiosk-buttons": {
    readPoint: "kiosk",
    settings: { buttons: { returns: issue("regular"), "returns-priority": issue("priority") } },
  },
  "counter-1-buttons": { readPoint: "counter-1", settings: { buttons: counterButtons } },
  "counter-2-buttons": { readPoint: "counter-2", settings: { buttons: counterButtons } },
};

/** Simulators, drivers, smoothing and store services of one store in memory, on a clock that the test turns. */
export class SimulatedStore {
  readonly clock = new ManualClock();
  readonly events: EventDraft[] = [];
  readonly devices = new Map<string, InProcessDevice<Stimulus | LineFault>>();
  readonly runners = new Map<string, DeviceRunner>();
  readonly #services;
  #readings = 0;

  constructor(scenario: Scenario, seed: number) {
    const random = seededRandom(seed);
    const configuration = configurationOf(scenario);
    this.#services = [
      returnsService(configuration),
      queueService(configuration),
      weighingService(configuration),
    ].map((service) => ({
      service,
      documents: new Map<string, unknown>(),
    }));
    for (const { id, driver, options } of scenario.devices)
      this.devices.set(id, carryInProcess(createSimulator(driver, options, random), { clock: this.clock }));
    for (const device of configuration.devices) this.runners.set(device.id, this.#run(device, seed));
    for (const runner of this.runners.values()) runner.start();
  }

  #run(device: DeviceConfig, seed: number): DeviceRunner {
    const carried = this.devices.get(device.id);
    if (carried === undefined) throw new Error(`no simulator for ${device.id}`);
    return new DeviceRunner({
      device,
      openTransport: () => carried.transport,
      startSession: startDriver,
      emit: (observation) => this.#observe(device, observation),
      clock: this.clock,
      random: seededRandom(seed + this.runners.size),
      log: pino({ level: "silent" }),
    });
  }

  #observe({ id: device, readPoint }: DeviceConfig, observation: Observation): void {
    this.#readings += 1;
    const id = `reading-${this.#readings}`;
    const at: Stamp = {
      wallMs: this.clock.wallMs(),
      monotonicMs: this.clock.monotonicMs(),
      boot: "boot",
      clock: "synced",
    };
    const place = { agent: "agent1", epoch: "e1", sequence: this.#readings, device, readPoint };
    const input = { kind: "reading", reading: { id, ...place, at, observation } } as const;
    for (const { service, documents } of this.#services) {
      const time: TimeView = {
        elapsedMs: (from, to) => to.monotonicMs - from.monotonicMs,
        restamped: (of) => of,
        departed: (of) => of,
      };
      const context = { now: at, time, newId: () => `id-${this.#readings}` };
      const outcome = service.step(documents, input, context);
      for (const { key, value } of outcome.changes)
        if (value === undefined) documents.delete(key);
        else documents.set(key, value);
      this.events.push(...outcome.events);
      for (const command of outcome.commands) this.runners.get(command.device)?.take(command);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.runners.values()].map((runner) => runner.close()));
  }
}

function configurationOf(scenario: Scenario) {
  const devices = scenario.devices.map(({ id, driver }) => ({
    id,
    driver,
    ...places[id],
    transport: { kind: "simulated", name: id },
  })) as DeviceInput[];
  const site = siteConfiguration({ directory: "/tmp", headquartersUrl: "mqtt://hq.example", devices });
  const printers = [{ kiosk: "kiosk", device: "kiosk-printer" }];
  const weighing = {
    printers: [{ terminal: "weighing", device: "label-printer" }],
    products: scenario.weighing?.products ?? [],
  };
  const terminal = { id: "weighing", role: "weighing", extension: "WEIGHING" } as const;
  return configurationSchema.parse({
    ...site,
    readPoints: [...(site.readPoints ?? []), terminal],
    queue: { ...site.queue, printers },
    weighing,
  });
}
