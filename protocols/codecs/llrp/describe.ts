import type { LlrpMessage } from "../llrp.ts";
import type { LlrpLong, LlrpParameter } from "./content.ts";
import type { LlrpFields } from "./fields.ts";
import { isLong, longOf, textOf } from "./find.ts";
import type { LlrpBits, LlrpValue } from "./kinds.ts";
import { messagesByName } from "./messages.ts";

type Description = Record<string, unknown>;

const isBits = (value: LlrpValue): value is LlrpBits => typeof value === "object" && "bits" in value;

/** JSON has no number for what is beyond 2^53. */
const plain = (value: LlrpValue | undefined): unknown => (typeof value === "bigint" ? String(value) : value);
function describeTag({ parameters }: LlrpLong): Description {
  const tag: Description = {};
  for (const parameter of parameters) {
    if ("value" in parameter) tag[parameter.name] = plain(parameter.value);
    else if (isLong(parameter)) Object.assign(tag, describeTagPart(parameter, tag));
    if ("value" in parameter && parameter.name === "EPC_96") tag["epc"] = parameter.value;
  }
  return tag;
}

/** EPCs of any length, what an access to the tag's memory gave, and what the vendor adds. */
function describeTagPart({ name, fields }: LlrpLong, tag: Description): Description {
  const { EPC: epc } = fields;
  if (name === "EPCData" && epc !== undefined && isBits(epc)) {
    return { EPCData: { bits: epc.bits, epc: epc.hex }, epc: epc.hex };
  }
  const before = Array.isArray(tag[name]) ? tag[name] : [];
  return { [name]: [...before, fields] };
}

type Saying = (fields: LlrpFields, parameter: LlrpLong) => Description;

/** What is said of a parameter that stands once in a message. */
const single: Readonly<Record<string, Saying>> = {
  LLRPStatus: ({ StatusCode, ErrorDescription }) => ({
    status: {
      code: StatusCode,
      ...(ErrorDescription === "" ? {} : { description: textOf(ErrorDescription) }),
    },
  }),
  ROSpec: ({ ROSpecID, Priority, CurrentState }) => ({
    rospecId: ROSpecID,
    priority: Priority,
    currentState: CurrentState,
  }),
  AccessSpec: ({ AccessSpecID, CurrentState }) => ({
    accessSpecId: AccessSpecID,
    currentState: CurrentState,
  }),
  KeepaliveSpec: ({ KeepaliveTriggerType, PeriodicTriggerValue }) => ({
    keepalive: { type: KeepaliveTriggerType, ms: PeriodicTriggerValue },
  }),
  EventsAndReports: ({ HoldEventsAndReportsUponReconnect }) => ({
    holdEventsAndReportsUponReconnect: HoldEventsAndReportsUponReconnect,
  }),
  GeneralDeviceCapabilities: (fields) => ({
    antennaCount: fields["MaxNumberOfAntennaSupported"],
    manufacturer: fields["DeviceManufacturerName"],
    model: fields["ModelName"],
    firmware: textOf(fields["ReaderFirmwareVersion"]),
  }),
  ReaderEventNotificationData: (_, { parameters }) => describeEvents(parameters),
};

/** The parameters of an event notification: when it was, how the connection went, and any other by its own names. */
function describeEvents(parameters: readonly LlrpParameter[]): Description {
  const said: Description = {};
  for (const parameter of parameters.filter(isLong)) {
    const { name, fields } = parameter;
    if (name === "UTCTimestamp") said["utcMicroseconds"] = plain(fields["Microseconds"]);
    else if (name === "Uptime") said["uptimeMicroseconds"] = plain(fields["Microseconds"]);
    else if (name === "ConnectionAttemptEvent") said["connectionAttemptStatus"] = fields["Status"];
    else if (name === "ReaderExceptionEvent") said[name] = { Message: textOf(fields["Message"]) };
    else said[name] = fields;
  }
  return said;
}

/** The names of the published vectors for the fields before a message's parameters. */
const fieldNames: Readonly<Record<string, string>> = {
  ROSpecID: "specId",
  AccessSpecID: "specId",
  ResetToFactoryDefault: "resetToFactoryDefault",
  VendorIdentifier: "vendor",
  MessageSubtype: "subtype",
  RequestedData: "requestedData",
  AntennaID: "antennaId",
  GPIPortNum: "gpiPort",
  GPOPortNum: "gpoPort",
  ProtocolVersion: "protocolVersion",
  CurrentVersion: "currentVersion",
  SupportedVersion: "supportedVersion",
};

function describeFields(fields: LlrpFields): Description {
  const said: Description = {};
  for (const [name, value] of Object.entries(fields)) {
    const saidAs = fieldNames[name];
    if (saidAs !== undefined) said[saidAs] = value;
  }
  return said;
}

/** What stands in a message as often as the reader has it: tags, antennas. */
function describeLists({ name, parameters }: LlrpMessage): Description {
  const antennas = longOf(parameters, "AntennaProperties").map(({ fields }) => ({
    connected: fields["AntennaConnected"],
    id: fields["AntennaID"],
    gain: fields["AntennaGain"],
  }));
  return {
    ...(name === "RO_ACCESS_REPORT" ? { tags: longOf(parameters, "TagReportData").map(describeTag) } : {}),
    ...(antennas.length > 0 ? { antennas } : {}),
  };
}

export function describeLlrp(message: LlrpMessage): Description {
  const { version, name, id, fields, parameters } = message;
  const messageType = messagesByName.get(name)?.type;
  const said: Description = { version, messageType, message: name, messageId: id };
  for (const parameter of parameters.filter(isLong)) {
    Object.assign(said, single[parameter.name]?.(parameter.fields, parameter));
  }
  return { ...said, ...describeFields(fields), ...describeLists(message) };
}
