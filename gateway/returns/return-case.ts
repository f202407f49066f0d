import type { Stamp } from "../../protocols/readings.ts";
import type { DocumentChange, Documents } from "../service.ts";

/** One returned item that can be told from all others, from hand-in to the cage. */
export interface ReturnCase {
  readonly uri: string;
  /** Rises with each case of the site: the lowest is the oldest. */
  readonly order: number;
  /** It has reached the cage; nothing is expected of it any more. */
  readonly finished: boolean;
  /** The last step at each post, by read point. */
  readonly posts: Readonly<Record<string, Stamp>>;
}

/** What is counted over all cases. */
export interface CaseLedger {
  readonly opened: number;
  readonly held: number;
}

const ledgerKey = "ledger";
const casePrefix = "case/";
const caseKey = (uri: string): string => casePrefix + uri;
const emptyLedger: CaseLedger = { opened: 0, held: 0 };

/** Cases that make room together: a map with many removed entries is slow to begin, so it is done seldom. */
const leavingMax = 256;
/** How many of the oldest cases are looked at for finished ones, before the oldest of all go. */
const lookMax = 4 * leavingMax;

export const caseOf = (documents: Documents, uri: string): ReturnCase | undefined =>
  documents.get(caseKey(uri)) as ReturnCase | undefined;

export const ledgerOf = (documents: Documents): CaseLedger =>
  (documents.get(ledgerKey) as CaseLedger | undefined) ?? emptyLedger;

/** Records a step at a post; the first one opens the case, and an old case may have to make room for it. */
export function recordStep(
  documents: Documents,
  uri: string,
  step: { readonly post: string; readonly at: Stamp; readonly finishes: boolean },
  casesMax: number,
): readonly DocumentChange[] {
  const known = caseOf(documents, uri);
  const ledger = ledgerOf(documents);
  const order = known?.order ?? ledger.opened + 1;
  const posts = { ...known?.posts, [step.post]: step.at };
  const value: ReturnCase = { uri, order, finished: step.finishes, posts };
  const changed = { key: caseKey(uri), value };
  if (known !== undefined) return [changed];
  const leaving = ledger.held >= casesMax ? casesToLeave(documents, casesMax) : [];
  return [
    ...leaving.map((key) => ({ key, value: undefined })),
    changed,
    { key: ledgerKey, value: { opened: order, held: ledger.held + 1 - leaving.length } },
  ];
}

/** Old finished cases, or the oldest of all; documents stand in the order in which cases were opened. */
function casesToLeave(documents: Documents, casesMax: number): readonly string[] {
  const count = Math.max(1, Math.min(leavingMax, Math.floor(casesMax / leavingMax)));
  const oldest: string[] = [];
  const finished: string[] = [];
  for (const [key, document] of documents) {
    if (!key.startsWith(casePrefix)) continue;
    oldest.push(key);
    if ((document as ReturnCase).finished) finished.push(key);
    if (finished.length >= count || oldest.length >= lookMax) break;
  }
  return finished.length > 0 ? finished : oldest.slice(0, count);
}

/** Documents that are no case come first when they are read back. */
export const caseAge = (document: unknown): number => (document as Partial<ReturnCase>).order ?? 0;
