/** What a status other than success means, as far as the module's replies are known. */
export const mercuryStatuses: Readonly<Record<number, string>> = {
  0x0100: "wrong number of bytes",
  0x0101: "invalid opcode, or still in the boot loader",
  0x0105: "invalid parameter",
  0x010a: "invalid region",
  0x0400: "no tag",
  0x0402: "invalid protocol",
  0x0504: "too hot",
  0x0505: "high return loss",
};

export const mercuryStatus = {
  done: 0x0000,
  bootLoader: 0x0101,
  invalidParameter: 0x0105,
  keepAlive: 0x0400,
  tooHot: 0x0504,
  highReturnLoss: 0x0505,
} as const;

export const mercuryRegions = { na: 0x01, prc: 0x06, eu3: 0x08, na2: 0x0d, open: 0xff } as const;
