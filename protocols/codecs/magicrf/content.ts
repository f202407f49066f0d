import { fromHex, fromLatin1, join, toHex, toLatin1 } from "../../stream/bytes.ts";

export type MagicrfType = "command" | "response" | "notification";
export const magicrfTypes: readonly MagicrfType[] = ["command", "response", "notification"];

export type MagicrfContent =
  | {
      readonly kind: "tag";
      readonly rssiDbm: number;
      readonly pc: string;
      readonly epc: string;
      /** The tag's own CRC, over PC and EPC: a second proof beside the frame's weak sum. */
      readonly tagCrc: string;
    }
  /** Hardware, software or maker, by `item` 0, 1, 2. */
  | { readonly kind: "text"; readonly item: number; readonly text: string }
  | { readonly kind: "power"; readonly centiDbm: number }
  /** 15h "no tag" comes with every empty round: a sign of life, nothing to log. */
  | { readonly kind: "failure"; readonly error: number; readonly tag?: MagicrfTag }
  /** The words that were read from a tag's memory. */
  | { readonly kind: "words"; readonly tag: MagicrfTag; readonly words: string }
  /** How writing, locking or killing went; 0 is success. */
  | { readonly kind: "status"; readonly tag: MagicrfTag; readonly status: number }
  /** Anything else, as hex. */
  | { readonly kind: "data"; readonly parameter: string };

export interface MagicrfTag {
  readonly pc: string;
  readonly epc: string;
}

/** Command numbers; the rest of the vendor's table passes as `data`. */
export const magicrfCommand = {
  information: 0x03,
  setRegion: 0x07,
  getRegion: 0x08,
  getQuery: 0x0d,
  setQuery: 0x0e,
  inventory: 0x22,
  inventoryMany: 0x27,
  stop: 0x28,
  read: 0x39,
  write: 0x49,
  kill: 0x65,
  lock: 0x82,
  setPower: 0xb6,
  getPower: 0xb7,
  failure: 0xff,
} as const;

/** What the code of a failure means (Magicrf's manual, and R200 user protocol V2.3.3). */
export const magicrfErrors: Readonly<Record<number, string>> = {
  0x05: "frame error",
  0x09: "read failed",
  0x10: "write failed",
  0x12: "kill failed",
  0x13: "lock failed",
  0x14: "permanent lock of a block failed",
  0x15: "no tag",
  0x16: "wrong access password",
  0x17: "invalid command",
  0x20: "frequency hopping failed: no free channel",
};

/** CRC-16/GENIBUS, the CRC that each Gen2 tag sends itself. */
export function tagCrcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc ^ 0xffff;
}

type Reading = (parameter: Uint8Array) => MagicrfContent | undefined;

/** RSSI | PC (2) | EPC | CRC (2) */
const readTag: Reading = (parameter) => {
  const [rssi = 0] = parameter;
  if (parameter.length < 7) return undefined;
  return {
    kind: "tag",
    rssiDbm: (rssi << 24) >> 24,
    pc: toHex(parameter.subarray(1, 3)),
    epc: toHex(parameter.subarray(3, -2)),
    tagCrc: toHex(parameter.subarray(-2)),
  };
};

/** Length | PC (2) | EPC, the length counting PC and EPC. */
function readPlacedTag(bytes: Uint8Array): MagicrfTag | undefined {
  const [length = 0] = bytes;
  if (length < 4 || bytes.length < 1 + length) return undefined;
  return { pc: toHex(bytes.subarray(1, 3)), epc: toHex(bytes.subarray(3, 1 + length)) };
}

const readWords: Reading = (parameter) => {
  const tag = readPlacedTag(parameter);
  const [length = 0] = parameter;
  return tag && { kind: "words", tag, words: toHex(parameter.subarray(1 + length)) };
};

const readStatus: Reading = (parameter) => {
  const tag = readPlacedTag(parameter);
  const status = parameter.at(-1);
  const [length = 0] = parameter;
  if (tag === undefined || status === undefined || parameter.length !== length + 2) return undefined;
  return { kind: "status", tag, status };
};

const readFailure: Reading = (parameter) => {
  const [error] = parameter;
  if (error === undefined) return undefined;
  if (parameter.length === 1) return { kind: "failure", error };
  const tag = readPlacedTag(parameter.subarray(1));
  const whole = tag !== undefined && parameter.length === 2 + (parameter[1] ?? 0);
  return whole ? { kind: "failure", error, tag } : undefined;
};

const readText: Reading = (parameter) => {
  const [item] = parameter;
  if (item === undefined || parameter.length < 2) return undefined;
  return { kind: "text", item, text: toLatin1(parameter.subarray(1)) };
};

const readPower: Reading = (parameter) => {
  const [high, low] = parameter;
  if (parameter.length !== 2 || high === undefined || low === undefined) return undefined;
  return { kind: "power", centiDbm: high * 256 + low };
};

/** By type and command; what is not listed is `data`. */
const readings: Readonly<Record<MagicrfType, Readonly<Record<number, Reading>>>> = {
  command: { [magicrfCommand.setPower]: readPower },
  response: {
    [magicrfCommand.information]: readText,
    [magicrfCommand.read]: readWords,
    [magicrfCommand.write]: readStatus,
    [magicrfCommand.kill]: readStatus,
    [magicrfCommand.lock]: readStatus,
    [magicrfCommand.getPower]: readPower,
    [magicrfCommand.failure]: readFailure,
  },
  notification: { [magicrfCommand.inventory]: readTag },
};

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`not hex: ${hex}`);
  return bytes;
}

function writePlacedTag({ pc, epc }: MagicrfTag): Uint8Array {
  const tag = bytesOf(pc + epc);
  return join(Uint8Array.of(tag.length), tag);
}

export type ContentOf<Kind extends MagicrfContent["kind"]> = Extract<MagicrfContent, { kind: Kind }>;

const writings: {
  readonly [Kind in MagicrfContent["kind"]]: (content: ContentOf<Kind>) => Uint8Array;
} = {
  tag: ({ rssiDbm, pc, epc, tagCrc }) => join(Uint8Array.of(rssiDbm & 0xff), bytesOf(pc + epc + tagCrc)),
  text: ({ item, text }) => join(Uint8Array.of(item), fromLatin1(text)),
  power: ({ centiDbm }) => Uint8Array.of(centiDbm >> 8, centiDbm & 0xff),
  failure: ({ error, tag }) => join(Uint8Array.of(error), tag ? writePlacedTag(tag) : new Uint8Array()),
  words: ({ tag, words }) => join(writePlacedTag(tag), bytesOf(words)),
  status: ({ tag, status }) => join(writePlacedTag(tag), Uint8Array.of(status)),
  data: ({ parameter }) => bytesOf(parameter),
};

export function readContent(type: MagicrfType, command: number, parameter: Uint8Array): MagicrfContent {
  return readings[type][command]?.(parameter) ?? { kind: "data", parameter: toHex(parameter) };
}

export function writeContent<Kind extends MagicrfContent["kind"]>(content: ContentOf<Kind>): Uint8Array {
  return writings[content.kind](content);
}
