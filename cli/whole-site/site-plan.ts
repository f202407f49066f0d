import { type Configuration, configurationSchema } from "../../protocols/config/configuration.ts";
import type { Random } from "../../protocols/random.ts";
import { within } from "../../simulators/scenario/chance.ts";
import {
  type Scenario,
  type ScenarioInput,
  scenarioSchema,
} from "../../simulators/scenario/scenario-schema.ts";
import { storeDevices, storeQueue, storeReturns } from "../../simulators/scenarios/store-devices.ts";
import { type ConfigurationInput, matchingConfiguration } from "../simulation/matching-configuration.ts";

/** Where the processes of a simulated site stand. */
export type Arrangement =
  /** Agent and gateway in one process and one database. */
  | "one-process"
  /** Both on one box, over the store broker. */
  | "one-box"
  /** The agents on boxes of their own. */
  | "own-boxes";

export interface AgentPlan {
  readonly id: string;
  readonly configuration: Configuration;
}

export interface SitePlan {
  readonly arrangement: Arrangement;
  readonly gateway: Configuration;
  readonly agents: readonly AgentPlan[];
  readonly scenario: Scenario;
  /** Hours of the day in which customers come; [0, 24] is always. */
  readonly openHours: readonly [number, number];
}

export const headquartersUrl = "mqtt://headquarters:1883";
const storeBrokerUrl = "mqtt://127.0.0.1:1883";
const directory = "/simulated";

/** A box that sits in a cupboard need not ask its devices as often as a demo does. */
const roundMs = 900;
const pollMs = 2_500;
const statusEveryMs = 30_000;

export interface SiteDrawing {
  /** A shop at night: nobody comes, and its readers and scales are switched off. */
  readonly quiet: boolean;
  /** Small limits, so that they are reached. */
  readonly tight: boolean;
  readonly openHours: readonly [number, number];
}

export function drawSite(random: Random, drawing: SiteDrawing): SitePlan {
  const scenario = drawScenario(random, drawing);
  const transports = new Map(
    scenario.devices.map(({ id }) => [id, { kind: "simulated", name: id } as const]),
  );
  const input = matchingConfiguration({
    scenario,
    transports,
    headquartersUrl,
    databaseDirectory: directory,
    speed: 1,
  });
  const arrangement = drawArrangement(random);
  const site = { ...input, devices: input.devices?.map(unhurried) ?? [], ...drawLimits(random, drawing) };
  const agents = arrangement === "one-process" ? [] : drawAgents(random, site);
  return {
    arrangement,
    gateway: configurationSchema.parse(site),
    agents,
    scenario,
    openHours: drawing.openHours,
  };
}

function drawArrangement(random: Random): Arrangement {
  const draw = random.fraction();
  if (draw < 0.4) return "one-process";
  return draw < 0.7 ? "one-box" : "own-boxes";
}

function drawScenario(random: Random, { quiet }: SiteDrawing): Scenario {
  // At night they are switched off, and a small shop has none.
  const withoutReaders = (driver: string): boolean => driver !== "r2000-a0" && driver !== "mt-sics";
  const dark = quiet || random.fraction() < 0.4;
  const devices = storeDevices.filter(({ driver }) => !dark || withoutReaders(driver)).map(inProcess);
  const { reader: _, scale: __, ...desk } = storeReturns.desk;
  const { cage: ___, ...withoutCage } = storeReturns;
  const flow = dark ? { ...withoutCage, desk } : storeReturns;
  const input: ScenarioInput = {
    name: "simulated-site",
    title: "A site of a whole simulation",
    durationMs: 3_600_000,
    devices,
    returns: { ...flow, customerEveryMs: Math.round(within(random, [30_000, 240_000])) },
    queue: { ...storeQueue, customerEveryMs: Math.round(within(random, [30_000, 240_000])) },
  };
  return scenarioSchema.parse(input);
}

type DeviceOfScenario = ScenarioInput["devices"][number];

function inProcess(device: DeviceOfScenario): DeviceOfScenario {
  if (device.driver !== "r2000-a0") return { ...device, carrier: "in-process" };
  return { ...device, carrier: "in-process", options: { ...device.options, roundMs } };
}

type DeviceInput = NonNullable<ConfigurationInput["devices"]>[number];

function unhurried(device: DeviceInput): DeviceInput {
  if (device.driver === "mt-sics") return { ...device, settings: { pollMs } };
  if (device.driver === "escpos-printer") return { ...device, settings: { statusEveryMs } };
  return device;
}

function drawLimits(random: Random, { tight }: SiteDrawing): Pick<ConfigurationInput, "limits"> {
  if (!tight) return {};
  const draw = random.fraction();
  return {
    limits: {
      deadLettersMax: 10,
      reconnectMsMax: Math.round(within(random, [1_000, 30_000])),
      ...(draw < 0.5 ? { outbox: { telemetryRowsMax: 100, rowsMax: 1_000 }, spoolRowsMax: 1_000 } : {}),
      uplink: { batchesInFlightMax: 1 + Math.floor(random.fraction() * 8), unconfirmedEventsMax: 256 },
    },
  };
}

/** One or two agents that share the devices between them. */
function drawAgents(random: Random, site: ConfigurationInput): readonly AgentPlan[] {
  const count = random.fraction() < 0.5 ? 1 : 2;
  const whole = configurationSchema.parse(site);
  return Array.from({ length: count }, (_, place) => {
    const id = `agent${place + 1}`;
    const agent = { ...whole.agent, id, database: `${directory}/${id}.db`, brokerUrl: storeBrokerUrl };
    const devices = whole.devices.filter((_device, index) => index % count === place);
    return { id, configuration: { ...whole, agent, devices } };
  });
}
