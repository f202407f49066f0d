import type { z } from "zod";
import type { Configuration, configurationSchema } from "../../protocols/config/configuration.ts";
import type { ButtonAction, DriverName } from "../../protocols/config/devices.ts";
import type { TransportConfig } from "../../protocols/config/transport.ts";
import type { Scenario, ScenarioDevice } from "../../simulators/scenario/scenario-schema.ts";
import type { OptionsOf } from "../../simulators/stimuli.ts";

export type ConfigurationInput = z.input<typeof configurationSchema>;
type DeviceInput = NonNullable<ConfigurationInput["devices"]>[number];

export interface MatchingOptions {
  readonly scenario: Scenario;
  readonly transports: ReadonlyMap<string, TransportConfig>;
  readonly headquartersUrl: string;
  readonly databaseDirectory: string;
  /** How much faster than real time people move; buttons must keep up. */
  readonly speed: number;
}

const site: Configuration["site"] = {
  id: "demo-store",
  name: "Demo",
  gln: "9521321000018",
  companyPrefixDigits: 7,
  timeZone: "Europe/Berlin",
};
/** At real time; people are not faster. */
const buttonLockoutMs = 700;
/** The same button is not pressed again by another customer within this time. */
const pressAgainMs = 500;
/** Contacts bounce for so long whatever the scenario's speed. */
const buttonLockoutMsMin = 60;

/** A store that is played with on a desk does not wait for somebody to set the clock. */
export const withoutHold = { clock: { holdMsMax: 0 } } as const;

/** The configuration of the store that a scenario plays in: each device at the place where its flow uses it. */
export function matchingConfiguration(options: MatchingOptions): ConfigurationInput {
  const { scenario, transports, headquartersUrl, databaseDirectory } = options;
  const counters = scenario.queue?.counters.map((_, index) => `counter-${index + 1}`) ?? [];
  const services = servicesOf(scenario);
  const printer = scenario.queue?.kiosk.printer;
  const { weighing } = scenario;
  return {
    site,
    gateway: { id: "gw1", database: `${databaseDirectory}/gateway.db`, broker: { port: 0 } },
    agent: { id: "agent1", database: `${databaseDirectory}/agent.db` },
    // What every broker speaks.
    hq: { url: headquartersUrl, mqttVersion: "3.1.1" },
    readPoints: [
      { id: "desk", role: "returns-desk", extension: "DESK" },
      { id: "inspection", role: "inspection", extension: "INSPECTION" },
      { id: "cage", role: "returns-cage", extension: "CAGE" },
      { id: "kiosk", role: "kiosk", extension: "KIOSK" },
      ...(weighing === undefined ? [] : [weighingPoint]),
      ...counters.map((id) => ({ id, role: "counter" as const, extension: id.toUpperCase() })),
    ],
    devices: scenario.devices.flatMap((device) => {
      const transport = transports.get(device.id);
      return transport === undefined ? [] : [deviceInput(device, transport, options)];
    }),
    queue: {
      services: services.map((id, index) => ({
        id,
        prefix: String.fromCharCode("A".charCodeAt(0) + index),
        name: id === "returns" ? "Returns" : id,
        nameChinese: id === "returns" ? "退货" : id,
      })),
      counters: counters.map((readPoint) => ({ readPoint, services: [...services] })),
      printers: printer === undefined ? [] : [{ kiosk: "kiosk", device: printer }],
      pressAgainMs: Math.round(pressAgainMs / options.speed),
    },
    returns: { evidenceKeyFile: `${databaseDirectory}/evidence.key` },
    ...(weighing === undefined ? {} : { weighing: weighingInput(weighing) }),
  };
}

const weighingPoint = { id: "weighing", role: "weighing", extension: "WEIGHING" } as const;

const weighingInput = ({ printer, products }: NonNullable<Scenario["weighing"]>) => ({
  printers: printer === undefined ? [] : [{ terminal: weighingPoint.id, device: printer }],
  products,
});

/** A kiosk's line is named after its service, with the class behind a dash: `returns-priority`. */
const priorityLine = /-priority$/;
const serviceOf = (line: string): string => line.replace(priorityLine, "");

function servicesOf({ queue }: Scenario): readonly string[] {
  return [...new Set(Object.keys(queue?.kiosk.lines ?? {}).map(serviceOf))];
}

