import type { ChafonContent } from "../../../protocols/codecs/chafon/content.ts";
import { bandCodeOf, wholeBand } from "../../../protocols/codecs/chafon/tables.ts";
import type { SettingsOf } from "../../../protocols/config/devices.ts";

type Settings = SettingsOf<"chafon-crc16">;
type Band = NonNullable<Settings["band"]>;

const bandCodes: Readonly<Record<Band, number>> = {
  "china-920": 1,
  us: 2,
  korea: 3,
  eu: 4,
  "china-840": 8,
};

export const hasBand = (
  { highest, lowest }: Extract<ChafonContent, { kind: "information" }>,
  band: Band | undefined,
): boolean => band === undefined || bandCodes[band] === bandCodeOf(highest, lowest);

/** The whole of the band. */
export const bandSetting = (band: Band | undefined): readonly number[] =>
  band === undefined ? [] : wholeBand(bandCodes[band]);

/** 16 slots, from which the reader finds its own way. */
const slotsExponent = 4;
const epcMemory = 1;
const noMask = [0, 0, 0] as const;
const firstAntenna = 0x80;
/** In tenths of a second; short, because the turn of the next antenna waits for it. */
const scanTenths = 3;
/** A reader with one antenna scans as long as it is set to. */
const answerMs = 1_000;

/** Q | Session | Memory | Address (2), Length of no mask | Target | Antenna | Scan time; UHFReader18 takes none of it. */
export function inventoryRequest(
  { session = 0, target = "a" }: Settings,
  antenna: number | undefined,
): readonly number[] {
  if (antenna === undefined) return [];
  const wanted = target === "b" ? 1 : 0;
  return [slotsExponent, session, epcMemory, ...noMask, wanted, firstAntenna + antenna - 1, scanTenths];
}

/** How long the next frame of a round may take. */
export const inventoryWaitMs = (scanMs: number): number => Math.max(scanMs, scanTenths * 100) + answerMs;
