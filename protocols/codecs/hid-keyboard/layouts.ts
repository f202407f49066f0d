/*
 * A keyboard sends places of keys, not characters; which character stands there is the layout that the scanner
 * is set to. USB HID usage tables, page 7.
 */

/** The characters of a run of usages, from `first` on; `plain`, with Shift, with AltGr. U+0000: none. */
interface Row {
  readonly first: number;
  readonly plain: string;
  readonly shift: string;
  readonly altGr?: string;
}

const letters = "abcdefghijklmnopqrstuvwxyz";
const space: Row = { first: 0x2c, plain: " ", shift: " " };
/** The same everywhere; Enter of the keypad is a suffix and not here. */
const keypad: Row = { first: 0x54, plain: "/*-+", shift: "/*-+" };
const keypadDigits: Row = { first: 0x59, plain: "1234567890.", shift: "1234567890." };
const common = [space, keypad, keypadDigits] as const;

const rows = {
  US: [
    { first: 0x04, plain: letters, shift: letters.toUpperCase() },
    { first: 0x1e, plain: "1234567890", shift: "!@#$%^&*()" },
    { first: 0x2d, plain: "-=[]\\#;'`,./", shift: '_+{}|~:"~<>?' },
    ...common,
  ],
  DE: [
    {
      first: 0x04,
      plain: "abcdefghijklmnopqrstuvwxzy",
      shift: "ABCDEFGHIJKLMNOPQRSTUVWXZY",
      altGr: "\0\0\0\0€\0\0\0\0\0\0\0\0\0\0\0@",
    },
    { first: 0x1e, plain: "1234567890", shift: '!"§$%&/()=', altGr: "\0²³\0\0\0{[]}" },
    { first: 0x2d, plain: "ß´ü+##öä^,.-", shift: "?`Ü*''ÖÄ°;:_", altGr: "\\\0\0~" },
    { first: 0x64, plain: "<", shift: ">", altGr: "|" },
    ...common,
  ],
  GB: [
    { first: 0x04, plain: letters, shift: letters.toUpperCase() },
    { first: 0x1e, plain: "1234567890", shift: '!"£$%^&*()', altGr: "\0\0\0€" },
    { first: 0x2d, plain: "-=[]##;'`,./", shift: "_+{}~~:@¬<>?", altGr: "\0\0\0\0\0\0\0\0¦" },
    { first: 0x64, plain: "\\", shift: "|" },
    ...common,
  ],
  ES: [
    { first: 0x04, plain: letters, shift: letters.toUpperCase(), altGr: "\0\0\0\0€" },
    { first: 0x1e, plain: "1234567890", shift: '!"·$%&/()=', altGr: "|@#~\0¬" },
    { first: 0x2d, plain: "'¡`+ççñ´º,.-", shift: "?¿^*ÇÇÑ¨ª;:_", altGr: "\0\0[]}}\0{\\" },
    { first: 0x64, plain: "<", shift: ">" },
    ...common,
  ],
  IT: [
    { first: 0x04, plain: letters, shift: letters.toUpperCase(), altGr: "\0\0\0\0€" },
    { first: 0x1e, plain: "1234567890", shift: '!"£$%&/()=' },
    { first: 0x2d, plain: "'ìè+ùùòà\\,.-", shift: "?^é*§§ç°|;:_", altGr: "\0\0[]\0\0@#" },
    { first: 0x64, plain: "<", shift: ">" },
    ...common,
  ],
  FR: [
    {
      first: 0x04,
      plain: "qbcdefghijkl,noparstuvzxyw",
      shift: "QBCDEFGHIJKL?NOPARSTUVZXYW",
      altGr: "\0\0\0\0€",
    },
    { first: 0x1e, plain: "&é\"'(-è_çà", shift: "1234567890", altGr: "\0~#{[|`\\^@" },
    { first: 0x2d, plain: ")=^$**mù²;:!", shift: "°+¨£µµM%\0./§", altGr: "]}" },
    { first: 0x64, plain: "<", shift: ">" },
    ...common,
  ],
} as const satisfies Record<string, readonly Row[]>;

export type KeyboardLayout = keyof typeof rows;
export const keyboardLayouts = [
  "US",
  "DE",
  "FR",
  "GB",
  "ES",
  "IT",
] as const satisfies readonly KeyboardLayout[];

/** Keys that write nothing until the next one: an accent for it, or with a space the accent itself. */
const deadKeys: Readonly<Partial<Record<KeyboardLayout, Readonly<Record<string, string>>>>> = {
  DE: { "^": "\u0302", "´": "\u0301", "`": "\u0300" },
  FR: { "^": "\u0302", "¨": "\u0308" },
  ES: { "`": "\u0300", "´": "\u0301", "^": "\u0302", "¨": "\u0308" },
};

export const modifier = { control: 0x11, shift: 0x22, leftAlt: 0x04, altGr: 0x40 } as const;
/** What a scanner presses; either key of a pair counts when reading. */
export const pressed = { control: 0x01, shift: 0x02, leftAlt: 0x04, altGr: 0x40 } as const;

const none = "\0";

function characterOf(row: Row, usage: number, modifiers: number): string {
  const at = usage - row.first;
  if ((modifiers & modifier.altGr) !== 0) return row.altGr?.[at] ?? none;
  return ((modifiers & modifier.shift) !== 0 ? row.shift[at] : row.plain[at]) ?? none;
}

/** The character of a key, or undefined where the layout has none. */
export function readKey(layout: KeyboardLayout, usage: number, modifiers: number): string | undefined {
  const row = rows[layout].find(({ first, plain }) => usage >= first && usage < first + plain.length);
  const character = row === undefined ? none : characterOf(row, usage, modifiers);
  return character === none ? undefined : character;
}

/** Whether the key waits for the next one; with AltGr a layout's accents stand by themselves. */
export const isDead = (layout: KeyboardLayout, character: string, modifiers: number): boolean =>
  (modifiers & modifier.altGr) === 0 && deadKeys[layout]?.[character] !== undefined;

/** What a dead key and the next character write together: `^` and `e` are `ê`, `^` and `1` are themselves. */
export function underAccent(layout: KeyboardLayout, accent: string, character: string): string {
  if (character === " ") return accent;
  const composed = (character + (deadKeys[layout]?.[accent] ?? "")).normalize("NFC");
  return composed.length === 1 ? composed : accent + character;
}

export interface Key {
  readonly usage: number;
  readonly modifiers: number;
}

/** The key that writes a character, the main block before the keypad; undefined when there is none. */
export function findKey(
  layout: KeyboardLayout,
  character: string,
  among: readonly number[] = [0, pressed.shift, pressed.altGr],
): Key | undefined {
  for (const row of rows[layout]) {
    for (const modifiers of among) {
      const at = Array.from(row.plain).findIndex(
        (_, index) => characterOf(row, row.first + index, modifiers) === character,
      );
      if (at >= 0 && character !== none) return { usage: row.first + at, modifiers };
    }
  }
  return undefined;
}

/** The dead key and the letter's key that write a character together; undefined where the layout has no such pair. */
export function findAccented(layout: KeyboardLayout, character: string): readonly Key[] | undefined {
  const [base = "", mark, more] = character.normalize("NFD");
  const accent = Object.entries(deadKeys[layout] ?? {}).find(([, combining]) => combining === mark)?.[0];
  if (accent === undefined || more !== undefined) return undefined;
  const dead = findKey(layout, accent, [0, pressed.shift]);
  const letter = findKey(layout, base);
  return dead === undefined || letter === undefined ? undefined : [dead, letter];
}
