import type { DriverName } from "../protocols/config/devices.ts";
import type { TransportKind } from "../protocols/config/transport.ts";
import type { Random } from "../protocols/random.ts";
import { fromLatin1 } from "../protocols/stream/bytes.ts";
import { EscposSimulator } from "./devices/escpos-printer.ts";
import { createButtons } from "./devices/gpio-buttons.ts";
import { createHidScanner } from "./devices/hid-scanner.ts";
import { MtSicsSimulator } from "./devices/mt-sics.ts";
import { R2000Simulator } from "./devices/r2000-a0.ts";
import { createSerialScanner } from "./devices/serial-scanner.ts";
import type { LineFault } from "./line-faults.ts";
import { withLineFaults } from "./line-faults.ts";
import type { Simulator } from "./simulator.ts";
import type { OptionsOf, Stimulus, StimulusOf } from "./stimuli.ts";

export interface SimulatedFamily<Name extends DriverName> {
  /** What may carry it; the first is the usual one. Everything can be carried in process. */
  readonly transports: readonly TransportKind[];
  /** The protocol's own bytes, of which line faults make their noise. */
  readonly alphabet: Uint8Array;
  create(options: OptionsOf<Name>, random: Random): Simulator<unknown, StimulusOf<Name>>;
}

/** All simulated devices, by the name of the driver that talks to them. */
export const simulatedFamilies: { readonly [Name in DriverName]: SimulatedFamily<Name> } = {
  "r2000-a0": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0xa0, 0x03, 0x04, 0x13, 0x01, 0xff, 0x72, 0x74, 0x89, 0x30, 0x10),
    create: (options, random) => new R2000Simulator(options, random),
  },
  "serial-scanner": {
    transports: ["serial", "tcp"],
    alphabet: fromLatin1("]d2C10E0123456789\r\n\u001d"),
    create: (options) => createSerialScanner(options),
  },
  "hid-scanner": {
    transports: ["hid"],
    alphabet: Uint8Array.of(0x02, 0x38, 0x5d, 0x45, 0x30, 0x00, 0x01),
    create: (options) => createHidScanner(options),
  },
  "mt-sics": {
    transports: ["serial", "tcp"],
    alphabet: fromLatin1("SDIZT+- .0123456789kgE\r\n"),
    create: (options) => new MtSicsSimulator(options),
  },
  "escpos-printer": {
    transports: ["serial", "tcp"],
    alphabet: Uint8Array.of(0x12, 0x16, 0x1a, 0x10, 0x14, 0x00, 0x0f, 0x11, 0x13),
    create: (options) => new EscposSimulator(options),
  },
  "gpio-buttons": {
    transports: ["gpio"],
    alphabet: new Uint8Array(),
    create: (options) => createButtons(options),
  },
};

/** A simulated device on a line that can go bad; edges of GPIO lines pass as they are. */
export function createSimulator<Name extends DriverName>(
  name: Name,
  options: OptionsOf<Name>,
  random: Random,
): Simulator<unknown, Stimulus | LineFault> {
  const family = simulatedFamilies[name];
  // The scenario's schema has seen to it that a device only gets stimuli of its own family.
  const simulator = family.create(options, random) as Simulator<unknown, Stimulus>;
  return withLineFaults(simulator, { random, alphabet: family.alphabet });
}
