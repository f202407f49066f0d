/** GS1 character set 82, the one of serial numbers (TDS 1.13 table A-1). */
export const isCset82 = (text: string): boolean => /^[!-"%-?A-Z_a-z]*$/.test(text);
/** What a 6-bit string may hold (TDS 1.13 table G-1). */
export const isSixBit = (text: string): boolean => /^[-#/0-9A-Z]*$/.test(text);

/** The characters that an EPC URI must escape (TDS 1.13 tables A-1 and G-1), and no others. */
const escapedInUrn = /["%&/<>?#]/g;

export const escapeForUrn = (text: string): string =>
  text.replace(escapedInUrn, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** Undefined where a `%` is not followed by two hex digits, or a character stands bare that must be escaped. */
export function unescapeFromUrn(text: string): string | undefined {
  if (/["&/<>?#]/.test(text) || /%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
