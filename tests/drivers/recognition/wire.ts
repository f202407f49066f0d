import type { SerialLine } from "../../../protocols/config/transport.ts";

/** Levels of a wire while these bytes are sent back to back: true is idle. */
function levelsOf(bytes: Uint8Array, { baudRate, dataBits, parity, stopBits }: SerialLine) {
  const bits: boolean[] = [];
  for (const byte of bytes) {
    const data = Array.from({ length: dataBits }, (_, bit) => ((byte >> bit) & 1) === 1);
    const ones = data.filter(Boolean).length;
    const check = parity === "none" ? [] : [(ones % 2 === 1) === (parity === "even")];
    bits.push(false, ...data, ...check, ...Array.from({ length: stopBits }, () => true));
  }
  return {
    seconds: bits.length / baudRate,
    at: (second: number): boolean => bits[Math.floor(second * baudRate)] ?? true,
  };
}

/**
 * What a UART set to `heardAt` makes of bytes that were sent at `sentAt`: it waits for a falling edge and looks at
 * the middle of each bit. A byte whose stop bit or parity is wrong is dropped, unless it is a forgiving one.
 */
export function asHeard(
  bytes: Uint8Array,
  sentAt: SerialLine,
  heardAt: SerialLine,
  forgiving: boolean,
): Uint8Array {
  const wire = levelsOf(bytes, sentAt);
  const bit = 1 / heardAt.baudRate;
  const checkBits = heardAt.parity === "none" ? 0 : 1;
  const heard: number[] = [];
  let second = 0;
  while (second < wire.seconds) {
    if (wire.at(second) || wire.at(second + bit / 2)) {
      second += bit / 16;
      continue;
    }
    const sample = (index: number): boolean => wire.at(second + (1.5 + index) * bit);
    const data = Array.from({ length: heardAt.dataBits }, (_, index) => sample(index));
    const ones = data.filter(Boolean).length;
    const checkFits =
      checkBits === 0 || sample(heardAt.dataBits) === ((ones % 2 === 1) === (heardAt.parity === "even"));
    const isWhole = checkFits && sample(heardAt.dataBits + checkBits);
    if (isWhole || forgiving)
      heard.push(data.reduce((byte, level, index) => byte | (level ? 1 << index : 0), 0));
    second += (1.5 + heardAt.dataBits + checkBits) * bit;
  }
  return Uint8Array.from(heard);
}
