import type { Stamp } from "../../protocols/readings.ts";
import type { DocumentChange } from "../service.ts";

/** What is counted over all cases. */
export interface Ledger {
  readonly opened: number;
  /** Open cases. */
  readonly held: number;
  /** Cases closed so far; the newest `pastMax` are remembered. */
  readonly closed: number;
  /** Events told so far: the last place in the history. */
  readonly told: number;
  /** The last asset number given out. */
  readonly asset: number;
  /** Where service time stood at a moment of the running start (service-clock.ts). */
  readonly clock?: { readonly at: Stamp; readonly ms: number };
}

const ledgerKey = "ledger";
const emptyLedger: Ledger = { opened: 0, held: 0, closed: 0, told: 0, asset: 0 };

/** Files of earlier versions hold a part of it. */
export function ledgerOf(documents: { get(key: string): unknown }): Ledger {
  const kept = documents.get(ledgerKey) as Partial<Ledger> | undefined;
  if (kept?.told !== undefined) return kept as Ledger;
  return kept === undefined ? emptyLedger : { ...emptyLedger, ...kept };
}

export const ledgerWrite = (value: Ledger): DocumentChange => ({ key: ledgerKey, value });
