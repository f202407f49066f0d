import { startDriver } from "../../../drivers/catalog.ts";
import { DeviceRunner } from "../../../edge-agent/device-runner.ts";
import { weighingService } from "../../../gateway/weighing/weighing-service.ts";
import type { DeviceConfig } from "../../../protocols/config/devices.ts";
import type { EventDraft } from "../../../protocols/events.ts";
import { seededRandom } from "../../../protocols/random.ts";
import type { Observation } from "../../../protocols/readings.ts";
import { carryInProcess, type InProcessDevice } from "../../../simulators/carriers/in-process.ts";
import { createSimulator, simulatedFamilies } from "../../../simulators/catalog.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import type { Simulator } from "../../../simulators/simulator.ts";
import { type Stimulus, worldOf } from "../../../simulators/stimuli.ts";
import type { ScaleBench } from "../../drivers/families/scale-benches.ts";
import { labelsOf, PrinterTap } from "../../paper.ts";
import { readingsOf, silentLog, stepper, storeConfiguration } from "../store.ts";

type Scale = Pick<ScaleBench, "name" | "settings" | "options">;

export const cheese = { ean: "4006381333931", gtin: "04006381333931", name: "Gouda, young" };
export const ham = { ean: "4012345678901", gtin: "04012345678901", name: "Ham" };
export const parcel = "095211411234567892";

export interface TerminalOptions {
  readonly scale: Scale;
  readonly hasPrinter?: boolean;
}

/**
 * A scale, a scanner and a printer at one read point: simulators that speak bytes, the drivers and the smoothing of an
 * agent, and the weighing service, on a clock that the test turns.
 */
export class WeighingTerminal {
  readonly clock = new ManualClock();
  readonly events: EventDraft[] = [];
  readonly printer = new PrinterTap();
  readonly #devices = new Map<string, InProcessDevice<Stimulus>>();
  readonly #runners = new Map<string, DeviceRunner>();
  readonly #service: ReturnType<typeof stepper>;
  readonly #reading = readingsOf();

  constructor({ scale, hasPrinter = true }: TerminalOptions) {
    const simulated = (name: string) => ({ kind: "simulated", name }) as const;
    const configuration = storeConfiguration((site) => {
      site.readPoints?.push({ id: "weighing", role: "weighing", extension: "WEIGHING" });
      site.site.name = "Spandau";
      const at = { readPoint: "weighing" };
      site.devices = [
        { ...at, id: "scale", driver: scale.name, transport: simulated("scale"), settings: scale.settings },
        {
          ...at,
          id: "scanner",
          driver: "serial-scanner",
          transport: simulated("scanner"),
          settings: { aimPrefix: true },
        },
        { ...at, id: "printer", driver: "escpos-printer", transport: simulated("printer") },
      ] as NonNullable<typeof site.devices>;
      if (site.queue !== undefined) site.queue.printers = [];
      site.weighing = {
        printers: hasPrinter ? [{ terminal: "weighing", device: "printer" }] : [],
        products: [
          { gtin: cheese.gtin, name: cheese.name, nameChinese: "高达奶酪", keepDays: 3, advice: "Keep cold" },
        ],
        parcels: [{ sscc: parcel, kilograms: "12.500" }],
      };
    });
    this.#service = stepper(weighingService(configuration));
    const random = seededRandom(1);
    const options = worldOf[scale.name].options.parse(scale.options);
    const simulators: readonly (readonly [string, Simulator<never, never>])[] = [
      ["scale", simulatedFamilies[scale.name].create(options as never, random) as never],
      ["scanner", createSimulator("serial-scanner", { suffix: "cr", aimPrefix: true }, random) as never],
      [
        "printer",
        this.printer.on(
          createSimulator("escpos-printer", worldOf["escpos-printer"].options.parse({}), random),
        ) as never,
      ],
    ];
    for (const [id, simulator] of simulators)
      this.#devices.set(id, carryInProcess(simulator, { clock: this.clock }));
    for (const device of configuration.devices) this.#runners.set(device.id, this.#run(device));
    for (const runner of this.#runners.values()) runner.start();
  }

  #run(device: DeviceConfig): DeviceRunner {
    return new DeviceRunner({
      device,
      openTransport: () => this.#device(device.id).transport,
      startSession: startDriver,
      emit: (observation) => this.#observe(device, observation),
      clock: this.clock,
      random: seededRandom(this.#runners.size),
      log: silentLog,
    });
  }

  #observe({ id: device, readPoint }: DeviceConfig, observation: Observation): void {
    const reading = this.#reading({ device, readPoint, observation, atMs: this.clock.monotonicMs() });
    const { events, commands } = this.#service.step({ kind: "reading", reading });
    this.events.push(...events);
    for (const command of commands) this.#runners.get(command.device)?.take(command);
  }

  #device(id: string): InProcessDevice<Stimulus> {
    const device = this.#devices.get(id);
    if (device === undefined) throw new Error(`no device ${id}`);
    return device;
  }

  async happens(device: "scale" | "scanner" | "printer", stimulus: Stimulus, afterMs = 0): Promise<void> {
    this.#device(device).stimulate(stimulus);
    await this.clock.turn(afterMs);
  }

  /** Grams on the pan of a scale that shows kilograms with three digits; at rest after `afterMs`. */
  puts(grams: number, afterMs = 4_000): Promise<void> {
    return this.happens("scale", { kind: "load", digits: grams }, afterMs);
  }

  /** A code, and the time that a printer needs for its label. */
  scans(text: string, aim = "]E0", afterMs = 8_000): Promise<void> {
    return this.happens("scanner", { kind: "scan", text, aim }, afterMs);
  }

  unplugs(device: "scale" | "printer"): Promise<void> {
    return this.#device(device).unplug();
  }

  replugs(device: "scale" | "printer"): Promise<void> {
    return this.#device(device).replug();
  }

  /** Since the last time that it was asked. */
  told(): readonly EventDraft[] {
    return this.events.splice(0);
  }

  labels(): readonly (readonly string[])[] {
    return labelsOf(this.printer.bytes());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.close()));
  }
}
