import { HeadquartersDatabase } from "../../hq/simulated-event-store.ts";
import { SimulatedDisk } from "../../outbox/simulated-disk.ts";
import type { Clock } from "../../protocols/clock.ts";
import { type Random, seededRandom } from "../../protocols/random.ts";
import { NetworkPath } from "../../simulators/network/network-path.ts";
import { SimulatedMqttBroker } from "../../simulators/network/simulated-mqtt-broker.ts";
import { within } from "../../simulators/scenario/chance.ts";
import { SimulatedMachine } from "../../simulators/simulated-machine.ts";
import type { SimulatedTime } from "../../simulators/simulated-time.ts";
import { BrokerConditions, DiskConditions, HeadquartersConditions } from "./conditions.ts";
import type { DiskName, Fact } from "./facts.ts";
import { carryDevices, type SiteDevice } from "./simulated-devices.ts";
import type { SimulatedStoreBroker } from "./simulated-store-broker.ts";
import type { SitePlan } from "./site-plan.ts";
import { Unit } from "./unit.ts";

export interface WorldDisk {
  readonly name: DiskName;
  readonly disk: SimulatedDisk;
  readonly conditions: DiskConditions;
  /** The unit that writes it. */
  readonly unit: string;
}

export interface WorldOptions {
  readonly time: SimulatedTime;
  readonly plan: SitePlan;
  readonly seed: number;
  readonly emit: (fact: Fact) => void;
  readonly trace: (words: string) => void;
}

/** Monday, 2027-01-04, 08:00 in UTC: after any release of this version. */
export const wallStartMs = Date.UTC(2027, 0, 4, 8, 0, 0);

/** Everything round the processes of a site and of headquarters: boxes, disks, networks, brokers, devices. */
export class World {
  readonly options: WorldOptions;
  readonly time: SimulatedTime;
  /** The world's own time, for devices and people. */
  readonly clock: Clock;
  readonly box: SimulatedMachine;
  readonly headquartersBox: SimulatedMachine;
  readonly machines: SimulatedMachine[] = [];
  readonly units = new Map<string, Unit>();
  readonly disks = new Map<string, WorldDisk>();
  readonly uplinkPath: NetworkPath;
  readonly headquartersPath: NetworkPath;
  readonly localPath: NetworkPath;
  readonly brokerConditions: BrokerConditions;
  readonly broker: SimulatedMqttBroker;
  readonly headquartersConditions: HeadquartersConditions;
  readonly database: HeadquartersDatabase;
  readonly devices: ReadonlyMap<string, SiteDevice>;
  /** The gateway's, while it runs. */
  storeBroker: SimulatedStoreBroker | undefined;

  constructor(options: WorldOptions) {
    const { time, plan } = options;
    this.options = options;
    this.time = time;
    const outside = new SimulatedMachine("world", time, wallStartMs);
    this.clock = outside.start("people").clock;
    this.box = this.addMachine("box");
    this.headquartersBox = new SimulatedMachine("headquarters", time, wallStartMs);
    this.uplinkPath = this.#path("uplink", [15, 120]);
    this.headquartersPath = this.#path("headquarters", [0.2, 2]);
    this.localPath = this.#path("local", [0.1, 1]);
    this.brokerConditions = new BrokerConditions(this.random("broker"));
    this.broker = new SimulatedMqttBroker(time, this.brokerConditions, ({ topic, payload }) =>
      options.trace(`broker ${topic} ${payload.length}`),
    );
    this.headquartersConditions = new HeadquartersConditions(this.random("headquarters disk"));
    this.database = new HeadquartersDatabase({
      after: (delayMs, run) => void time.after(delayMs, run),
      moods: this.headquartersConditions,
      witness: { stored: (event) => options.emit({ kind: "stored", event }) },
    });
    this.devices = carryDevices(
      plan.scenario,
      { clock: this.clock, random: this.random("devices") },
      (device, ticket) => options.emit({ kind: "printed", device, ticket }),
    );
  }

  start(): void {
    for (const unit of this.units.values()) unit.start();
  }

  /** A chance of its own for each purpose, so that more of one thing does not change all others. */
  random(purpose: string): Random {
    let mixed = this.options.seed >>> 0;
    for (const character of purpose)
      mixed = Math.imul(mixed ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
    return seededRandom(mixed);
  }

  addMachine(name: string): SimulatedMachine {
    const machine = new SimulatedMachine(name, this.time, wallStartMs);
    this.machines.push(machine);
    return machine;
  }

  addUnit(
    name: string,
    machine: SimulatedMachine,
    start: ConstructorParameters<typeof Unit>[0]["start"],
  ): void {
    const random = this.random(`restarts of ${name}`);
    const unit = new Unit({
      name,
      machine,
      start,
      restartMs: (end) => within(random, end === "power-cut" ? [10_000, 40_000] : [500, 5_000]),
      onEnded: (how) => this.options.emit({ kind: "ended", unit: name, how }),
      onStartFailed: (reason) => {
        this.options.trace(`${name} did not start: ${reason}`);
        this.options.emit({ kind: "logged", unit: name, level: 60, event: "start-failed" });
      },
    });
    this.units.set(name, unit);
  }

  addDisk(path: string, name: DiskName, unit: string): void {
    const conditions = new DiskConditions(this.random(`disk ${path}`));
    const disk: SimulatedDisk = new SimulatedDisk({
      epoch: `epoch-of-${name.disk}-1`,
      after: (delayMs, run) => void this.time.after(delayMs, run),
      moods: conditions,
      witness: {
        written: (group) => this.options.emit({ kind: "written", ...name, epoch: disk.epoch, group }),
      },
    });
    this.disks.set(path, { name, disk, conditions, unit });
  }

  #path(name: string, delayMs: readonly [number, number]): NetworkPath {
    const random = this.random(`network ${name}`);
    return new NetworkPath(name, this.time, () => within(random, delayMs));
  }
}
