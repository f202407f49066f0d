const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hex of the bytes, two digits each. */
export const toHex = (bytes: Uint8Array): string => toHexBetween(bytes, 0, bytes.length);

/** The same of the bytes from `start` to before `end`, without the cost of a view on them. */
export function toHexBetween(bytes: Uint8Array, start: number, end: number): string {
  let hex = "";
  for (let at = start; at < end; at += 1) hex += hexOfByte[bytes[at] ?? 0];
  return hex;
}

/** The bytes of a hex string; spaces are allowed between bytes. Undefined when it is not hex. */
export function fromHex(hex: string): Uint8Array | undefined {
  const digits = hex.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16);
  return bytes;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** One character per byte, U+0000 to U+00FF; never fails. */
export function toLatin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** One byte per character; a character beyond U+00FF is a broken invariant. */
export function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code > 0xff) throw new Error(`not Latin-1: U+${code.toString(16)}`);
    return code;
  });
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
