import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { gtin14, hasValidCheckDigit } from "./check-digit.ts";
import type { ElementString } from "./digital-link-uri.ts";

/** What GS1 makes of a scan. */
export interface Gs1Scan {
  readonly ais: readonly ElementString[];
  readonly gtin?: string;
  readonly serial?: string;
}

export function readGs1Scan(scan: { readonly aim?: string; readonly text: string }): Decoded<Gs1Scan> {
  const ais = readElements(scan.text);
  if (ais === undefined) return refused("field", "not GS1");
  const valueOf = new Map(ais);
  const gtin = valueOf.get("01");
  const serial = valueOf.get("21");
  return decoded({ ais, ...(gtin !== undefined && { gtin }), ...(serial !== undefined && { serial }) });
}

function readElements(text: string): ElementString[] | undefined {
  if (/^(\d{8}|\d{12,14})$/.test(text)) return hasValidCheckDigit(text) ? [["01", gtin14(text)]] : undefined;
  const link = /^https?:\/\/[^/]+\/(?:.*\/)?01\/(\d{14})(?:\/21\/([^/?]+))?/.exec(text);
  const element = link ?? /^01(\d{14})(?:21([!-z]{1,20}))?$/.exec(text);
  if (element === null) return undefined;
  const [gtin = "", serial] = element.slice(1);
  if (!hasValidCheckDigit(gtin)) return undefined;
  return serial === undefined
    ? [["01", gtin]]
    : [
        ["01", gtin],
        ["21", decodeURIComponent(serial)],
      ];
}
