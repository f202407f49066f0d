import { pino } from "pino";
import { defaultOutboxLimits } from "../../outbox/limits.ts";
import { openSimulatedOutbox } from "../../outbox/simulated-disk.ts";
import { newId } from "../../protocols/identity.ts";
import { seededRandom } from "../../protocols/random.ts";
import { SimulatedConnection } from "../../simulators/network/simulated-connection.ts";
import type { SimulatedProcess } from "../../simulators/simulated-machine.ts";
import {
  type OpenOutbox,
  type Surroundings,
  startAgentAlone,
  startGatewayAlone,
  startWholeStore,
} from "../store.ts";
import { transportFor } from "./simulated-devices.ts";
import { SimulatedStoreBroker } from "./simulated-store-broker.ts";
import { headquartersUrl } from "./site-plan.ts";
import type { Unit } from "./unit.ts";
import type { World } from "./world.ts";

/** The processes of the site, started as `storewire run`, `gateway` and `agent` start them. */
export function addStoreUnits(world: World): void {
  const { plan } = world.options;
  const { database } = plan.gateway.gateway;
  world.addDisk(database, { disk: "gateway", owner: "gateway" }, "gateway");
  if (plan.arrangement === "one-process") {
    world.addUnit("gateway", world.box, (process, unit) =>
      startWholeStore(plan.gateway, surroundings(world, process, unit)),
    );
    return;
  }
  world.addUnit("gateway", world.box, (process, unit) =>
    startGatewayAlone(plan.gateway, surroundings(world, process, unit)),
  );
  for (const { id, configuration } of plan.agents) {
    world.addDisk(configuration.agent.database, { disk: id, owner: "agent" }, id);
    const machine = plan.arrangement === "own-boxes" ? world.addMachine(`box of ${id}`) : world.box;
    world.addUnit(id, machine, (process, unit) =>
      startAgentAlone(configuration, surroundings(world, process, unit)),
    );
  }
}

/** What a store's process takes from its machine: all of it simulated, and none of it beyond its own death. */
function surroundings(world: World, process: SimulatedProcess, unit: Unit): Surroundings {
  const { emit, seed } = world.options;
  const random = seededRandom(Math.imul(seed + 1, 7_919) + hash(`${unit.name} ${unit.starts}`));
  const alive = (): boolean => process.ended === undefined;
  return {
    clock: process.clock,
    random,
    boot: process.machine.boot,
    version: "0.0.0-simulated",
    log: logOf(world, process, unit),
    simulated: new Map([...world.devices].map(([id, device]) => [id, transportFor(device, process)])),
    openOutbox: (options) => openOutbox(world, process, options),
    openConnection: (address, will, _clock, listener) => {
      const upwards = address.url === headquartersUrl;
      const headquarters = () => (world.broker.running ? world.broker : undefined);
      return new SimulatedConnection({
        process,
        path: upwards ? world.uplinkPath : world.localPath,
        acceptor: upwards ? headquarters : () => world.storeBroker,
        clientId: address.clientId,
        will,
        listener,
      });
    },
    openStoreBroker: (options) => {
      const broker = new SimulatedStoreBroker(options, process, {
        presented: (readings) => emit({ kind: "presented", readings }),
        acknowledged: (readings) => emit({ kind: "acknowledged", readings }),
      });
      world.storeBroker = broker;
      process.onEnd(() => {
        if (world.storeBroker === broker) world.storeBroker = undefined;
      });
      return Promise.resolve(broker);
    },
    onReading: (reading) => {
      if (alive()) emit({ kind: "made", unit: unit.name, reading });
    },
    onCommitted: (readings) => {
      if (alive()) emit({ kind: "committed", unit: unit.name, readings });
    },
    restart: () => {
      if (alive()) void unit.stopInOrder();
    },
  };
}

async function openOutbox(
  world: World,
  process: SimulatedProcess,
  options: Parameters<OpenOutbox>[0],
): ReturnType<OpenOutbox> {
  const found = world.disks.get(options.path);
  if (found === undefined) throw new Error(`no simulated disk is at ${options.path}`);
  const { clock } = process;
  const { limits, describeLoss, random = seededRandom(1) } = options;
  const { outbox, outrunEpoch } = await openSimulatedOutbox(found.disk, process, newId(clock, random), {
    clock,
    limits: { ...defaultOutboxLimits, ...limits },
    describeLoss,
  });
  if (outrunEpoch !== undefined) {
    const image = found.disk.copy();
    world.options.emit({ kind: "renumbered", ...found.name, from: outrunEpoch, image });
  }
  const report = { file: "existing", check: "none", cleanShutdown: false } as const;
  const version = { from: 1, to: 1 };
  return { outbox, report: { ...report, version, ...(outrunEpoch === undefined ? {} : { outrunEpoch }) } };
}

interface LogLine {
  readonly level: number;
  readonly event?: string;
  readonly device?: string;
}

/** The production log, heard as facts: whatever is wrong must be said somewhere. */
function logOf(world: World, process: SimulatedProcess, unit: Unit): Surroundings["log"] {
  const write = (line: string): void => {
    if (process.ended !== undefined) return;
    const { level, event = "unnamed", device } = JSON.parse(line) as LogLine;
    world.options.emit({ kind: "logged", unit: unit.name, level, event, device });
  };
  return pino({ level: "info", base: null, timestamp: false }, { write });
}

function hash(words: string): number {
  let mixed = 0x811c9dc5;
  for (const character of words) mixed = Math.imul(mixed ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
  return mixed >>> 0;
}
