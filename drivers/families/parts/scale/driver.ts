import type { DriverName, SettingsOf } from "../../../../protocols/config/devices.ts";
import { transportsOfDriver } from "../../../../protocols/config/devices.ts";
import { fromLatin1 } from "../../../../protocols/stream/bytes.ts";
import type { Driver } from "../../../driver.ts";
import { run } from "../../../driver.ts";
import { ScaleSession } from "../scale-session.ts";
import type { ScaleProtocol, Speaks } from "./protocol.ts";
import type { RestingRule } from "./resting.ts";

/** A scale family from its page: what its settings make of its protocol. */
export const scaleDriver = <Name extends DriverName, Frame>(
  name: Name,
  protocolOf: (settings: SettingsOf<Name>) => ScaleProtocol<Frame>,
): Driver<SettingsOf<Name>> => ({
  name,
  transports: transportsOfDriver[name],
  start: (settings) => run(new ScaleSession(protocolOf(settings))),
});

/** It is asked with these characters. */
export const whenAsked = (ask: string, { pollMs }: { readonly pollMs: number }): Speaks => ({
  when: "asked",
  ask: fromLatin1(ask),
  everyMs: pollMs,
});

export const always = ({ silenceMsMax }: { readonly silenceMsMax: number }): Speaks => ({
  when: "always",
  silenceMs: silenceMsMax,
});

export const restingBy = (settings: {
  readonly stableFrames: number;
  readonly stableForMs: number;
}): RestingRule => ({ frames: settings.stableFrames, forMs: settings.stableForMs });
