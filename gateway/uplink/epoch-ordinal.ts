import type { Outbox } from "../../outbox/outbox.ts";

const collection = "uplink";
const key = "epoch-ordinal";

/**
 * Where our epoch stands in the order of this gateway's epochs. A fresh outbox begins at 1 and learns from HQ's
 * watermark of another epoch how far the order has come; then it goes one beyond (as Lamport's clocks do).
 */
export class EpochOrdinal {
  readonly #outbox: Outbox;
  #value: number;

  private constructor(outbox: Outbox, value: number) {
    this.#outbox = outbox;
    this.#value = value;
  }

  static async open(outbox: Outbox): Promise<EpochOrdinal> {
    const kept = Number((await outbox.documents(collection)).get(key) ?? "1");
    return new EpochOrdinal(outbox, Number.isSafeInteger(kept) && kept > 0 ? kept : 1);
  }

  get value(): number {
    return this.#value;
  }

  /** HQ takes another epoch, of this ordinal, for the newest; says whether ours had to rise above it. */
  outdo(other: number): boolean {
    if (other < this.#value) return false;
    this.#rise(other + 1);
    return true;
  }

  /** HQ remembers a higher one of our own epoch than was written. */
  adopt(told: number): void {
    if (told > this.#value) this.#rise(told);
  }

  #rise(value: number): void {
    this.#value = value;
    // Where it cannot be written, the next start learns it from HQ again.
    this.#outbox.commit({ documents: [{ collection, key, value: String(value) }] }).catch(() => undefined);
  }
}
