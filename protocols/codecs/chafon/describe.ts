import type { ChafonFrame } from "../chafon-crc16.ts";
import type { ChafonContent } from "./content.ts";
import { bandCodeOf, chafonBands } from "./tables.ts";

const hexByte = (byte: number): string => byte.toString(16).padStart(2, "0");

type ContentOf<Kind extends ChafonContent["kind"]> = Extract<ChafonContent, { kind: Kind }>;

/** The antennas of a mask, counted from one. */
const antennasOf = (mask: number): readonly number[] =>
  [1, 2, 3, 4, 5, 6, 7, 8].filter((antenna) => mask & (1 << (antenna - 1)));

function describeBand({ highest, lowest }: ContentOf<"information">): Record<string, unknown> {
  const band = chafonBands[bandCodeOf(highest, lowest)];
  if (band === undefined) return {};
  const megahertz = (channel: number): number => (band.lowestKhz + (channel & 0x3f) * band.stepKhz) / 1_000;
  return { band: band.name, maxMHz: megahertz(highest), minMHz: megahertz(lowest) };
}

const described: {
  readonly [Kind in ChafonContent["kind"]]: (content: ContentOf<Kind>) => Record<string, unknown>;
} = {
  tags: ({ status, antennaMask, tags }) => ({
    status,
    ...(antennaMask === undefined ? {} : { antennaMask, antennas: antennasOf(antennaMask) }),
    numTags: tags.length,
    tags,
  }),
  information: (content) => ({
    status: content.status,
    firmware: `${content.major}.${content.minor}`,
    readerType: hexByte(content.readerType),
    dmaxfre: hexByte(content.highest),
    dminfre: hexByte(content.lowest),
    ...describeBand(content),
    powerDbm: content.powerDbm,
  }),
  reply: ({ status }) => ({ status }),
  data: () => ({}),
};

function describeContent<Kind extends ChafonContent["kind"]>(
  content: ContentOf<Kind>,
): Record<string, unknown> {
  return described[content.kind](content);
}

/** Under the names of the published vectors. */
export function describeChafon({ address, command, content }: ChafonFrame): Record<string, unknown> {
  return { address, command: hexByte(command), ...describeContent(content) };
}
