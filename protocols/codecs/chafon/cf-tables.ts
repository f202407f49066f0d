/** Command numbers of the CF protocol, by public code of the maker's demonstration. */
export const chafonCfCommand = {
  inventory: 0x0001,
  stop: 0x0002,
  setParameters: 0x0071,
  getParameters: 0x0072,
} as const;

/** How an inventory ends: with no tag any more, or without having seen one. */
export const chafonCfFinished: readonly number[] = [0x12, 0xff];

export const chafonCfErrors: Readonly<Record<number, string>> = {
  0x01: "parameter error",
  0x02: "the module failed",
  0x12: "no tag any more",
  0x14: "the tag does not answer",
  0x15: "the tag's answer is garbled",
  0x16: "authentication failed",
  0x17: "wrong access password",
  0xff: "no more data",
};

/**
 * Where the settings lie in the 25 bytes of "all parameters": address, protocol, mode, interface, baud rate,
 * Wiegand, antennas (a bit each), band (8), power, memory, Q, session, and more.
 */
export const chafonCfParameters = { bytes: 25, antennas: 6, power: 15, session: 18 } as const;
