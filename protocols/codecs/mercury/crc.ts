const step = (index: number): number => (index * 0x1021) & 0xffff;
const steps = Array.from({ length: 16 }, (_, index) => step(index));

/**
 * ThingMagic's own CRC: nibble by nibble, and each nibble comes into the register instead of onto its top.
 * A routine for CRC-16/CCITT-FALSE gives other values.
 */
export function mercuryCrcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc = (((crc << 4) & 0xffff) | (byte >> 4)) ^ (steps[crc >> 12] ?? 0);
    crc = (((crc << 4) & 0xffff) | (byte & 0x0f)) ^ (steps[crc >> 12] ?? 0);
  }
  return crc;
}