function deviceInput(
  device: ScenarioDevice,
  transport: TransportConfig,
  { scenario, speed }: MatchingOptions,
): DeviceInput {
  const { id, driver } = device;
  const common = { id, readPoint: placeOf(id, scenario), transport: transport as DeviceInput["transport"] };
  if (device.driver === "gpio-buttons") {
    const deafMs = Math.max(buttonLockoutMsMin, Math.round(buttonLockoutMs / speed));
    const settings = { buttons: buttonsOf(id, scenario) };
    return { ...common, driver: device.driver, smoothing: { buttonLockoutMs: deafMs }, settings };
  }
  const settings = settingsOf(device);
  // The table has for each driver what its schema takes; the configuration is checked whole before it is used.
  return { ...common, driver, ...(settings === undefined ? {} : { settings }) } as DeviceInput;
}

/** Settings that follow from how a simulator is set up; a driver that is not here takes its defaults. */
const settingsOfOptions: {
  readonly [Name in DriverName]?: (options: OptionsOf<Name>) => object;
} = {
  "serial-scanner": ({ suffix, aimPrefix }) => ({ suffix, aimPrefix }),
  "hid-keyboard": ({ layout, suffix, altCodes, capsLock, aimPrefix }) => ({
    layout,
    suffix,
    altCodes,
    capsLock,
    aimPrefix,
  }),
  "escpos-printer": ({ ticketSensor }) => ({ ticketSensor }),
  "mt-sics": () => ({ pollMs: 100 }),
  // Their frames name no unit.
  "toledo-8217": ({ unit }) => ({ unit }),
  "yaohua-tf0": ({ unit }) => ({ unit }),
  "yaohua-tf1": ({ unit }) => ({ unit }),
  "yaohua-tf2": ({ unit }) => ({ unit }),
  "yaohua-cmd": ({ unit, address }) => ({ unit, address }),
  "digi-ds": ({ unit }) => ({ unit }),
  "ascii-st-us": ({ sends }) => ({ sends }),
  "r2000-a0": ({ address }) => ({ address }),
  "gpio-beam-pair": ({ outer, inner }) => ({ outer, inner }),
  "gpio-outputs": () => ({ outputs: ["lamp"] }),
  tfmini: ({ emptyCm }) => ({ emptyCm }),
  "led-line": ({ protocol, address, register, columns }) => ({ protocol, address, register, columns }),
  "hid-keypad": () => ({ buttons: {} }),
  "serial-pager": ({ frames }) => ({ buttons: {}, frames }),
};

function settingsOf<Name extends DriverName>(device: {
  readonly driver: Name;
  readonly options: OptionsOf<Name>;
}): object | undefined {
  return settingsOfOptions[device.driver]?.(device.options);
}

/** Where a device stands follows from the flow that uses it; what none uses stands at the desk. */
function placeOf(id: string, { returns, queue, weighing }: Scenario): string {
  const places = new Map<string | undefined, string>([
    [returns?.inspection?.scanner, "inspection"],
    [returns?.cage?.reader.device, "cage"],
    ...placesOfQueue(queue),
    ...[weighing?.scale, weighing?.scanner, weighing?.printer].map(
      (device) => [device, weighingPoint.id] as const,
    ),
  ]);
  return places.get(id) ?? "desk";
}

function placesOfQueue(queue: Scenario["queue"]): readonly (readonly [string | undefined, string])[] {
  if (queue === undefined) return [];
  return [
    [queue.kiosk.buttons, "kiosk"],
    [queue.kiosk.printer, "kiosk"],
    ...queue.counters.map(({ buttons }, index) => [buttons, `counter-${index + 1}`] as const),
  ];
}

function buttonsOf(id: string, { queue }: Scenario): Record<string, ButtonAction> {
  if (queue === undefined) return {};
  if (queue.kiosk.buttons === id) {
    const issue = (line: string): ButtonAction => ({
      kind: "issue",
      service: serviceOf(line),
      priorityClass: priorityLine.test(line) ? "priority" : "regular",
    });
    return Object.fromEntries(Object.keys(queue.kiosk.lines).map((line) => [line, issue(line)]));
  }
  const counter = queue.counters.find(({ buttons }) => buttons === id);
  if (counter === undefined) return {};
  const { call, serve, finish } = counter.lines;
  return { [call]: { kind: "call-next" }, [serve]: { kind: "serve" }, [finish]: { kind: "finish" } };
}
