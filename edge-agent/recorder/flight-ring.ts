/** Eleven seconds of a full line at 115,200 baud, days of a scanner; so much memory is touched only once it is used. */
export const ringBytesMax = 131_072;
/** With the smallest entries the list, not the bytes, is what fills: 36 kB beside them. */
export const ringEntriesMax = 4_096;
/** A chunk that is longer is kept in pieces, so that a logo does not push out everything else at once. */
export const pieceBytesMax = 16_384;

/** One thing that was kept: when it was, what it was, and its bytes. */
export interface RingEntry {
  /** Rises by one with each entry that was ever put in. */
  readonly number: number;
  readonly timeMs: number;
  readonly kind: number;
  readonly bytes: Uint8Array;
}

/**
 * The last of what was put in, in memory that never grows: the oldest makes room. Putting copies the bytes and
 * makes no object, because it happens for each chunk of each device, always.
 */
export class FlightRing {
  readonly #bytes = new Uint8Array(ringBytesMax);
  readonly #times = new Float64Array(ringEntriesMax);
  readonly #kinds = new Uint8Array(ringEntriesMax);
  readonly #lengths = new Uint32Array(ringEntriesMax);
  /** Numbers of the oldest entry that is kept and of the next one that comes. */
  #oldest = 0;
  #next = 0;
  /** Where the oldest entry's bytes begin, and how many bytes are kept. */
  #start = 0;
  #used = 0;

  get oldestNumber(): number {
    return this.#oldest;
  }

  get nextNumber(): number {
    return this.#next;
  }

  put(timeMs: number, kind: number, bytes: Uint8Array): void {
    if (bytes.length <= pieceBytesMax) return this.#putPiece(timeMs, kind, bytes);
    for (let at = 0; at < bytes.length; at += pieceBytesMax)
      this.#putPiece(timeMs, kind, bytes.subarray(at, at + pieceBytesMax));
  }

  *entries(): Iterable<RingEntry> {
    let at = this.#start;
    for (let number = this.#oldest; number < this.#next; number += 1) {
      const slot = number % ringEntriesMax;
      const length = this.#lengths[slot] ?? 0;
      const timeMs = this.#times[slot] ?? 0;
      yield { number, timeMs, kind: this.#kinds[slot] ?? 0, bytes: this.#copy(at, length) };
      at = (at + length) % ringBytesMax;
    }
  }

  #putPiece(timeMs: number, kind: number, bytes: Uint8Array): void {
    while (this.#used + bytes.length > ringBytesMax || this.#next - this.#oldest >= ringEntriesMax)
      this.#forgetOldest();
    const end = (this.#start + this.#used) % ringBytesMax;
    const straight = Math.min(bytes.length, ringBytesMax - end);
    this.#bytes.set(straight === bytes.length ? bytes : bytes.subarray(0, straight), end);
    if (straight < bytes.length) this.#bytes.set(bytes.subarray(straight), 0);
    const slot = this.#next % ringEntriesMax;
    this.#times[slot] = timeMs;
    this.#kinds[slot] = kind;
    this.#lengths[slot] = bytes.length;
    this.#used += bytes.length;
    this.#next += 1;
  }

  #forgetOldest(): void {
    const length = this.#lengths[this.#oldest % ringEntriesMax] ?? 0;
    this.#start = (this.#start + length) % ringBytesMax;
    this.#used -= length;
    this.#oldest += 1;
  }

  #copy(start: number, length: number): Uint8Array {
    const copy = new Uint8Array(length);
    const straight = Math.min(length, ringBytesMax - start);
    copy.set(this.#bytes.subarray(start, start + straight));
    copy.set(this.#bytes.subarray(0, length - straight), straight);
    return copy;
  }
}
