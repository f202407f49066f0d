import { fromLatin1 } from "./bytes.ts";

/** UTF-8 by way of the language's own percent encoding; lone surrogates, which have none, become U+FFFD. */
export const utf8 = (text: string): Uint8Array =>
  fromLatin1(
    encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd")).replaceAll(
      /%(..)/g,
      (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)),
    ),
  );
