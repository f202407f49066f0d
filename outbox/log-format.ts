/** SQLite's write-ahead log, https://sqlite.org/fileformat2.html#the_write_ahead_log */
export const logHeaderBytes = 32;
export const frameHeaderBytes = 24;
/** Of a frame's own header this much is under its checksum; the page follows. */
const coveredHeaderBytes = 8;
const coveredLogHeaderBytes = 24;
const saltsOffset = 8;
const sumOffset = 16;
const logVersion = 3_007_000;
const magics: readonly number[] = [0x377f0682, 0x377f0683];

export type Sum = readonly [number, number];

export interface LogHeader {
  readonly pageBytes: number;
  readonly salts: Sum;
  /** The magic number says in which order the checksum takes a word's bytes. */
  readonly littleEndian: boolean;
  readonly sum: Sum;
}

export interface FrameHeader {
  readonly page: number;
  /** The file's size in pages after a commit; 0 in every frame but the last of a transaction. */
  readonly committedPages: number;
  readonly salts: Sum;
  readonly sum: Sum;
}

/** Undefined where its checksum does not fit. */
export function readLogHeader(bytes: Uint8Array): LogHeader | undefined {
  const view = viewOf(bytes);
  const magic = view.getUint32(0);
  const littleEndian = (magic & 1) === 0;
  const sum = readPair(view, 24);
  const computed = summed([0, 0], bytes.subarray(0, coveredLogHeaderBytes), littleEndian);
  if (!magics.includes(magic) || !samePair(sum, computed)) return undefined;
  return { pageBytes: view.getUint32(8), salts: readPair(view, 16), littleEndian, sum };
}

export function readFrameHeader(frame: Uint8Array): FrameHeader {
  const view = viewOf(frame);
  return {
    page: view.getUint32(0),
    committedPages: view.getUint32(4),
    salts: readPair(view, 8),
    sum: readPair(view, 16),
  };
}

/** What a frame's checksum ought to be, after the one before it. */
export function frameSum(before: Sum, frame: Uint8Array, littleEndian: boolean): Sum {
  const head = summed(before, frame.subarray(0, coveredHeaderBytes), littleEndian);
  return summed(head, frame.subarray(frameHeaderBytes), littleEndian);
}

function summed(before: Sum, bytes: Uint8Array, littleEndian: boolean): Sum {
  const view = viewOf(bytes);
  let [first, second] = before;
  for (let offset = 0; offset < bytes.length; offset += 8) {
    first = (first + view.getUint32(offset, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(offset + 4, littleEndian) + first) >>> 0;
  }
  return [first, second];
}

export const samePair = (left: Sum, right: Sum): boolean => left[0] === right[0] && left[1] === right[1];

/** In how many bits two pairs differ. */
export const bitsApart = (left: Sum, right: Sum): number =>
  bitsIn(left[0] ^ right[0]) + bitsIn(left[1] ^ right[1]);

function bitsIn(word: number): number {
  let bits = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) bits += 1;
  return bits;
}

/** A bit that, put right, makes a checksum fit: its place counted from the frame's first byte. */
type FlippedBit = number;

/**
 * The log's head with one bit put right, where that makes it fit: it has to be SQLite's own, and of the same round
 * as the frame behind it.
 */
export function mendLogHeader(bytes: Uint8Array, firstFrame: FrameHeader): Uint8Array | undefined {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const tried = flipped(bytes, bit);
    const header = readLogHeader(tried);
    const isOurs = header !== undefined && viewOf(tried).getUint32(4) === logVersion;
    if (isOurs && samePair(header.salts, firstFrame.salts)) return tried;
  }
  return undefined;
}

/**
 * Each bit of a frame that explains alone why it does not fit. A power cut tears a write in the middle, it flips no
 * single bit; so one explanation is the card's doing. But several bits may explain the same: the sum forgets where
 * the highest bits of a word stood.
 */
export function explainingBits(before: Sum, frame: Uint8Array, header: LogHeader): readonly FlippedBit[] {
  const { salts, sum } = readFrameHeader(frame);
  const whole = frameSum(before, frame, header.littleEndian);
  const sumFits = samePair(sum, whole);
  if (!samePair(salts, header.salts))
    return sumFits && bitsApart(salts, header.salts) === 1
      ? [saltsOffset * 8 + bitApart(salts, header.salts)]
      : [];
  if (sumFits) return [];
  const inSum = bitsApart(sum, whole) === 1 ? [sumOffset * 8 + bitApart(sum, whole)] : [];
  return [...inSum, ...explainingCovered(frame, difference(sum, whole), header.littleEndian)];
}

export function flipped(bytes: Uint8Array, bit: FlippedBit): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

/**
 * The sum is linear: a word that is larger by one moves the final pair by coefficients that grow like Fibonacci's
 * numbers, from the last pair of words to the first, so each bit can be asked without summing anew.
 */
function explainingCovered(frame: Uint8Array, wanted: Sum, littleEndian: boolean): readonly FlippedBit[] {
  const view = viewOf(frame);
  const found: FlippedBit[] = [];
  let odd: Sum = [0, 1];
  let even: Sum = [1, 1];
  for (let offset = frame.length - 8; offset >= 0; offset -= 8) {
    // Between the header's eight bytes and the page lie salts and sum, which are not covered.
    if (offset < frameHeaderBytes && offset >= coveredHeaderBytes) continue;
    found.push(...explainingWord(view, offset, { wanted, step: even, littleEndian }));
    found.push(...explainingWord(view, offset + 4, { wanted, step: odd, littleEndian }));
    odd = nextStep(odd);
    even = nextStep(even);
  }
  return found;
}

function explainingWord(
  view: DataView,
  offset: number,
  {
    wanted,
    step,
    littleEndian,
  }: { readonly wanted: Sum; readonly step: Sum; readonly littleEndian: boolean },
): readonly FlippedBit[] {
  const word = view.getUint32(offset, littleEndian);
  const found: FlippedBit[] = [];
  for (let bit = 0; bit < 32; bit += 1) {
    const isSet = ((word >>> bit) & 1) === 1;
    const change = isSet ? -(1 << bit) : 1 << bit;
    const moved: Sum = [Math.imul(step[0], change) >>> 0, Math.imul(step[1], change) >>> 0];
    const byte = littleEndian ? bit >> 3 : 3 - (bit >> 3);
    if (samePair(moved, wanted)) found.push((offset + byte) * 8 + (bit & 7));
  }
  return found;
}

/** The bit in which two big-endian pairs differ, counted from the first byte. */
function bitApart(left: Sum, right: Sum): number {
  const inFirst = left[0] !== right[0];
  const bit = 31 - Math.clz32((inFirst ? left[0] ^ right[0] : left[1] ^ right[1]) >>> 0);
  return ((inFirst ? 0 : 4) + 3 - (bit >> 3)) * 8 + (bit & 7);
}

const nextStep = ([first, second]: Sum): Sum => [(first + second) >>> 0, (first + 2 * second) >>> 0];
const difference = (left: Sum, right: Sum): Sum => [(left[0] - right[0]) >>> 0, (left[1] - right[1]) >>> 0];

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const readPair = (view: DataView, offset: number): Sum => [
  view.getUint32(offset),
  view.getUint32(offset + 4),
];
