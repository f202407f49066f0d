import { decodeGbk } from "../drivers/families/parts/chinese-text.ts";
import type { LineOptions } from "../protocols/codecs.ts";
import { lineDecoders } from "../protocols/codecs.ts";
import { fromHex } from "../protocols/stream/bytes.ts";

/** One JSON line of `storewire decode`. */
export type DecodeAnswer =
  | { readonly ok: true; readonly decoded: object }
  | { readonly ok: false; readonly error: string; readonly code: string };

/** More than any frame of any protocol; a longer line is a file of another kind. */
const hexCharactersMax = 4 * 1024 * 1024;

const refuse = (code: string, error: string): DecodeAnswer => ({ ok: false, error, code });

/** The codecs by the names that `decodeLine` takes, in the order of the alphabet. */
export const codecNames: readonly string[] = Object.keys(lineDecoders).toSorted();

/**
 * Decodes one captured frame or message. Between the bytes spaces and commas may stand; for `hid-scanner`
 * and `hid-keyboard` the line holds all reports of one message, one after the other.
 */
export function decodeLine(
  codecName: string,
  hex: string,
  options: LineOptions = { relaxed: false },
): DecodeAnswer {
  const decode = Object.hasOwn(lineDecoders, codecName) ? lineDecoders[codecName] : undefined;
  if (decode === undefined) {
    return refuse("unknown-codec", `no codec is called "${codecName}"; there are ${codecNames.join(", ")}`);
  }
  if (hex.length > hexCharactersMax)
    return refuse("length", `a line of ${hex.length} characters is too long`);
  const bytes = fromHex(hex.replaceAll(",", " "));
  if (bytes === undefined) return refuse("hex", "not hex: two digits 0-9 a-f for each byte");
  const result = decode(bytes, { decodeGbk, ...options });
  return result.ok ? { ok: true, decoded: result.value } : refuse(result.code, result.error);
}

/** Answers each line with one line of JSON, blank ones included, so that question and answer stay in step. */
export async function runDecode(
  codecName: string,
  lines: AsyncIterable<string>,
  write: (line: string) => void,
  options: LineOptions = { relaxed: false },
): Promise<void> {
  for await (const line of lines) write(JSON.stringify(decodeLine(codecName, line, options)));
}
