import { fromHex, join, toHex } from "../../stream/bytes.ts";

export interface ChafonTag {
  readonly epc: string;
  /** Of readers with several antennas; a table of the module, not dBm. */
  readonly rssiRaw?: number;
}

export type ChafonContent =
  | {
      readonly kind: "tags";
      readonly status: number;
      /** One bit for each antenna, the lowest for the first; UHFReader18 has one antenna and sends none. */
      readonly antennaMask?: number;
      readonly tags: readonly ChafonTag[];
    }
  | {
      readonly kind: "information";
      readonly status: number;
      readonly major: number;
      readonly minor: number;
      readonly readerType: number;
      readonly protocols: number;
      readonly highest: number;
      readonly lowest: number;
      readonly powerDbm: number;
      /** Scan time, and what newer readers add. */
      readonly rest: string;
    }
  | { readonly kind: "reply"; readonly status: number; readonly data: string }
  /** What a host asks, or an answer that says nothing known. */
  | { readonly kind: "data"; readonly data: string };

/** Command numbers; the rest of the vendor's table passes as `reply` and `data`. */
export const chafonCommand = {
  inventory: 0x01,
  information: 0x21,
  setBand: 0x22,
  setPower: 0x2f,
} as const;

/** The vendor's table: done, of an inventory, of its statistics, and errors. */
const statuses: ReadonlySet<number> = new Set([
  0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x26, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff,
]);
/** How an inventory goes on and ends: with a list of tags. */
const inventoryStatusMax = 0x04;

type TagList = Pick<Extract<ChafonContent, { kind: "tags" }>, "antennaMask" | "tags">;

/**
 * Number of tags, then each: EPC's length, EPC and, of readers with several antennas, the signal's strength.
 * Undefined when the list does not end where the bytes end.
 */
function readTags(bytes: Uint8Array, signalBytes: 0 | 1): readonly ChafonTag[] | undefined {
  const [count = 0] = bytes;
  const tags: ChafonTag[] = [];
  let at = 1;
  while (tags.length < count) {
    const length = bytes[at] ?? 0;
    const end = at + 1 + length;
    // An EPC is of words of two bytes.
    if (length === 0 || length % 2 !== 0) return undefined;
    const epc = toHex(bytes.subarray(at + 1, end));
    tags.push(signalBytes === 0 ? { epc } : { epc, rssiRaw: bytes[end] ?? 0 });
    at = end + signalBytes;
  }
  return at === bytes.length ? tags : undefined;
}

/** The bytes do not say which family sent them, but only one of the two layouts ends where they end. */
function readTagList(bytes: Uint8Array): TagList | undefined {
  const [antennaMask] = bytes;
  const marked = readTags(bytes.subarray(1), 1);
  if (antennaMask !== undefined && marked !== undefined) return { antennaMask, tags: marked };
  const tags = readTags(bytes, 0);
  return tags && { tags };
}

const informationBytes = 8;

function readInformation(status: number, bytes: Uint8Array): ChafonContent | undefined {
  if (bytes.length < informationBytes) return undefined;
  const [major = 0, minor = 0, readerType = 0, protocols = 0, highest = 0, lowest = 0, powerDbm = 0] = bytes;
  const rest = toHex(bytes.subarray(informationBytes - 1));
  return {
    kind: "information",
    status,
    major,
    minor,
    readerType,
    protocols,
    highest,
    lowest,
    powerDbm,
    rest,
  };
}

/** As the host hears it: what begins with a status is a reply, except where it makes no list of tags. */
export function readContent(command: number, payload: Uint8Array): ChafonContent {
  const [status] = payload;
  const data: ChafonContent = { kind: "data", data: toHex(payload) };
  if (status === undefined || !statuses.has(status)) return data;
  const body = payload.subarray(1);
  const reply: ChafonContent = { kind: "reply", status, data: toHex(body) };
  if (command === chafonCommand.information) return readInformation(status, body) ?? reply;
  const lists = command === chafonCommand.inventory && status <= inventoryStatusMax && body.length > 0;
  if (!lists) return reply;
  const list = readTagList(body);
  return list === undefined ? data : { kind: "tags", status, ...list };
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`not hex: ${hex}`);
  return bytes;
}

type ContentOf<Kind extends ChafonContent["kind"]> = Extract<ChafonContent, { kind: Kind }>;

function writeTag({ epc, rssiRaw }: ChafonTag): Uint8Array {
  const bytes = bytesOf(epc);
  return join(Uint8Array.of(bytes.length), bytes, Uint8Array.from(rssiRaw === undefined ? [] : [rssiRaw]));
}

const writings: {
  readonly [Kind in ChafonContent["kind"]]: (content: ContentOf<Kind>) => Uint8Array;
} = {
  tags: ({ status, antennaMask, tags }) => {
    const head = antennaMask === undefined ? [status, tags.length] : [status, antennaMask, tags.length];
    return join(Uint8Array.from(head), ...tags.map(writeTag));
  },
  information: ({ status, major, minor, readerType, protocols, highest, lowest, powerDbm, rest }) =>
    join(
      Uint8Array.of(status, major, minor, readerType, protocols, highest, lowest, powerDbm),
      bytesOf(rest),
    ),
  reply: ({ status, data }) => join(Uint8Array.of(status), bytesOf(data)),
  data: ({ data }) => bytesOf(data),
};

export function writeContent<Kind extends ChafonContent["kind"]>(content: ContentOf<Kind>): Uint8Array {
  return writings[content.kind](content);
}
