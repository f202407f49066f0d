export interface ChafonBand {
  readonly name: string;
  readonly lowestKhz: number;
  readonly stepKhz: number;
  readonly channels: number;
}

/** By the upper two bits of the highest and of the lowest channel. */
export const chafonBands: Readonly<Record<number, ChafonBand>> = {
  1: { name: "China2", lowestKhz: 920_125, stepKhz: 250, channels: 20 },
  2: { name: "US", lowestKhz: 902_750, stepKhz: 500, channels: 50 },
  3: { name: "Korea", lowestKhz: 917_100, stepKhz: 200, channels: 32 },
  4: { name: "EU", lowestKhz: 865_100, stepKhz: 200, channels: 15 },
  8: { name: "China1", lowestKhz: 840_125, stepKhz: 250, channels: 20 },
};

export const bandCodeOf = (highest: number, lowest: number): number => ((highest >> 6) << 2) | (lowest >> 6);

/** The highest and the lowest channel of a whole band, as command 22 sets them. */
export function wholeBand(code: number): readonly [number, number] {
  const { channels = 1 } = chafonBands[code] ?? {};
  return [((code >> 2) << 6) | (channels - 1), (code & 3) << 6];
}

/** What a status says that is neither success nor part of an inventory. */
export const chafonErrors: Readonly<Record<number, string>> = {
  0x04: "memory full",
  0x05: "wrong access password",
  0xf8: "antenna missing",
  0xf9: "command failed",
  0xfa: "poor signal: the tag cannot be reached",
  0xfb: "no tag",
  0xfc: "the tag reports an error",
  0xfd: "wrong length of the command",
  0xfe: "unknown command or wrong CRC",
  0xff: "parameter error",
};

/** Reader types by which a reader tells what it is (command 21). */
export const chafonReaders: Readonly<Record<number, { readonly name: string; readonly ports: boolean }>> = {
  0x09: { name: "UHFReader18", ports: false },
  0x0c: { name: "UHFReader288M", ports: true },
  0x0f: { name: "UHFReader86", ports: true },
  0x10: { name: "UHFReader86", ports: true },
  0x16: { name: "RRU9883M", ports: true },
  0x20: { name: "UHFReader288MP", ports: true },
};

/** The status of a reply that an inventory goes on with. */
export const chafonStatus = {
  done: 0x00,
  finished: 0x01,
  timeOver: 0x02,
  moreFollows: 0x03,
  statistics: 0x26,
  antennaMissing: 0xf8,
  noTag: 0xfb,
} as const;
