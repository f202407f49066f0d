/** Names of keys as a configuration writes them, by usage (HID usage tables, page 7). */
const named = [
  [0x28, "enter"],
  [0x29, "escape"],
  [0x2a, "backspace"],
  [0x2b, "tab"],
  [0x2c, "space"],
  [0x2d, "minus"],
  [0x36, "comma"],
  [0x37, "dot"],
  [0x38, "slash"],
  [0x4c, "delete"],
  [0x4f, "right"],
  [0x50, "left"],
  [0x51, "down"],
  [0x52, "up"],
  [0x54, "slash"],
  [0x55, "asterisk"],
  [0x56, "minus"],
  [0x57, "plus"],
  [0x58, "enter"],
  [0x63, "dot"],
] as const;

const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"] as const;
const functionKeys = ["f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12"] as const;
// biome-ignore format: an alphabet
const letters = [
  "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
  "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z",
] as const;

export type KeyName =
  | (typeof named)[number][1]
  | (typeof digits | typeof functionKeys | typeof letters)[number];

const run = (first: number, names: readonly KeyName[]): readonly (readonly [number, KeyName])[] =>
  names.map((name, index) => [first + index, name]);

const nameByUsage: ReadonlyMap<number, KeyName> = new Map([
  ...run(0x04, letters),
  ...run(0x1e, digits),
  ...run(0x3a, functionKeys),
  ...named,
  ...run(0x59, digits),
]);

/** Every name, each once: the main block and the keypad call the same key the same. */
export const keyNames: readonly KeyName[] = [...new Set(nameByUsage.values())];

/** The key's name, or undefined for one that has none; letters by their place on a US keyboard. */
export const keyName = (usage: number): KeyName | undefined => nameByUsage.get(usage);

/** The keypad's key of this name before the main block's. */
export const usageOfKey = (name: KeyName): number =>
  [...nameByUsage].findLast(([, each]) => each === name)?.[0] ?? 0;
