import type { IntakeInput } from "../../../../gateway/intake.ts";
import type { StoredEntry } from "../../../../outbox/outbox.ts";
import type { Reading } from "../../../../protocols/readings.ts";
import type { Box } from "./site-gateway.ts";
import type { SiteKnowledge } from "./week-words.ts";

/** What a site's process is started with. */
export interface SiteStart {
  readonly configurationFile: string;
  readonly database: string;
  readonly box: Box;
}

/** Something for the commit point, at a moment of the week. */
export interface Take {
  readonly kind: "take";
  readonly number: number;
  readonly atMs: number;
  readonly readings: readonly Reading[];
  readonly inputs: readonly IntakeInput[];
}

/** A line on the process's stdin, as JSON. */
export type LineToSite =
  | Take
  | { readonly kind: "heard"; readonly through: number }
  | { readonly kind: "know"; readonly items: readonly string[] };

/** A line of its stdout. */
export type LineFromSite =
  /** The outbox is about to be opened; then the gateway stands. */
  | { readonly kind: "opening" }
  | { readonly kind: "started" }
  /** A transaction is handed to SQLite, and has come back. */
  | { readonly kind: "committing" }
  | { readonly kind: "committed" }
  /** It is on disk. `last`: the newest event then; `repeated`: readings of this life that were on disk already. */
  | { readonly kind: "taken"; readonly number: number; readonly last: number; readonly repeated: number }
  | { readonly kind: "told"; readonly rows: readonly StoredEntry[] }
  | { readonly kind: "known"; readonly knowledge: SiteKnowledge };
