import { families } from "../../../drivers/catalog.ts";
import type { RunningSession, Session } from "../../../drivers/driver.ts";
import type { CommandTask, DeviceCommand } from "../../../protocols/commands.ts";
import type { scaleTransports } from "../../../protocols/config/devices/scales.ts";
import type { DriverName, SettingsOf } from "../../../protocols/config/devices.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import type { FaultCode } from "../../../protocols/faults.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { simulatedFamilies } from "../../../simulators/catalog.ts";
import type { ScaleStimulus } from "../../../simulators/devices/scale/simulated-scale.ts";
import type { Simulator } from "../../../simulators/simulator.ts";
import { worldOf } from "../../../simulators/stimuli.ts";
import { Pump } from "./pump.ts";

export type ScaleName = Extract<DriverName, keyof typeof scaleTransports>;
type Key = Extract<CommandTask["kind"], "tare" | "zero" | "clear-tare">;

/** What one scale family can say, for the suite that all of them share. */
export interface ScaleBench {
  readonly name: ScaleName;
  /** What distinguishes two benches of one family. */
  readonly as: string;
  readonly settings: object;
  readonly options: object;
  readonly sends: "asked" | "always";
  /** Whether a moving load has a value, and where it stands that it is at rest. */
  readonly motion: "told" | "untold" | "by rule";
  readonly commands: readonly Key[];
  /** Whether gross and net are told apart. */
  readonly mode: boolean;
  readonly namesUnit: boolean;
  /** The faults for which the protocol has words. */
  readonly says: readonly FaultCode[];
}

const polled = {
  as: "",
  settings: {},
  options: {},
  sends: "asked",
  motion: "told",
  commands: [],
  mode: true,
  namesUnit: true,
  says: ["scale-overload"],
} as const;
const sending = { ...polled, sends: "always" } as const;
/** A Yaohua goes on counting beyond what it can weigh, so the settings have to know where that is. */
const wordless = {
  settings: { capacity: "30.000" },
  motion: "by rule",
  mode: false,
  namesUnit: false,
} as const;
const all = ["tare", "zero", "clear-tare"] as const;

export const scaleBenches: readonly ScaleBench[] = [
  { ...polled, name: "mt-sics", commands: all, mode: false, says: ["scale-overload", "scale-underload"] },
  {
    ...polled,
    name: "toledo-8217",
    motion: "untold",
    commands: all,
    namesUnit: false,
    says: ["scale-overload", "scale-underload", "scale-no-zero"],
  },
  {
    ...sending,
    name: "toledo-continuous",
    says: ["scale-overload", "scale-underload", "scale-no-zero"],
  },
  {
    ...sending,
    name: "toledo-continuous",
    as: ", check switched off",
    options: { checksum: false },
    says: ["scale-overload", "scale-underload", "scale-no-zero"],
  },
  {
    ...polled,
    name: "nci-ecr",
    commands: ["zero"],
    mode: false,
    says: ["scale-overload", "scale-underload", "scale-no-zero", "scale-error"],
  },
  { ...sending, ...wordless, name: "yaohua-tf0" },
  { ...sending, ...wordless, name: "yaohua-tf1" },
  { ...sending, ...wordless, name: "yaohua-tf2" },
  { ...polled, ...wordless, name: "yaohua-cmd", mode: true },
  { ...polled, name: "cas-ap1", settings: { capacity: "30.000" }, mode: false },
  { ...sending, name: "cas-22", options: { device: 0x0a } },
  { ...sending, name: "ascii-st-us", commands: ["tare", "zero"] },
  {
    ...polled,
    name: "ascii-st-us",
    as: ", asked, without gross and net",
    settings: { sends: "asked" },
    options: { sends: "asked", style: "plain" },
    commands: ["tare", "zero"],
    mode: false,
    says: ["scale-overload", "scale-underload"],
  },
  { ...sending, name: "digi-ds", settings: { capacity: "30.000" }, mode: false, namesUnit: false },
  {
    ...sending,
    ...wordless,
    name: "digi-ds",
    as: ", without stability and headers",
    options: { stability: false, headers: false },
  },
  {
    ...polled,
    name: "sma",
    commands: all,
    says: ["scale-overload", "scale-underload", "scale-no-zero"],
  },
  {
    ...sending,
    name: "hid-8d",
    commands: ["tare"],
    mode: false,
    says: ["scale-overload", "scale-no-zero", "scale-error"],
  },
];

/** A family as the catalog has it, against the simulator that the catalog has for it. */
export function benchPump(bench: Pick<ScaleBench, "name" | "settings" | "options">, options: object = {}) {
  const simulator = simulate(bench.name, { ...bench.options, ...options });
  return new Pump(sessionOf(bench.name, bench.settings), simulator);
}
export type ScalePump = ReturnType<typeof benchPump>;

function simulate<Name extends ScaleName>(name: Name, input: object): Simulator<unknown, ScaleStimulus> {
  const options = worldOf[name].options.parse(input);
  const family = simulatedFamilies[name];
  return family.create(options as never, seededRandom(1));
}

/** The running session under the pump, which wants to carry the state itself. */
function sessionOf<Name extends ScaleName>(name: Name, input: object): Session<undefined> {
  const { settings } = deviceSchema.parse({
    id: "scale",
    readPoint: "desk",
    driver: name,
    transport: { kind: "simulated", name },
    settings: input,
  });
  const running: RunningSession = families[name].driver.start(settings as SettingsOf<Name>);
  return {
    initial: undefined,
    step: (state, event) => ({ state, effects: running.step(event) }),
  };
}

type Order = Key | "restart" | "print";

export const command = (kind: Order, id = "c1"): DeviceCommand => ({
  id,
  device: "scale",
  task: kind === "print" ? { kind, elements: [{ kind: "cut" }] } : { kind },
});
