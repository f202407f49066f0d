import type { DriverName } from "../../protocols/config/devices.ts";
import type { TransportKind } from "../../protocols/config/transport.ts";
import type { Random } from "../../protocols/random.ts";
import type { Simulator } from "../simulator.ts";
import type { OptionsOf, StimulusOf } from "../stimuli.ts";

export interface SimulatedFamily<Name extends DriverName> {
  /** What may carry it; the first is the usual one. Everything can be carried in process. */
  readonly transports: readonly TransportKind[];
  /** The protocol's own bytes, of which line faults make their noise. */
  readonly alphabet: Uint8Array;
  create(options: OptionsOf<Name>, random: Random): Simulator<unknown, StimulusOf<Name>>;
}

/** Simulated families by the name of the driver that talks to them. */
export type SimulatedFamilies<Names extends DriverName> = { readonly [Name in Names]: SimulatedFamily<Name> };
