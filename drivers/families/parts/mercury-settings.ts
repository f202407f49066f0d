import { mercuryOpcode } from "../../../protocols/codecs/mercury/content.ts";
import { mercuryRegions } from "../../../protocols/codecs/mercury/tables.ts";
import type { SettingsOf } from "../../../protocols/config/devices.ts";

type Settings = SettingsOf<"mercury-ff">;

interface SettingEntry {
  readonly get: { readonly opcode: number; readonly data: string };
  /** The setting's own digits of what answers. */
  readonly value: (data: string) => string;
  /** What is sent before the new value. */
  readonly set: { readonly opcode: number; readonly data: string };
  /** What is to stand there; undefined leaves it. */
  readonly wanted: (settings: Settings) => string | undefined;
}

const gen2 = "0005";
/** Option 0C: whether each tag is told only once, which would make every tag depart. */
const readOnceFilter = "010c";
/** Gen2 parameters, of the session and of the target. */
const sessionParameter = "0500";
const targetParameter = "0501";
const targets = { a: "0100", b: "0101" } as const;

export const hexOf = (value: number, bytes: number): string => value.toString(16).padStart(bytes * 2, "0");

/** What is set in a module, in this order. */
export const mercurySettings = {
  region: {
    get: { opcode: mercuryOpcode.region, data: "" },
    value: (data) => data,
    set: { opcode: mercuryOpcode.setRegion, data: "" },
    wanted: ({ region }) => (region === undefined ? undefined : hexOf(mercuryRegions[region], 1)),
  },
  protocol: {
    get: { opcode: mercuryOpcode.protocol, data: "" },
    value: (data) => data,
    set: { opcode: mercuryOpcode.setProtocol, data: "" },
    wanted: () => gen2,
  },
  filter: {
    get: { opcode: mercuryOpcode.option, data: readOnceFilter },
    value: (data) => data.slice(4),
    set: { opcode: mercuryOpcode.setOption, data: readOnceFilter },
    wanted: () => "00",
  },
  session: {
    get: { opcode: mercuryOpcode.protocolParameter, data: sessionParameter },
    value: (data) => data.slice(4),
    set: { opcode: mercuryOpcode.setProtocolParameter, data: sessionParameter },
    wanted: ({ session }) => (session === undefined ? undefined : hexOf(session, 1)),
  },
  target: {
    get: { opcode: mercuryOpcode.protocolParameter, data: targetParameter },
    value: (data) => data.slice(4),
    set: { opcode: mercuryOpcode.setProtocolParameter, data: targetParameter },
    wanted: ({ target }) => (target === undefined ? undefined : targets[target]),
  },
  power: {
    get: { opcode: mercuryOpcode.power, data: "01" },
    // Option | Power (2) | Most (2) | Least (2)
    value: (data) => data.slice(2, 6),
    set: { opcode: mercuryOpcode.setPower, data: "" },
    wanted: ({ powerDbm }) => (powerDbm === undefined ? undefined : hexOf(Math.round(powerDbm * 100), 2)),
  },
} as const satisfies Record<string, SettingEntry>;
export type MercurySetting = keyof typeof mercurySettings;

/** The first setting behind this one that is to be looked at; the region always, because without one nothing is read. */
export function settingAfter(
  setting: MercurySetting | undefined,
  settings: Settings,
): MercurySetting | undefined {
  const behind = setting === undefined ? 0 : order.indexOf(setting) + 1;
  return order
    .slice(behind)
    .find((each) => each === "region" || mercurySettings[each].wanted(settings) !== undefined);
}
const order: readonly MercurySetting[] = ["region", "protocol", "filter", "session", "target", "power"];

/** Search list (2): pairs of the antenna that sends and the one that hears. */
export const antennaList = ({ antennas }: Settings): string =>
  `02${antennas.map((antenna) => hexOf(antenna, 1).repeat(2)).join("")}`;

/**
 * No end | begin | inventory, search flags | Gen2, 7 bytes: inventory with metadata, on the antennas of the list,
 * for a second each time, and everything that is known of a tag.
 */
export const beginReading = "0000" + "01" + "220000" + "0507" + "2210" + "001b" + "03e8" + "01ff";
export const endReading = "000002";
