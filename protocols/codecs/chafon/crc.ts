const steps = Array.from({ length: 256 }, (_, byte) => {
  let step = byte;
  for (let bit = 0; bit < 8; bit += 1) step = step & 1 ? (step >> 1) ^ 0x8408 : step >> 1;
  return step;
});

/** CRC-16/MCRF4XX: reflected 1021h, begun with FFFFh. */
export function chafonCrcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = (crc >> 8) ^ (steps[(crc ^ byte) & 0xff] ?? 0);
  return crc;
}
