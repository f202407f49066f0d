import type { LlrpLong, LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import type { LlrpFields } from "../../../protocols/codecs/llrp/fields.ts";
import { everyLong } from "../../../protocols/codecs/llrp/find.ts";
import {
  impinjEnableExtensions,
  impinjVendor,
  llrpEventTypes,
} from "../../../protocols/codecs/llrp/tables.ts";
import type { LlrpMessage } from "../../../protocols/codecs/llrp.ts";
import { llrp } from "../../../protocols/codecs/llrp.ts";
import type { SettingsOf } from "../../../protocols/config/devices.ts";
import type { Capabilities } from "./llrp-capabilities.ts";

type Settings = SettingsOf<"llrp">;

/** Spoken by every reader; those of 1.1 take it as well. */
const version = 1;
/** The one ROSpec that the reader is given. */
export const roSpecId = 1;
const gen2 = 1;
const everything = 0;

const long = (name: string, fields: LlrpFields = {}, ...parameters: readonly LlrpParameter[]): LlrpLong => ({
  name,
  fields,
  parameters,
});

export const message = (
  name: string,
  id: number,
  fields: LlrpFields = {},
  ...parameters: readonly LlrpParameter[]
): LlrpMessage => ({ version, name, id, fields, parameters });

export const bytesOf = (content: LlrpMessage): Uint8Array => llrp.encode(content);

export const keepaliveAck = (id: number): Uint8Array => bytesOf(message("KEEPALIVE_ACK", id));
export const closeConnection = (id: number): Uint8Array => bytesOf(message("CLOSE_CONNECTION", id));
export const enableEventsAndReports = (id: number): Uint8Array =>
  bytesOf(message("ENABLE_EVENTS_AND_REPORTS", id));

export const enableImpinjExtensions = (id: number): LlrpMessage =>
  message("CUSTOM_MESSAGE", id, {
    VendorIdentifier: impinjVendor,
    MessageSubtype: impinjEnableExtensions,
    Data: "00000000",
  });

export const getCapabilities = (id: number): LlrpMessage =>
  message("GET_READER_CAPABILITIES", id, { RequestedData: everything });

export const getConfiguration = (id: number): LlrpMessage =>
  message("GET_READER_CONFIG", id, {
    AntennaID: everything,
    RequestedData: everything,
    GPIPortNum: everything,
    GPOPortNum: everything,
  });

/** What the session lives on: signs of life, and what happens to antennas, buffer and ROSpec. */
const wantedConfiguration = ({ keepaliveMs, hold }: Settings): readonly LlrpLong[] => [
  long(
    "ReaderEventNotificationSpec",
    {},
    ...Object.values(llrpEventTypes).map((EventType) =>
      long("EventNotificationState", { EventType, NotificationState: true }),
    ),
  ),
  long("KeepaliveSpec", { KeepaliveTriggerType: 1, PeriodicTriggerValue: keepaliveMs }),
  long("EventsAndReports", { HoldEventsAndReportsUponReconnect: hold }),
];

/** Whether signs of life, events and holding are set as they are to be: then nothing is written. */
export function isConfigured(parameters: readonly LlrpParameter[], settings: Settings): boolean {
  const stands = new Set(flat(parameters));
  return flat(wantedConfiguration(settings)).every((wanted) => stands.has(wanted));
}

const flat = (parameters: readonly LlrpParameter[]): readonly string[] =>
  ["KeepaliveSpec", "EventsAndReports", "EventNotificationState"].flatMap((name) =>
    everyLong(parameters, name).map(({ fields }) => `${name} ${JSON.stringify(fields)}`),
  );

export const setConfiguration = (id: number, settings: Settings): LlrpMessage =>
  message("SET_READER_CONFIG", id, { ResetToFactoryDefault: false }, ...wantedConfiguration(settings));

/** Mode and Tari stand in the reader's own table: a mode of another reader reads nothing, or is refused. */
function inventoryCommand({ session }: Settings, { mode }: Capabilities): readonly LlrpLong[] {
  const control =
    mode === undefined ? [] : [long("C1G2RFControl", { ModeIndex: mode.identifier, Tari: mode.tariNs })];
  const singulation =
    session === undefined
      ? []
      : [
          long("C1G2SingulationControl", {
            Session: session,
            TagPopulation: tagPopulation,
            TagTransitTime: 0,
          }),
        ];
  const parts = [...control, ...singulation];
  return parts.length === 0
    ? []
    : [long("C1G2InventoryCommand", { TagInventoryStateAware: false }, ...parts)];
}
/** Where the reader begins to look for the number of tags; it learns the rest by itself. */
const tagPopulation = 32;

function transmitter({ transmitPower, hopTable }: Capabilities): readonly LlrpLong[] {
  if (transmitPower === undefined) return [];
  return [
    long("RFTransmitter", {
      HopTableID: hopTable ?? 0,
      // A hopping reader chooses its channels itself.
      ChannelIndex: hopTable === undefined ? 1 : 0,
      TransmitPower: transmitPower,
    }),
  ];
}

export function addRoSpec(id: number, settings: Settings, capabilities: Capabilities): LlrpMessage {
  const antennas = settings.antennas.length > 0 ? settings.antennas : [everything];
  const of = [...transmitter(capabilities), ...inventoryCommand(settings, capabilities)];
  const antennaConfigurations =
    of.length === 0 ? [] : antennas.map((AntennaID) => long("AntennaConfiguration", { AntennaID }, ...of));
  return message(
    "ADD_ROSPEC",
    id,
    {},
    long(
      "ROSpec",
      { ROSpecID: roSpecId, Priority: 0, CurrentState: 0 },
      long(
        "ROBoundarySpec",
        {},
        long("ROSpecStartTrigger", { ROSpecStartTriggerType: 0 }),
        long("ROSpecStopTrigger", { ROSpecStopTriggerType: 0, DurationTriggerValue: 0 }),
      ),
      long(
        "AISpec",
        { AntennaIDs: antennas },
        long("AISpecStopTrigger", { AISpecStopTriggerType: 0, DurationTrigger: 0 }),
        long(
          "InventoryParameterSpec",
          { InventoryParameterSpecID: 1, ProtocolID: gen2 },
          ...antennaConfigurations,
        ),
      ),
      long("ROReportSpec", { ROReportTrigger: 1, N: settings.reportEvery }, contentSelector),
    ),
  );
}

const contentSelector = long("TagReportContentSelector", {
  EnableROSpecID: false,
  EnableSpecIndex: false,
  EnableInventoryParameterSpecID: false,
  EnableAntennaID: true,
  EnableChannelIndex: true,
  EnablePeakRSSI: true,
  EnableFirstSeenTimestamp: true,
  EnableLastSeenTimestamp: true,
  EnableTagSeenCount: true,
  EnableAccessSpecID: false,
});

export const ofRoSpec = (name: string, id: number, ROSpecID: number): LlrpMessage =>
  message(name, id, { ROSpecID });
