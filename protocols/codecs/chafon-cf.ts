import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromHex, join, toHex } from "../stream/bytes.ts";
import type { Probe } from "../stream/cut.ts";
import { chafonCrcOf } from "./chafon/crc.ts";

/*
 * CF | Address | Command (2) | Length | [Status] Data | CRC (2, high byte first)
 *                              of status and data
 */
export interface ChafonCfFrame {
  readonly address: number;
  readonly command: number;
  readonly content: ChafonCfContent;
}

export type ChafonCfContent =
  | {
      readonly kind: "tag";
      readonly status: number;
      /** As the reader gives it: tenths of a dBm by public code; no vector proves it. */
      readonly rssiRaw: number;
      readonly antenna: number;
      readonly channel: number;
      readonly epc: string;
    }
  | { readonly kind: "reply"; readonly status: number; readonly data: string }
  /** What a host asks: it calls any reader, which answers with an address of its own. */
  | { readonly kind: "request"; readonly data: string };

const head = 0xcf;
const headBytes = 5;
const bytesBeyondData = 7;
const dataBytesMax = 0xff;
const broadcast = 0xff;
const inventory = 0x0001;
const noiseByte = { kind: "noise", length: 1 } as const;

function faultOf(bytes: Uint8Array): Decoded<never> | undefined {
  if (bytes.length === 0) return refused("empty", "no bytes");
  if (bytes[0] !== head) return refused("start", "the first byte is not CF");
  if (bytes.length < bytesBeyondData) return refused("length", "shorter than a frame without data");
  const announced = (bytes[4] ?? 0) + bytesBeyondData;
  if (announced !== bytes.length) {
    return refused("length", `the length announces ${announced} bytes, got ${bytes.length}`);
  }
  const [high = 0, low = 0] = bytes.subarray(-2);
  return chafonCrcOf(bytes.subarray(0, -2)) === high * 256 + low
    ? undefined
    : refused("checksum", "the CRC is another");
}

const probe: Probe = (bytes) => {
  if (bytes[0] !== head) {
    const next = bytes.indexOf(head);
    return { kind: "noise", length: next < 0 ? bytes.length : next };
  }
  const length = bytes[4];
  if (length === undefined || bytes.length < length + bytesBeyondData) return "more";
  const total = length + bytesBeyondData;
  return faultOf(bytes.subarray(0, total)) === undefined ? { kind: "frame", length: total } : noiseByte;
};

/** RSSI (2) | Antenna | Channel | Length of the EPC | EPC */
function readTag(status: number, body: Uint8Array): ChafonCfContent | undefined {
  const [high = 0, low = 0, antenna = 0, channel = 0, length] = body;
  if (status !== 0 || length === undefined || body.length !== headBytes + length) return undefined;
  const rssiRaw = (((high << 8) | low) << 16) >> 16;
  return { kind: "tag", status, rssiRaw, antenna, channel, epc: toHex(body.subarray(headBytes)) };
}

function readContent(address: number, command: number, data: Uint8Array): ChafonCfContent {
  const [status] = data;
  if (status === undefined || address === broadcast) return { kind: "request", data: toHex(data) };
  const body = data.subarray(1);
  const tag = command === inventory ? readTag(status, body) : undefined;
  return tag ?? { kind: "reply", status, data: toHex(body) };
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`not hex: ${hex}`);
  return bytes;
}

type ContentOf<Kind extends ChafonCfContent["kind"]> = Extract<ChafonCfContent, { kind: Kind }>;

const writings: {
  readonly [Kind in ChafonCfContent["kind"]]: (content: ContentOf<Kind>) => Uint8Array;
} = {
  tag: ({ status, rssiRaw, antenna, channel, epc }) => {
    const bytes = bytesOf(epc);
    return join(
      Uint8Array.of(status, (rssiRaw >> 8) & 0xff, rssiRaw & 0xff, antenna, channel, bytes.length),
      bytes,
    );
  },
  reply: ({ status, data }) => join(Uint8Array.of(status), bytesOf(data)),
  request: ({ data }) => bytesOf(data),
};

function writeContent<Kind extends ChafonCfContent["kind"]>(content: ContentOf<Kind>): Uint8Array {
  return writings[content.kind](content);
}

/** Newer Chafon readers ("UHF Prime", CF600, M200), as the host hears them. */
export const chafonCf: StreamCodec<ChafonCfFrame> = {
  name: "chafon-cf",
  frameBytesMax: dataBytesMax + bytesBeyondData,
  probe,
  decode(bytes): Decoded<ChafonCfFrame> {
    const fault = faultOf(bytes);
    if (fault !== undefined) return fault;
    const [, address = 0, high = 0, low = 0] = bytes;
    const command = high * 256 + low;
    return decoded({
      address,
      command,
      content: readContent(address, command, bytes.subarray(headBytes, -2)),
    });
  },
  encode({ address, command, content }): Uint8Array {
    const data = writeContent(content);
    if (data.length > dataBytesMax) throw new Error(`${data.length} bytes are too many for a frame`);
    const body = join(Uint8Array.of(head, address, command >> 8, command & 0xff, data.length), data);
    const crc = chafonCrcOf(body);
    return join(body, Uint8Array.of(crc >> 8, crc & 0xff));
  },
};

const said: {
  readonly [Kind in ChafonCfContent["kind"]]: (content: ContentOf<Kind>) => Record<string, unknown>;
} = {
  tag: ({ kind, status, rssiRaw, antenna, channel, epc }) => ({
    status,
    event: kind,
    rssiRaw,
    antenna,
    channel,
    epc,
  }),
  reply: ({ status }) => ({ status }),
  request: () => ({}),
};

function describeContent<Kind extends ChafonCfContent["kind"]>(
  content: ContentOf<Kind>,
): Record<string, unknown> {
  return said[content.kind](content);
}

/** Under the names of the published vectors. */
export function describeChafonCf({ address, command, content }: ChafonCfFrame): Record<string, unknown> {
  return { address, command: command.toString(16).padStart(4, "0"), ...describeContent(content) };
}
