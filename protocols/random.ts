/** The only source of chance; production passes the system's generator, simulations a seeded one. */
export interface Random {
  /** A number at least 0 and below 1. */
  fraction(): number;
  bytes(count: number): Uint8Array;
}

/**
 * A small seeded generator (mulberry32) for simulations and tests: the same seed, the same course.
 * Not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    fraction,
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(fraction() * 256)),
  };
}
