import type { Decoded } from "../codec.ts";
import { decoded } from "../codec.ts";
import { scanText } from "../codecs/scanner/scan.ts";
import type { Gs1Scan } from "./scan.ts";
import { readGs1Scan } from "./scan.ts";

/** A scan under the names of the published vectors. */
export type DescribedGs1 = Pick<Gs1Scan, "symbology" | "ais" | "canonicalDLuri">;

/** `storewire decode gs1`: what a scanner sent, AIM identifier in front. */
export function decodeGs1Line(
  bytes: Uint8Array,
  { relaxed }: { readonly relaxed: boolean },
): Decoded<DescribedGs1> {
  const scan = readGs1Scan({ text: scanText(bytes) }, relaxed ? "relaxed" : "strict");
  if (!scan.ok) return scan;
  const { symbology, ais, canonicalDLuri } = scan.value;
  return decoded({ ...(symbology !== undefined && { symbology }), ais, canonicalDLuri });
}
