import type { LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import { everyLong, longOf, wholeOf } from "../../../protocols/codecs/llrp/find.ts";
import type { SettingsOf } from "../../../protocols/config/devices.ts";
import type { Fault } from "../../../protocols/faults.ts";

type Settings = SettingsOf<"llrp">;

/** What of a reader's capabilities the ROSpec and the reports need. */
export interface Capabilities {
  /** An entry of its mode table, with the longest Tari that the mode has, which every tag can follow. */
  readonly mode?: { readonly identifier: number; readonly tariNs: number } | undefined;
  /** The place in its power table, where the configuration names a power. */
  readonly transmitPower?: number | undefined;
  /** Of a reader that hops. */
  readonly hopTable?: number | undefined;
  /** By channel index, which begins at 1. */
  readonly frequenciesKhz: readonly number[];
  /** What the configuration asks for and the reader does not have. */
  readonly lacks?: string | undefined;
}

export const noCapabilities: Capabilities = { frequenciesKhz: [] };

export function capabilitiesOf(parameters: readonly LlrpParameter[], settings: Settings): Capabilities {
  const [hop] = everyLong(parameters, "FrequencyHopTable");
  const [table] = [...(hop === undefined ? [] : [hop]), ...everyLong(parameters, "FixedFrequencyTable")];
  const frequencies = table?.fields["Frequency"];
  const mode = modeOf(parameters, settings);
  return {
    mode,
    transmitPower: powerOf(parameters, settings),
    hopTable: wholeOf(hop?.fields["HopTableID"]),
    frequenciesKhz: Array.isArray(frequencies) ? frequencies : [],
    lacks: lackOf(mode, settings),
  };
}

function lackOf(mode: Capabilities["mode"], { modeIndex }: Settings): string | undefined {
  if (modeIndex === undefined || mode?.identifier === modeIndex) return undefined;
  return `the reader has no mode ${modeIndex}; it uses ${mode?.identifier ?? "its own"}`;
}

function modeOf(parameters: readonly LlrpParameter[], { modeIndex }: Settings): Capabilities["mode"] {
  const modes = everyLong(parameters, "C1G2UHFRFModeTableEntry").map(({ fields }) => ({
    identifier: wholeOf(fields["ModeIdentifier"]) ?? 0,
    tariNs: wholeOf(fields["MaxTariValue"]) ?? 0,
  }));
  return modes.find(({ identifier }) => identifier === modeIndex) ?? modes[0];
}

/** The strongest entry that is not stronger than what is wanted, else the weakest; in hundredths of a dBm. */
function powerOf(parameters: readonly LlrpParameter[], { powerDbm }: Settings): number | undefined {
  if (powerDbm === undefined) return undefined;
  const entries = everyLong(parameters, "TransmitPowerLevelTableEntry")
    .map(({ fields }) => ({
      index: wholeOf(fields["Index"]) ?? 0,
      centiDbm: wholeOf(fields["TransmitPowerValue"]) ?? 0,
    }))
    .toSorted((left, right) => left.centiDbm - right.centiDbm);
  const fitting = entries.filter(({ centiDbm }) => centiDbm <= powerDbm * 100).at(-1);
  return (fitting ?? entries[0])?.index;
}

/** What is wrong with each antenna that is to be used; those that the reader says nothing of work. */
export function antennaVerdicts(
  parameters: readonly LlrpParameter[],
  { antennas }: Settings,
): readonly { readonly place: string; readonly fault: Fault | undefined }[] {
  return longOf(parameters, "AntennaProperties").flatMap(({ fields }) => {
    const antenna = wholeOf(fields["AntennaID"]) ?? 0;
    return antennas.includes(antenna) ? [antennaVerdict(antenna, fields["AntennaConnected"] === true)] : [];
  });
}

export function antennaVerdict(
  antenna: number,
  connected: boolean,
): { readonly place: string; readonly fault: Fault | undefined } {
  const place = `antenna ${antenna}`;
  const fault: Fault = { code: "antenna-missing", detail: `${place} is not connected` };
  return { place, fault: connected ? undefined : fault };
}

/** The reader's own number, of its MAC address or its maker's. */
export function identificationOf(parameters: readonly LlrpParameter[]): string | undefined {
  const number = longOf(parameters, "Identification")[0]?.fields["ReaderID"];
  return typeof number === "string" ? number : undefined;
}
