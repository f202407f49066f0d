/** Command numbers of the R2000 "A0" protocol (vendor's serial interface protocol V2.2, and V3 for 97). */
export const r2000Command = {
  reset: 0x70,
  setBaudRate: 0x71,
  getFirmware: 0x72,
  setAddress: 0x73,
  setWorkAntenna: 0x74,
  getWorkAntenna: 0x75,
  setPower: 0x76,
  getPower: 0x77,
  setRegion: 0x78,
  getRegion: 0x79,
  setBeeper: 0x7a,
  getTemperature: 0x7b,
  getReturnLoss: 0x7e,
  realTimeInventory: 0x89,
  fastSwitchInventory: 0x8a,
  sessionInventory: 0x8b,
  getPowerOfEight: 0x97,
} as const;

export const r2000Success = 0x10;

/** The address that every reader answers to. */
export const r2000Broadcast = 0xff;

/** What a status byte other than success means. */
export const r2000Errors: Readonly<Record<number, string>> = {
  0x11: "command failed",
  0x20: "the reader's processor was reset",
  0x21: "the carrier could not be switched on",
  0x22: "antenna missing",
  0x23: "flash could not be written",
  0x24: "flash could not be read",
  0x25: "power could not be set",
  0x31: "inventory failed",
  0x32: "read failed",
  0x33: "write failed",
  0x34: "lock failed",
  0x35: "kill failed",
  0x36: "no tag",
  0x37: "tag inventoried, but access failed",
  0x38: "buffer empty",
  0x40: "access failed or wrong password",
  0x41: "bad parameter",
  0x42: "word count too long",
  0x43: "memory bank out of range",
  0x44: "lock region out of range",
  0x45: "lock action out of range",
  0x46: "reader address out of range",
  0x47: "antenna out of range",
  0x48: "power out of range",
  0x49: "frequency region out of range",
  0x4a: "baud rate out of range",
  0x4b: "beeper mode out of range",
  0x4c: "EPC match too long",
  0x4d: "EPC match length wrong",
  0x4e: "EPC match mode wrong",
  0x4f: "frequency range wrong",
  0x50: "no RN16 from the tag",
  0x51: "dense reader mode wrong",
  0x52: "synthesizer does not lock",
  0x53: "RF chip does not answer",
  0x54: "power not reached",
  0x55: "copyright authentication failed",
  0x56: "spectrum regulation wrong",
  0x57: "power too low",
};

/** MHz of a frequency index: 865.0 to 868.0, then 902.0 to 928.0, in steps of 0.5; undefined beyond. */
export function frequencyMhz(index: number): number | undefined {
  if (index <= 6) return 865 + index / 2;
  return index <= 59 ? 902 + (index - 7) / 2 : undefined;
}

/** dBm of the RSSI byte's lower seven bits; the vendor's table has a step between 89 and 90. */
export function rssiDbm(raw: number): number {
  const value = raw & 0x7f;
  return value > 89 ? value - 129 : value - 130;
}
