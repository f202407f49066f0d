import { fromHex, join, toHex } from "../../stream/bytes.ts";

export type MercuryContent =
  /** Boot loader, hardware, date and firmware in hex, as the maker writes them. */
  | {
      readonly kind: "version";
      readonly bootLoader: string;
      readonly hardware: string;
      readonly date: string;
      readonly firmware: string;
      /** Protocols that are spoken, and what newer modules add. */
      readonly rest: string;
    }
  | { readonly kind: "protocol"; readonly protocol: number }
  | { readonly kind: "region"; readonly region: number }
  | { readonly kind: "power"; readonly centiDbm: number }
  | { readonly kind: "read-single"; readonly timeoutMs: number }
  | { readonly kind: "single-tag"; readonly epc: string; readonly tagCrc: string }
  | MercuryTag
  /** Anything else, as hex. */
  | { readonly kind: "data"; readonly data: string };

/** A tag of the stream that a continuous inventory makes. */
export interface MercuryTag {
  readonly kind: "tag";
  /** Search flags and which of the following are there: always all. */
  readonly head: string;
  readonly rssiDbm: number;
  readonly antennaTx: number;
  readonly antennaRx: number;
  readonly frequencyKhz: number;
  readonly msSinceKeepAlive: number;
  readonly phaseDegrees: number;
  readonly protocol: number;
  readonly memoryBits: number;
  readonly memory: string;
  readonly reserved: number;
  readonly pc: string;
  readonly epc: string;
  /** The tag's own CRC, over PC and EPC. */
  readonly tagCrc: string;
}

export const mercuryOpcode = {
  version: 0x03,
  boot: 0x04,
  readSingle: 0x21,
  readMany: 0x22,
  continuous: 0x2f,
  power: 0x62,
  protocol: 0x63,
  region: 0x67,
  option: 0x6a,
  protocolParameter: 0x6b,
  setAntennas: 0x91,
  setPower: 0x92,
  setProtocol: 0x93,
  setRegion: 0x97,
  setOption: 0x9a,
  setProtocolParameter: 0x9b,
} as const;

type Reading = (data: Uint8Array) => MercuryContent | undefined;

const wholeAt = (data: Uint8Array, at: number, count: number): number =>
  data.subarray(at, at + count).reduce((value, byte) => value * 256 + byte, 0);

const versionBytes = 20;
const readVersion: Reading = (data) =>
  data.length < versionBytes
    ? undefined
    : {
        kind: "version",
        bootLoader: toHex(data.subarray(0, 4)),
        hardware: toHex(data.subarray(4, 8)),
        date: toHex(data.subarray(8, 12)),
        firmware: toHex(data.subarray(12, 16)),
        rest: toHex(data.subarray(16)),
      };

/** A reading of one number, when the data are just so long. */
const numberOf =
  (bytes: number, contentOf: (value: number) => MercuryContent): Reading =>
  (data) =>
    data.length === bytes ? contentOf(wholeAt(data, 0, bytes)) : undefined;

const crcBytes = 2;
const readSingleTag: Reading = (data) =>
  data.length > crcBytes
    ? { kind: "single-tag", epc: toHex(data.subarray(0, -crcBytes)), tagCrc: toHex(data.subarray(-crcBytes)) }
    : undefined;

const memoryAt = 21;

/**
 * Head (7) | RSSI | Antennas | kHz (3) | ms (4) | Phase (2) | Protocol | Bits of memory (2) | Memory
 * | Reserved | Bits of PC, EPC and CRC (2) | PC (2) | EPC | CRC (2)
 */
