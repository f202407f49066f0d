import { magicrfCommand } from "../../../protocols/codecs/magicrf/content.ts";
import type { SettingsOf } from "../../../protocols/config/devices.ts";

type Settings = SettingsOf<"m100-bb">;

interface SettingEntry {
  readonly get: number;
  readonly set: number;
  /** Whether the configuration says anything of it. */
  readonly matters: (settings: Settings) => boolean;
  /** What is to stand in it, given what stands there, as hex. */
  readonly wanted: (before: string, settings: Settings) => string;
}

/** What is set in a module, in this order. */
export const magicrfSettings = {
  power: {
    get: magicrfCommand.getPower,
    set: magicrfCommand.setPower,
    matters: ({ powerDbm }) => powerDbm !== undefined,
    wanted: (_, { powerDbm = 0 }) => hexOf(powerDbm * 100, 2),
  },
  region: {
    get: magicrfCommand.getRegion,
    set: magicrfCommand.setRegion,
    matters: ({ regionCode }) => regionCode !== undefined,
    wanted: (_, { regionCode = 0 }) => hexOf(regionCode, 1),
  },
  query: {
    get: magicrfCommand.getQuery,
    set: magicrfCommand.setQuery,
    matters: ({ session, target }) => session !== undefined || target !== undefined,
    wanted: queryOf,
  },
} as const satisfies Record<string, SettingEntry>;
export type MagicrfSetting = keyof typeof magicrfSettings;

const order: readonly MagicrfSetting[] = ["power", "region", "query"];

/** The first setting behind this one that the configuration says something of. */
export const settingAfter = (
  setting: MagicrfSetting | undefined,
  settings: Settings,
): MagicrfSetting | undefined =>
  order
    .slice(setting === undefined ? 0 : order.indexOf(setting) + 1)
    .find((each) => magicrfSettings[each].matters(settings));

/** DR (1 bit) | M (2) | TRext (1) | Sel (2) | Session (2) | Target (1) | Q (4) | 0 (3): only session and target are ours. */
function queryOf(before: string, { session, target }: Settings): string {
  const value = Number.parseInt(before, 16);
  const withSession = session === undefined ? value : (value & ~0x0300) | (session << 8);
  const bit = target === "b" ? 0x80 : 0;
  return hexOf(target === undefined ? withSession : (withSession & ~0x80) | bit, 2);
}

export const hexOf = (value: number, bytes: number): string => value.toString(16).padStart(bytes * 2, "0");
