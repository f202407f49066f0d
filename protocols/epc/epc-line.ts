import type { Decoded } from "../codec.ts";
import { decoded } from "../codec.ts";
import { decodeEpc } from "./decode-epc.ts";

/** An EPC under the names of the published vectors. */
export interface DescribedEpc {
  readonly tagUri?: string;
  readonly pureIdentityUri?: string;
  readonly digitalLink?: string;
}

/** `storewire decode epc`. */
export function decodeEpcLine(bytes: Uint8Array): Decoded<DescribedEpc> {
  const epc = decodeEpc(bytes);
  if (!epc.ok) return epc;
  const { scheme: _scheme, elements: _elements, ...described } = epc.value;
  return decoded(described);
}