const readTag: Reading = (data) => {
  const memoryBits = wholeAt(data, memoryAt - 2, 2);
  const memoryEnd = memoryAt + Math.ceil(memoryBits / 8);
  const pcAt = memoryEnd + 3;
  const end = pcAt + wholeAt(data, memoryEnd + 1, 2) / 8;
  if (end !== data.length || end < pcAt + 2 + crcBytes) return undefined;
  const antennas = data[8] ?? 0;
  return {
    kind: "tag",
    head: toHex(data.subarray(0, 7)),
    rssiDbm: ((data[7] ?? 0) << 24) >> 24,
    antennaTx: antennas >> 4,
    antennaRx: antennas & 0x0f,
    frequencyKhz: wholeAt(data, 9, 3),
    msSinceKeepAlive: wholeAt(data, 12, 4),
    phaseDegrees: wholeAt(data, 16, 2),
    protocol: data[18] ?? 0,
    memoryBits,
    memory: toHex(data.subarray(memoryAt, memoryEnd)),
    reserved: data[memoryEnd] ?? 0,
    pc: toHex(data.subarray(pcAt, pcAt + 2)),
    epc: toHex(data.subarray(pcAt + 2, -crcBytes)),
    tagCrc: toHex(data.subarray(-crcBytes)),
  };
};

/** By opcode; what is not listed is `data`. */
const hostReadings: Readonly<Record<number, Reading>> = {
  [mercuryOpcode.readSingle]: numberOf(2, (timeoutMs) => ({ kind: "read-single", timeoutMs })),
  [mercuryOpcode.setPower]: numberOf(2, (centiDbm) => ({ kind: "power", centiDbm })),
  [mercuryOpcode.setRegion]: numberOf(1, (region) => ({ kind: "region", region })),
};
const moduleReadings: Readonly<Record<number, Reading>> = {
  [mercuryOpcode.version]: readVersion,
  [mercuryOpcode.protocol]: numberOf(2, (protocol) => ({ kind: "protocol", protocol })),
  [mercuryOpcode.readSingle]: readSingleTag,
  [mercuryOpcode.readMany]: readTag,
};

export function readContent(from: "host" | "module", opcode: number, data: Uint8Array): MercuryContent {
  const readings = from === "host" ? hostReadings : moduleReadings;
  return readings[opcode]?.(data) ?? { kind: "data", data: toHex(data) };
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`not hex: ${hex}`);
  return bytes;
}

const wholeOf = (value: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => Math.floor(value / 256 ** (count - 1 - index)) % 256);

function writeTag(tag: MercuryTag): Uint8Array {
  const content = bytesOf(tag.pc + tag.epc + tag.tagCrc);
  return join(
    bytesOf(tag.head),
    Uint8Array.of(tag.rssiDbm & 0xff, (tag.antennaTx << 4) | tag.antennaRx),
    wholeOf(tag.frequencyKhz, 3),
    wholeOf(tag.msSinceKeepAlive, 4),
    wholeOf(tag.phaseDegrees, 2),
    Uint8Array.of(tag.protocol),
    wholeOf(tag.memoryBits, 2),
    bytesOf(tag.memory),
    Uint8Array.of(tag.reserved),
    wholeOf(content.length * 8, 2),
    content,
  );
}

export type ContentOf<Kind extends MercuryContent["kind"]> = Extract<MercuryContent, { kind: Kind }>;

const writings: {
  readonly [Kind in MercuryContent["kind"]]: (content: ContentOf<Kind>) => Uint8Array;
} = {
  version: ({ bootLoader, hardware, date, firmware, rest }) =>
    bytesOf(bootLoader + hardware + date + firmware + rest),
  protocol: ({ protocol }) => wholeOf(protocol, 2),
  region: ({ region }) => wholeOf(region, 1),
  power: ({ centiDbm }) => wholeOf(centiDbm, 2),
  "read-single": ({ timeoutMs }) => wholeOf(timeoutMs, 2),
  "single-tag": ({ epc, tagCrc }) => bytesOf(epc + tagCrc),
  tag: writeTag,
  data: ({ data }) => bytesOf(data),
};

export function writeContent<Kind extends MercuryContent["kind"]>(content: ContentOf<Kind>): Uint8Array {
  return writings[content.kind](content);
}
