import type { Field } from "./fields.ts";
import { fieldsOf } from "./fields.ts";

/** Messages of LLRP 1.0.1, sections 9 to 14, and what 1.1 adds: number, name, fields before the parameters. */
const rows: readonly (readonly [number, string, string?])[] = [
  [1, "GET_READER_CAPABILITIES", "RequestedData u8"],
  [2, "GET_READER_CONFIG", "AntennaID u16, RequestedData u8, GPIPortNum u16, GPOPortNum u16"],
  [3, "SET_READER_CONFIG", "ResetToFactoryDefault flag, 7"],
  [4, "CLOSE_CONNECTION_RESPONSE"],
  [11, "GET_READER_CAPABILITIES_RESPONSE"],
  [12, "GET_READER_CONFIG_RESPONSE"],
  [13, "SET_READER_CONFIG_RESPONSE"],
  [14, "CLOSE_CONNECTION"],
  [20, "ADD_ROSPEC"],
  [21, "DELETE_ROSPEC", "ROSpecID u32"],
  [22, "START_ROSPEC", "ROSpecID u32"],
  [23, "STOP_ROSPEC", "ROSpecID u32"],
  [24, "ENABLE_ROSPEC", "ROSpecID u32"],
  [25, "DISABLE_ROSPEC", "ROSpecID u32"],
  [26, "GET_ROSPECS"],
  [30, "ADD_ROSPEC_RESPONSE"],
  [31, "DELETE_ROSPEC_RESPONSE"],
  [32, "START_ROSPEC_RESPONSE"],
  [33, "STOP_ROSPEC_RESPONSE"],
  [34, "ENABLE_ROSPEC_RESPONSE"],
  [35, "DISABLE_ROSPEC_RESPONSE"],
  [36, "GET_ROSPECS_RESPONSE"],
  [40, "ADD_ACCESSSPEC"],
  [41, "DELETE_ACCESSSPEC", "AccessSpecID u32"],
  [42, "ENABLE_ACCESSSPEC", "AccessSpecID u32"],
  [43, "DISABLE_ACCESSSPEC", "AccessSpecID u32"],
  [44, "GET_ACCESSSPECS"],
  [45, "CLIENT_REQUEST_OP"],
  [46, "GET_SUPPORTED_VERSION"],
  [47, "SET_PROTOCOL_VERSION", "ProtocolVersion u8"],
  [50, "ADD_ACCESSSPEC_RESPONSE"],
  [51, "DELETE_ACCESSSPEC_RESPONSE"],
  [52, "ENABLE_ACCESSSPEC_RESPONSE"],
  [53, "DISABLE_ACCESSSPEC_RESPONSE"],
  [54, "GET_ACCESSSPECS_RESPONSE"],
  [55, "CLIENT_REQUEST_OP_RESPONSE"],
  [56, "GET_SUPPORTED_VERSION_RESPONSE", "CurrentVersion u8, SupportedVersion u8"],
  [57, "SET_PROTOCOL_VERSION_RESPONSE"],
  [60, "GET_REPORT"],
  [61, "RO_ACCESS_REPORT"],
  [62, "KEEPALIVE"],
  [63, "READER_EVENT_NOTIFICATION"],
  [64, "ENABLE_EVENTS_AND_REPORTS"],
  [72, "KEEPALIVE_ACK"],
  [100, "ERROR_MESSAGE"],
  [1023, "CUSTOM_MESSAGE", "VendorIdentifier u32, MessageSubtype u8, Data rest"],
];

export interface MessageDefinition {
  readonly type: number;
  readonly name: string;
  readonly fields: readonly Field[];
}

const definitions: readonly MessageDefinition[] = rows.map(([type, name, fields = ""]) => ({
  type,
  name,
  fields: fieldsOf(fields),
}));

export const messagesByType: ReadonlyMap<number, MessageDefinition> = new Map(
  definitions.map((definition) => [definition.type, definition]),
);
export const messagesByName: ReadonlyMap<string, MessageDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
);
