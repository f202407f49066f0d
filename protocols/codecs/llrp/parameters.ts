import type { Field } from "./fields.ts";
import { fieldsOf, kindOf } from "./fields.ts";
import type { Kind } from "./kinds.ts";

type Row = readonly [number, string, string?];

/** Parameters of a fixed length (TV encoding): without its row none can be stepped over. */
const shortRows: readonly Row[] = [
  [1, "AntennaID", "u16"],
  [2, "FirstSeenTimestampUTC", "u64"],
  [3, "FirstSeenTimestampUptime", "u64"],
  [4, "LastSeenTimestampUTC", "u64"],
  [5, "LastSeenTimestampUptime", "u64"],
  [6, "PeakRSSI", "s8"],
  [7, "ChannelIndex", "u16"],
  [8, "TagSeenCount", "u16"],
  [9, "ROSpecID", "u32"],
  [10, "InventoryParameterSpecID", "u16"],
  [11, "C1G2_CRC", "u16"],
  [12, "C1G2_PC", "u16"],
  [13, "EPC_96", "hex12"],
  [14, "SpecIndex", "u16"],
  [15, "ClientRequestOpSpecResult", "u16"],
  [16, "AccessSpecID", "u32"],
  [17, "OpSpecID", "u16"],
  // Collisions, then empty slots.
  [18, "C1G2SingulationDetails", "u16-pair"],
  [19, "C1G2XPCW1", "u16"],
  [20, "C1G2XPCW2", "u16"],
];

const access = "OpSpecID u16, AccessPassword u32";
const bank = "MB 2bits, 6";

