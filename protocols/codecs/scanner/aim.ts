/*
 * AIM symbology identifier, ISO/IEC 15424: `]`, a letter for the symbology, a modifier for its options.
 * Names follow the published vectors: lower case, `gs1-` where FNC1 marks GS1 data.
 */

/** By letter and modifier, where the modifier changes what the data means. */
const byIdentifier: Readonly<Record<string, string>> = {
  "]E0": "ean13",
  "]E1": "ean-addon",
  "]E2": "ean-addon",
  "]E3": "ean13-addon",
  "]E4": "ean8",
  "]C1": "gs1-128",
  "]d2": "gs1-datamatrix",
  "]Q3": "gs1-qr",
  "]J1": "gs1-dotcode",
  "]e0": "gs1-databar",
};

/** By letter alone. */
const byLetter: Readonly<Record<string, string>> = {
  A: "code39",
  C: "code128",
  F: "codabar",
  G: "code93",
  I: "itf",
  J: "dotcode",
  L: "pdf417",
  Q: "qr",
  d: "datamatrix",
  e: "databar",
  h: "han-xin",
  z: "aztec",
  X: "other",
};

export const aimLength = 3;
const aimPattern = /^\][A-Za-z][0-9A-Za-z]$/;

export const isAim = (text: string): boolean => aimPattern.test(text);

/** The symbology's name, or undefined for an identifier that no table has. */
export function symbologyOf(aim: string): string | undefined {
  return byIdentifier[aim] ?? byLetter[aim.charAt(1)];
}

/** `]Z` marks what the scanner says of itself, never a code. */
export const isCommandReplyAim = (aim: string): boolean => aim.startsWith("]Z");
