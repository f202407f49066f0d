/** SQLite's write-ahead log, https://sqlite.org/fileformat2.html#the_write_ahead_log */
export const logHeaderBytes = 32;
export const frameHeaderBytes = 24;
/** Of a frame's own header this much is under its checksum; the page follows. */
const coveredHeaderBytes = 8;
const coveredLogHeaderBytes = 24;
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

/**
 * A power cut tears a write in the middle, it flips no single bit; so where one bit put right makes a checksum of
 * 64 bits fit, the card has flipped it.
 */
export function mendLogHeader(bytes: Uint8Array): Uint8Array | undefined {
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const tried = flipped(bytes, bit);
    if (readLogHeader(tried) !== undefined) return tried;
  }
  return undefined;
}

/** The frame with one bit put right, where that makes it fit. */
export function mendFrame(before: Sum, frame: Uint8Array, header: LogHeader): Uint8Array | undefined {
  const { salts, sum } = readFrameHeader(frame);
  const whole = frameSum(before, frame, header.littleEndian);
  const mended = Uint8Array.from(frame);
  writePair(mended, 8, header.salts);
  if (bitsApart(salts, header.salts) > 1) return undefined;
  if (bitsApart(sum, whole) === 1 && samePair(salts, header.salts)) writePair(mended, 16, whole);
  else if (!samePair(sum, whole)) mendCovered(mended, difference(sum, whole), header.littleEndian);
  const fits = samePair(readFrameHeader(mended).sum, frameSum(before, mended, header.littleEndian));
  const bits = frame.reduce((count, byte, place) => count + bitsIn(byte ^ (mended[place] ?? 0)), 0);
  return fits && bits === 1 ? mended : undefined;
}

/**
 * Puts the one bit right that explains the difference of the sums, if there is one. The sum is linear: a word that
 * is larger by one moves the final pair by coefficients that grow like Fibonacci's numbers, from the last pair of
 * words to the first, so each bit can be asked without summing anew.
 */
function mendCovered(frame: Uint8Array, wanted: Sum, littleEndian: boolean): void {
  const view = viewOf(frame);
  let odd: Sum = [0, 1];
  let even: Sum = [1, 1];
  for (let offset = frame.length - 8; offset >= 0; offset -= 8) {
    // Between the header's eight bytes and the page lie salts and sum, which are not covered.
    if (offset < frameHeaderBytes && offset >= coveredHeaderBytes) continue;
    if (mendWord(view, offset, { wanted, step: even, littleEndian })) return;
    if (mendWord(view, offset + 4, { wanted, step: odd, littleEndian })) return;
    odd = nextStep(odd);
    even = nextStep(even);
  }
}

function mendWord(
  view: DataView,
  offset: number,
  {
    wanted,
    step,
    littleEndian,
  }: { readonly wanted: Sum; readonly step: Sum; readonly littleEndian: boolean },
): boolean {
  const word = view.getUint32(offset, littleEndian);
  for (let bit = 0; bit < 32; bit += 1) {
    const isSet = ((word >>> bit) & 1) === 1;
    const change = isSet ? -(1 << bit) : 1 << bit;
    const moved: Sum = [Math.imul(step[0], change) >>> 0, Math.imul(step[1], change) >>> 0];
    if (!samePair(moved, wanted)) continue;
    view.setUint32(offset, (word ^ (1 << bit)) >>> 0, littleEndian);
    return true;
  }
  return false;
}

const nextStep = ([first, second]: Sum): Sum => [(first + second) >>> 0, (first + 2 * second) >>> 0];
const difference = (left: Sum, right: Sum): Sum => [(left[0] - right[0]) >>> 0, (left[1] - right[1]) >>> 0];

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const readPair = (view: DataView, offset: number): Sum => [
  view.getUint32(offset),
  view.getUint32(offset + 4),
];

function writePair(bytes: Uint8Array, offset: number, [first, second]: Sum): void {
  const view = viewOf(bytes);
  view.setUint32(offset, first);
  view.setUint32(offset + 4, second);
}
