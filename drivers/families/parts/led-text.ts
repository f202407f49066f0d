import iconv from "iconv-lite";
import type { SettingsOf } from "../../../protocols/config/devices.ts";

type Looks = Pick<SettingsOf<"led-line">, "encoding" | "columns">;

/** Control characters could end the line, or be orders to the display. */
const inOneLine = (text: string): string => text.replaceAll(/\p{Cc}/gu, " ");

/**
 * The text in the display's bytes, no more than it has columns; what does not fit is left out by whole characters.
 * Characters come from iconv-lite, because Node has no encoder for GBK.
 */
export function ledTextOf(text: string, { encoding, columns }: Looks): Uint8Array {
  const bytes: number[] = [];
  for (const character of inOneLine(text)) {
    const more = iconv.encode(character, encoding);
    if (bytes.length + more.length > columns) break;
    bytes.push(...more);
  }
  return Uint8Array.from(bytes);
}

const space = 0x20;

/** All columns, so that nothing of an older text stays behind it. */
export function filledLedText(text: string, looks: Looks): Uint8Array {
  const bytes = new Uint8Array(looks.columns).fill(space);
  bytes.set(ledTextOf(text, looks));
  return bytes;
}