/** Parameters with a length of their own (TLV encoding): LLRP 1.0.1, section 16, and what 1.1 adds. */
const rows: readonly Row[] = [
  [128, "UTCTimestamp", "Microseconds u64"],
  [129, "Uptime", "Microseconds u64"],
  // Capabilities
  [
    137,
    "GeneralDeviceCapabilities",
    "MaxNumberOfAntennaSupported u16, CanSetAntennaProperties flag, HasUTCClockCapability flag, 6, 8, DeviceManufacturerName u32, ModelName u32, ReaderFirmwareVersion text",
  ],
  [139, "ReceiveSensitivityTableEntry", "Index u16, ReceiveSensitivityValue s16"],
  [140, "PerAntennaAirProtocol", "AntennaID u16, ProtocolID u8[]"],
  [141, "GPIOCapabilities", "NumGPIs u16, NumGPOs u16"],
  [
    142,
    "LLRPCapabilities",
    "CanDoRFSurvey flag, CanReportBufferFillWarning flag, SupportsClientRequestOpSpec flag, CanDoTagInventoryStateAwareSingulation flag, SupportsEventAndReportHolding flag, 3, MaxNumPriorityLevelsSupported u8, ClientRequestOpSpecTimeout u16, MaxNumROSpecs u32, MaxNumSpecsPerROSpec u32, MaxNumInventoryParameterSpecsPerAISpec u32, MaxNumAccessSpecs u32, MaxNumOpSpecsPerAccessSpec u32",
  ],
  [143, "RegulatoryCapabilities", "CountryCode u16, CommunicationsStandard u16"],
  [144, "UHFBandCapabilities"],
  [145, "TransmitPowerLevelTableEntry", "Index u16, TransmitPowerValue s16"],
  [146, "FrequencyInformation", "Hopping flag, 7"],
  [147, "FrequencyHopTable", "HopTableID u8, 8, Frequency u32[]"],
  [148, "FixedFrequencyTable", "Frequency u32[]"],
  [
    149,
    "PerAntennaReceiveSensitivityRange",
    "AntennaID u16, ReceiveSensitivityIndexMin u16, ReceiveSensitivityIndexMax u16",
  ],
  [363, "MaximumReceiveSensitivity", "MaximumSensitivityValue s16"],
  [365, "RFSurveyFrequencyCapabilities", "MinimumFrequency u32, MaximumFrequency u32"],
  [
    327,
    "C1G2LLRPCapabilities",
    "CanSupportBlockErase flag, CanSupportBlockWrite flag, CanSupportBlockPermalock flag, CanSupportTagRecommissioning flag, CanSupportUMIMethod2 flag, CanSupportXPC flag, 2, MaxNumSelectFiltersPerQuery u16",
  ],
  [328, "C1G2UHFRFModeTable"],
  [
    329,
    "C1G2UHFRFModeTableEntry",
    "ModeIdentifier u32, DRValue flag, EPCHAGTCConformance flag, 6, MValue u8, ForwardLinkModulation u8, SpectralMaskIndicator u8, BDRValue u32, PIEValue u32, MinTariValue u32, MaxTariValue u32, StepTariValue u32",
  ],
  // Inventory
  [177, "ROSpec", "ROSpecID u32, Priority u8, CurrentState u8"],
  [178, "ROBoundarySpec"],
  [179, "ROSpecStartTrigger", "ROSpecStartTriggerType u8"],
  [180, "PeriodicTriggerValue", "Offset u32, Period u32"],
  [181, "GPITriggerValue", "GPIPortNum u16, GPIEvent flag, 7, Timeout u32"],
  [182, "ROSpecStopTrigger", "ROSpecStopTriggerType u8, DurationTriggerValue u32"],
  [183, "AISpec", "AntennaIDs u16[]"],
  [184, "AISpecStopTrigger", "AISpecStopTriggerType u8, DurationTrigger u32"],
  [
    185,
    "TagObservationTrigger",
    "TriggerType u8, 8, NumberOfTags u16, NumberOfAttempts u16, T u16, Timeout u32",
  ],
  [186, "InventoryParameterSpec", "InventoryParameterSpecID u16, ProtocolID u8"],
  [187, "RFSurveySpec", "AntennaID u16, StartFrequency u32, EndFrequency u32"],
  [188, "RFSurveySpecStopTrigger", "StopTriggerType u8, DurationPeriod u32, N u32"],
  [355, "LoopSpec", "LoopCount u32"],
  [330, "C1G2InventoryCommand", "TagInventoryStateAware flag, 7"],
  [331, "C1G2Filter", "T 2bits, 6"],
  [332, "C1G2TagInventoryMask", `${bank}, Pointer u16, TagMask bits[]`],
  [333, "C1G2TagInventoryStateAwareFilterAction", "Target u8, Action u8"],
  [334, "C1G2TagInventoryStateUnawareFilterAction", "Action u8"],
  [335, "C1G2RFControl", "ModeIndex u16, Tari u16"],
  [336, "C1G2SingulationControl", "Session 2bits, 6, TagPopulation u16, TagTransitTime u32"],
  [337, "C1G2TagInventoryStateAwareSingulationAction", "I flag, S flag, SAll flag, 5"],
  // Access to a tag's memory
  [207, "AccessSpec", "AccessSpecID u32, AntennaID u16, ProtocolID u8, CurrentState flag, 7, ROSpecID u32"],
  [208, "AccessSpecStopTrigger", "AccessSpecStopTrigger u8, OperationCountValue u16"],
  [209, "AccessCommand"],
  [210, "ClientRequestOpSpec", "OpSpecID u16"],
  [211, "ClientRequestResponse", "AccessSpecID u32"],
  [338, "C1G2TagSpec"],
  [339, "C1G2TargetTag", "MB 2bits, Match flag, 5, Pointer u16, TagMask bits[], TagData bits[]"],
  [341, "C1G2Read", `${access}, ${bank}, WordPointer u16, WordCount u16`],
  [342, "C1G2Write", `${access}, ${bank}, WordPointer u16, WriteData words[]`],
  [343, "C1G2Kill", "OpSpecID u16, KillPassword u32"],
  [344, "C1G2Lock", access],
  [345, "C1G2LockPayload", "Privilege u8, DataField u8"],
  [346, "C1G2BlockErase", `${access}, ${bank}, WordPointer u16, WordCount u16`],
  [347, "C1G2BlockWrite", `${access}, ${bank}, WordPointer u16, WriteData words[]`],
  [357, "C1G2Recommission", "OpSpecID u16, KillPassword u32, 5, SB3 flag, SB2 flag, LSB flag"],
  [358, "C1G2BlockPermalock", `${access}, ${bank}, BlockPointer u16, BlockMask words[]`],
  [359, "C1G2GetBlockPermalockStatus", `${access}, ${bank}, BlockPointer u16, BlockRange u16`],
  // Configuration
  [217, "LLRPConfigurationStateValue", "LLRPConfigurationStateValue u32"],
  [218, "Identification", "IDType u8, ReaderID bytes[]"],
  [219, "GPOWriteData", "GPOPortNumber u16, GPOData flag, 7"],
  [220, "KeepaliveSpec", "KeepaliveTriggerType u8, PeriodicTriggerValue u32"],
  [221, "AntennaProperties", "AntennaConnected flag, 7, AntennaID u16, AntennaGain s16"],
  [222, "AntennaConfiguration", "AntennaID u16"],
  [223, "RFReceiver", "ReceiverSensitivity u16"],
  [224, "RFTransmitter", "HopTableID u16, ChannelIndex u16, TransmitPower u16"],
  [225, "GPIPortCurrentState", "GPIPortNum u16, Config flag, 7, State u8"],
  [226, "EventsAndReports", "HoldEventsAndReportsUponReconnect flag, 7"],
  [237, "ROReportSpec", "ROReportTrigger u8, N u16"],
  [
    238,
    "TagReportContentSelector",
    "EnableROSpecID flag, EnableSpecIndex flag, EnableInventoryParameterSpecID flag, EnableAntennaID flag, EnableChannelIndex flag, EnablePeakRSSI flag, EnableFirstSeenTimestamp flag, EnableLastSeenTimestamp flag, EnableTagSeenCount flag, EnableAccessSpecID flag, 6",
  ],
  [239, "AccessReportSpec", "AccessReportTrigger u8"],
  [244, "ReaderEventNotificationSpec"],
  [245, "EventNotificationState", "EventType u16, NotificationState flag, 7"],
  [348, "C1G2EPCMemorySelector", "EnableCRC flag, EnablePCBits flag, EnableXPCBits flag, 5"],
  // Reports
  [240, "TagReportData"],
  [241, "EPCData", "EPC bits[]"],
  [242, "RFSurveyReportData"],
  [243, "FrequencyRSSILevelEntry", "Frequency u32, Bandwidth u32, AverageRSSI s8, PeakRSSI s8"],
  [349, "C1G2ReadOpSpecResult", "Result u8, OpSpecID u16, ReadData words[]"],
  [350, "C1G2WriteOpSpecResult", "Result u8, OpSpecID u16, NumWordsWritten u16"],
  [351, "C1G2KillOpSpecResult", "Result u8, OpSpecID u16"],
  [352, "C1G2LockOpSpecResult", "Result u8, OpSpecID u16"],
  [353, "C1G2BlockEraseOpSpecResult", "Result u8, OpSpecID u16"],
  [354, "C1G2BlockWriteOpSpecResult", "Result u8, OpSpecID u16, NumWordsWritten u16"],
  [360, "C1G2RecommissionOpSpecResult", "Result u8, OpSpecID u16"],
  [361, "C1G2BlockPermalockOpSpecResult", "Result u8, OpSpecID u16"],
  [362, "C1G2GetBlockPermalockStatusOpSpecResult", "Result u8, OpSpecID u16, PermalockStatus words[]"],
  // Events and errors
  [246, "ReaderEventNotificationData"],
  [247, "HoppingEvent", "HopTableID u16, NextChannelIndex u16"],
  [248, "GPIEvent", "GPIPortNumber u16, GPIEvent flag, 7"],
  [249, "ROSpecEvent", "EventType u8, ROSpecID u32, PreemptingROSpecID u32"],
  [250, "ReportBufferLevelWarningEvent", "ReportBufferPercentageFull u8"],
  [251, "ReportBufferOverflowErrorEvent"],
  [252, "ReaderExceptionEvent", "Message text"],
  [253, "RFSurveyEvent", "EventType u8, ROSpecID u32, SpecIndex u16"],
  [254, "AISpecEvent", "EventType u8, ROSpecID u32, SpecIndex u16"],
  [255, "AntennaEvent", "EventType u8, AntennaID u16"],
  [256, "ConnectionAttemptEvent", "Status u16"],
  [257, "ConnectionCloseEvent"],
  [356, "SpecLoopEvent", "ROSpecID u32, LoopCount u32"],
  [287, "LLRPStatus", "StatusCode u16, ErrorDescription text"],
  [288, "FieldError", "FieldNum u16, ErrorCode u16"],
  [289, "ParameterError", "ParameterType u16, ErrorCode u16"],
  [1023, "Custom", "VendorIdentifier u32, ParameterSubtype u32, Data rest"],
];

export interface ParameterDefinition {
  readonly type: number;
  readonly name: string;
  readonly fields: readonly Field[];
}

const definitionOf = ([type, name, fields = ""]: Row): ParameterDefinition => ({
  type,
  name,
  fields: fieldsOf(fields),
});

export interface ShortDefinition {
  readonly type: number;
  readonly name: string;
  readonly kind: Kind;
}

export const shortByType: readonly (ShortDefinition | undefined)[] = placed(
  shortRows.map(([type, name, kindName = ""]) => ({ type, name, kind: kindOf(kindName) })),
);
export const longByType: readonly (ParameterDefinition | undefined)[] = placed(rows.map(definitionOf));

const named = <Definition extends { readonly name: string }>(
  all: readonly (Definition | undefined)[],
): ReadonlyMap<string, Definition> =>
  new Map(all.flatMap((definition) => (definition === undefined ? [] : [[definition.name, definition]])));
export const shortByName = named(shortByType);
export const longByName = named(longByType);

function placed<Definition extends { readonly type: number }>(
  definitions: readonly Definition[],
): (Definition | undefined)[] {
  const byType: (Definition | undefined)[] = Array.from({ length: 1024 });
  for (const definition of definitions) byType[definition.type] = definition;
  return byType;
}
