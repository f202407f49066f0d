import type { ElementString } from "../gs1/digital-link-uri.ts";

/** What an EPC memory bank says. */
export interface Epc {
  /** `sgtin-96`, or `sgtin+` of TDS 2.x. */
  readonly scheme: string;
  /** Absent for TDS 2.x: it does not say how long the company prefix is. */
  readonly tagUri?: string;
  readonly pureIdentityUri?: string;
  /** Absent where no GS1 key stands behind the EPC: general identifiers, defence, aviation. */
  readonly digitalLink?: string;
  /** The GS1 key and its qualifiers, as application identifiers. */
  readonly elements: readonly ElementString[];
}
