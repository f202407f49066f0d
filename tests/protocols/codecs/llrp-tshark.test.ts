import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import { messagesByName } from "../../../protocols/codecs/llrp/messages.ts";
import { longByName, shortByName } from "../../../protocols/codecs/llrp/parameters.ts";
import { llrp } from "../../../protocols/codecs/llrp.ts";
import { tshark, tsharkThere } from "../../tshark.ts";
import { accessReport } from "./llrp-reports.ts";
import { hex, rowsOf, vectorStreams } from "./vectors.ts";

const messages = [
  ...rowsOf("llrp").flatMap((row) => (row.valid ? [row.hex] : [])),
  ...vectorStreams.flatMap((stream) => (stream.protocol === "llrp" ? stream.expectFrames : [])),
];

/** The dissector's words for a value, and how our parameters are named that hold it. */
const values: Readonly<Record<string, readonly string[]>> = {
  "llrp.param.epc": ["EPC_96", "EPCData.EPC"],
  "llrp.param.peak_rssi": ["PeakRSSI"],
  "llrp.antenna_id": [
    "AntennaID",
    "AntennaProperties.AntennaID",
    "AntennaConfiguration.AntennaID",
    "PerAntennaAirProtocol.AntennaID",
  ],
  "llrp.param.channel_idx": ["ChannelIndex", "RFTransmitter.ChannelIndex"],
  "llrp.param.spec_idx": ["SpecIndex"],
  "llrp.param.inventory_spec_id": [
    "InventoryParameterSpecID",
    "InventoryParameterSpec.InventoryParameterSpecID",
  ],
  "llrp.param.accessspec_id": ["AccessSpecID"],
  "llrp.param.pc_bits": ["C1G2_PC"],
  "llrp.param.crc": ["C1G2_CRC"],
  "llrp.param.tag_count": ["TagSeenCount"],
  "llrp.param.microseconds": [
    "FirstSeenTimestampUTC",
    "FirstSeenTimestampUptime",
    "LastSeenTimestampUTC",
    "LastSeenTimestampUptime",
    "UTCTimestamp.Microseconds",
  ],
  "llrp.param.status_code": ["LLRPStatus.StatusCode"],
  "llrp.param.conn_status": ["ConnectionAttemptEvent.Status"],
  "llrp.param.time_iterval": ["KeepaliveSpec.PeriodicTriggerValue"],
  "llrp.param.transmit_power": ["RFTransmitter.TransmitPower"],
  "llrp.param.session": ["C1G2SingulationControl.Session"],
  "llrp.param.tag_population": ["C1G2SingulationControl.TagPopulation"],
  "llrp.param.rospec_id": ["ROSpecID", "ROSpec.ROSpecID"],
  "llrp.param.antenna_gain": ["AntennaProperties.AntennaGain"],
  "llrp.param.event_type": ["EventNotificationState.EventType"],
};
const columns = ["llrp.type", "llrp.id", "llrp.tv_type", "llrp.tlv_type", ...Object.keys(values)];

function dissect(frames: readonly Uint8Array[]): readonly (readonly string[])[] {
  const segments = frames.map((bytes) => ({ from: "server", bytes }) as const);
  const fields = columns.flatMap((column) => ["-e", column]);
  const lines = tshark(segments, 5084, [
    "-T",
    "fields",
    "-E",
    "occurrence=a",
    "-E",
    "aggregator=;",
    ...fields,
  ]);
  return lines.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")]));
}

interface Found {
  readonly name: string;
  readonly value: unknown;
}

/** Every value of ours under its name, in the order of the bytes. */
const valuesOf = (parameters: readonly LlrpParameter[]): readonly Found[] =>
  parameters.flatMap((parameter): readonly Found[] => {
    if ("value" in parameter) return [parameter];
    if ("payload" in parameter) return [];
    const { name, fields } = parameter;
    const own = Object.entries(fields).map(([field, value]) => ({ name: `${name}.${field}`, value }));
    return [...own, ...valuesOf(parameter.parameters)];
  });
const namesOf = (parameters: readonly LlrpParameter[]): readonly string[] =>
  parameters.flatMap((parameter) => {
    if ("payload" in parameter) return [];
    return "value" in parameter ? [parameter.name] : [parameter.name, ...namesOf(parameter.parameters)];
  });

/** As the dissector prints it: without a sign, an EPC without its number of bits, what the tag holds in hex. */
function printed(name: string, value: unknown): string {
  if (typeof value === "object" && value !== null && "hex" in value) return String(value.hex);
  if (name.startsWith("C1G2_")) return `0x${Number(value).toString(16).padStart(4, "0")}`;
  return String(name === "PeakRSSI" ? Number(value) & 0xff : value);
}

function ours(bytes: Uint8Array): readonly string[] {
  const message = llrp.decode(bytes);
  if (!message.ok) throw new Error(message.error);
  const { name, id, parameters } = message.value;
  const names = namesOf(parameters);
  const numbersIn = (table: ReadonlyMap<string, { readonly type: number }>): string =>
    names.flatMap((each) => table.get(each)?.type ?? []).join(";");
  const found = valuesOf(parameters);
  const columnOf = (wanted: readonly string[]): string =>
    found.flatMap((each) => (wanted.includes(each.name) ? [printed(each.name, each.value)] : [])).join(";");
  return [
    String(messagesByName.get(name)?.type),
    String(id),
    numbersIn(shortByName),
    numbersIn(longByName),
    ...Object.values(values).map(columnOf),
  ];
}

function compare(frames: readonly Uint8Array[]): void {
  const theirs = dissect(frames);
  expect(theirs).toHaveLength(frames.length);
  for (const [index, frame] of frames.entries()) {
    expect({ index, columns: theirs[index] }).toEqual({ index, columns: ours(frame) });
  }
}

describe.skipIf(!tsharkThere("LLRP against tshark's dissector"))("llrp beside tshark's dissector", () => {
  it.skipIf(messages.length === 0)("reads the same parameters and values in each recorded message", () => {
    expect(messages.length).toBeGreaterThan(80);
    compare(messages.map(hex));
  });

  it("reads the same of each tag in each report, whatever the reader was told to report", () => {
    const reports = fc.sample(accessReport, 300).map((report) => llrp.encode(report));
    compare(reports);
  });
});
