import type { LlrpLong, LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import type { LlrpFields } from "../../../protocols/codecs/llrp/fields.ts";
import { everyLong, wholeOf } from "../../../protocols/codecs/llrp/find.ts";
import { fromHex } from "../../../protocols/stream/bytes.ts";

export const long = (
  name: string,
  fields: LlrpFields = {},
  ...parameters: readonly LlrpParameter[]
): LlrpLong => ({ name, fields, parameters });

export const llrpStatus = {
  done: 0,
  wrongField: 101,
  missingParameter: 103,
  unsupportedMessage: 109,
  wrongFieldWithin: 201,
  wrongParameter: 200,
  invalid: 300,
} as const;

export const statusOf = (code: number, text = "", ...within: readonly LlrpParameter[]): LlrpLong =>
  long("LLRPStatus", { StatusCode: code, ErrorDescription: text }, ...within);

/** A ROSpec that the reader was given, and how far it got. */
export interface LlrpRoSpec {
  readonly id: number;
  readonly moves: "disabled" | "inactive" | "active";
  readonly spec: LlrpLong;
}

/** 10 to 30 dBm in steps of 5, in hundredths. */
const powers = [1_000, 1_500, 2_000, 2_500, 3_000];
/** China's band, kHz. */
const frequencies = Array.from({ length: 16 }, (_, channel) => 920_625 + channel * 250);
const tariMinNs = 6_250;
const tariMaxNs = 25_000;

interface Reader {
  readonly antennaCount: number;
  readonly modes: readonly number[];
}

export function capabilitiesOf({ antennaCount, modes }: Reader): readonly LlrpLong[] {
  const modeTable = modes.map((ModeIdentifier) =>
    long("C1G2UHFRFModeTableEntry", {
      ModeIdentifier,
      DRValue: true,
      EPCHAGTCConformance: false,
      MValue: 2,
      ForwardLinkModulation: 0,
      SpectralMaskIndicator: 2,
      BDRValue: 250_000,
      PIEValue: 1_500,
      MinTariValue: tariMinNs,
      MaxTariValue: tariMaxNs,
      StepTariValue: 0,
    }),
  );
  const powerTable = powers.map((TransmitPowerValue, place) =>
    long("TransmitPowerLevelTableEntry", { Index: place + 1, TransmitPowerValue }),
  );
  const hopping = long("FrequencyHopTable", { HopTableID: 1, Frequency: frequencies });
  return [
    long("GeneralDeviceCapabilities", {
      MaxNumberOfAntennaSupported: antennaCount,
      CanSetAntennaProperties: false,
      HasUTCClockCapability: true,
      DeviceManufacturerName: 0,
      ModelName: 1,
      ReaderFirmwareVersion: "simulated 1.0",
    }),
    long(
      "RegulatoryCapabilities",
      { CountryCode: 156, CommunicationsStandard: 9 },
      long(
        "UHFBandCapabilities",
        {},
        ...powerTable,
        long("FrequencyInformation", { Hopping: true }, hopping),
        long("C1G2UHFRFModeTable", {}, ...modeTable),
      ),
    ),
  ];
}

interface Configured {
  readonly antennaCount: number;
  readonly identification: string;
  readonly lostAntennas: ReadonlySet<number>;
  readonly events: readonly LlrpParameter[];
  readonly keepaliveMs: number;
  readonly hold: boolean;
}

export function configurationOf(reader: Configured): readonly LlrpLong[] {
  const antennas = Array.from({ length: reader.antennaCount }, (_, index) =>
    long("AntennaProperties", {
      AntennaConnected: !reader.lostAntennas.has(index + 1),
      AntennaID: index + 1,
      AntennaGain: 0,
    }),
  );
  const { keepaliveMs } = reader;
  return [
    long("Identification", { IDType: 0, ReaderID: reader.identification }),
    ...antennas,
    long("ReaderEventNotificationSpec", {}, ...reader.events),
    long("KeepaliveSpec", {
      KeepaliveTriggerType: keepaliveMs > 0 ? 1 : 0,
      PeriodicTriggerValue: keepaliveMs,
    }),
    long("EventsAndReports", { HoldEventsAndReportsUponReconnect: reader.hold }),
  ];
}

/** Why a ROSpec is not taken: one is there already, or it asks for what the tables do not have. */
export function refusalOfRoSpec(
  spec: LlrpLong | undefined,
  occupied: boolean,
  { modes, antennaCount }: Reader,
): LlrpLong | undefined {
  if (spec === undefined) return statusOf(llrpStatus.missingParameter);
  if (occupied) return statusOf(llrpStatus.wrongField, "a ROSpec is there already");
  const mode = wholeOf(everyLong([spec], "C1G2RFControl")[0]?.fields["ModeIndex"]);
  if (mode !== undefined && !modes.includes(mode)) return wrongWithin("no such mode", modeControl);
  const antennas = everyLong([spec], "AISpec")[0]?.fields["AntennaIDs"];
  const beyond = Array.isArray(antennas) && antennas.some((antenna) => antenna > antennaCount);
  return beyond ? wrongWithin("no such antenna", antennaList) : undefined;
}

const modeControl = { type: 335, field: 1 } as const;
const antennaList = { type: 183, field: 2 } as const;

function wrongWithin(
  text: string,
  { type, field }: { readonly type: number; readonly field: number },
): LlrpLong {
  const { wrongField, wrongFieldWithin, wrongParameter } = llrpStatus;
  const place = long("FieldError", { FieldNum: field, ErrorCode: wrongField });
  return statusOf(
    wrongParameter,
    text,
    long("ParameterError", { ParameterType: type, ErrorCode: wrongFieldWithin }, place),
  );
}

interface SeenTag {
  readonly epcHex: string;
  readonly antenna: number;
  readonly rssiDbm: number;
  readonly epc96: boolean;
  readonly withAntenna: boolean;
  readonly seenUs: number;
  readonly strange: readonly LlrpParameter[];
}

/** One tag as the reader reports it. */
export function tagReport(tag: SeenTag): LlrpLong {
  const { epcHex, antenna, rssiDbm, seenUs } = tag;
  const bits = (fromHex(epcHex)?.length ?? 0) * 8;
  const epc: LlrpParameter =
    tag.epc96 && bits === 96
      ? { name: "EPC_96", value: epcHex }
      : long("EPCData", { EPC: { bits, hex: epcHex } });
  return long(
    "TagReportData",
    {},
    epc,
    ...(tag.withAntenna ? [{ name: "AntennaID", value: antenna }] : []),
    { name: "PeakRSSI", value: rssiDbm },
    { name: "ChannelIndex", value: 1 + (antenna % frequencies.length) },
    ...tag.strange,
    { name: "FirstSeenTimestampUTC", value: seenUs },
    { name: "LastSeenTimestampUTC", value: seenUs },
    { name: "TagSeenCount", value: 1 },
  );
}
