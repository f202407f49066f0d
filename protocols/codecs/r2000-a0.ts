import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded } from "../codec.ts";
import type { ContentOf, R2000Content } from "./r2000-a0/content.ts";
import { readContent, writeContent } from "./r2000-a0/content.ts";
import { closePacket, openPacket, packetBytesMax, probePacket } from "./r2000-a0/packet.ts";
import { frequencyMhz, rssiDbm } from "./r2000-a0/tables.ts";

export type { R2000Content };

export type R2000Frame = {
  readonly address: number;
  readonly command: number;
  readonly content: R2000Content;
};

/** Impinj R2000/E710 readers (Rodinbell, Invelion and their many kin), as the host hears them. */
export const r2000A0: StreamCodec<R2000Frame> = {
  name: "r2000-a0",
  frameBytesMax: packetBytesMax,
  probe: probePacket,
  decode(bytes): Decoded<R2000Frame> {
    const packet = openPacket(bytes);
    if (!packet.ok) return packet;
    const { address, command } = packet.value;
    return decoded({ address, command, content: readContent(packet.value) });
  },
  encode: ({ address, command, content }) =>
    closePacket({ address, command, payload: writeContent(content) }),
};

/** What is said of the content under the names of the published vectors; kinds not listed add nothing. */
const described: {
  readonly [Kind in R2000Content["kind"]]?: (content: ContentOf<Kind>) => Record<string, unknown>;
} = {
  firmware: ({ major, minor }) => ({ firmware: `${major}.${minor}` }),
  temperature: ({ celsius }) => ({ temperatureC: celsius }),
  tag: ({ frequencyIndex, antenna, pc, epc, rssiRaw, phaseRaw }) => ({
    event: "tag",
    freqIndex: frequencyIndex,
    freqMHz: frequencyMhz(frequencyIndex),
    antennaIndex: antenna,
    pc,
    epc,
    rssiRaw,
    rssiDbm: rssiDbm(rssiRaw),
    ...(phaseRaw === undefined ? {} : { phaseRaw }),
  }),
  "inventory-end": ({ kind, antenna, readRatePerSec, totalReads }) => ({
    event: kind,
    antennaIndex: antenna,
    ...(readRatePerSec === undefined ? {} : { readRatePerSec }),
    totalReads,
  }),
  "switch-end": ({ totalReads, durationMs }) => ({ event: "inventory-end", totalReads, durationMs }),
  failure: ({ error }) => ({ event: "error", error }),
  "antenna-failure": ({ antenna, error }) => ({ event: "antenna-error", antennaIndex: antenna, error }),
};

export function describeR2000({ address, command, content }: R2000Frame): Record<string, unknown> {
  return { address, command, ...describeContent(content) };
}

function describeContent<Kind extends R2000Content["kind"]>(
  content: ContentOf<Kind>,
): Record<string, unknown> {
  return described[content.kind]?.(content) ?? {};
}
