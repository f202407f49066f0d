const steps = Array.from({ length: 256 }, (_, byte) => {
  let step = byte;
  for (let bit = 0; bit < 8; bit += 1) step = step & 1 ? (step >> 1) ^ 0xa001 : step >> 1;
  return step;
});

/** CRC-16/MODBUS: reflected 8005h, begun with FFFFh; it travels low byte first (serial line guide V1.02, 6.2.2). */
export function modbusCrcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = (crc >> 8) ^ (steps[(crc ^ byte) & 0xff] ?? 0);
  return crc;
}
