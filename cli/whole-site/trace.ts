/** Two 32-bit halves that every word of the trace goes through in its order; equal hashes mean an equal course. */
export class TraceHash {
  #low = 0xdeadbeef;
  #high = 0x41c6ce57;

  add(words: string): void {
    for (let index = 0; index < words.length; index += 1) {
      const code = words.charCodeAt(index);
      this.#low = Math.imul(this.#low ^ code, 0x9e3779b1);
      this.#high = Math.imul(this.#high ^ code, 0x5f356495);
    }
    this.#low = (this.#low << 13) | (this.#low >>> 19);
    this.#high ^= this.#low;
  }

  digest(): string {
    const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, "0");
    return hex(this.#high) + hex(this.#low);
  }
}
