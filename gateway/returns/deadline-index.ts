import type { Documents } from "../service.ts";

/** Entries beyond twice the open cases that are out of date before the index is made anew: bounds it for few cases. */
const staleMax = 1_024;

interface Due {
  readonly atMs: number;
  readonly uri: string;
}

/** What the index has to know of a case. */
interface IndexedCase {
  readonly uri: string;
  readonly nextDueMs?: number;
}

/**
 * When each case is to be looked at again, the earliest first. It says nothing that the documents do not say: it
 * spares a look at every case at every tick. An entry that its case no longer agrees with is passed over.
 */
export class DeadlineIndex {
  /** A binary heap. */
  #heap: Due[] = [];

  constructor(documents: Documents) {
    this.#rebuild(documents);
  }

  add(uri: string, atMs: number): void {
    const heap = this.#heap;
    let index = heap.length;
    const due = { atMs, uri };
    heap.push(due);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.atMs <= atMs) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = due;
  }

  /** The earliest that is not after `nowMs`; it leaves the index. */
  take(nowMs: number): Due | undefined {
    const [first] = this.#heap;
    if (first === undefined || first.atMs > nowMs) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return first;
  }

  /** Makes it anew where most entries are out of date; to be called while nothing is under way. */
  tidy(documents: Documents, openCases: number): void {
    if (this.#heap.length > 2 * openCases + staleMax) this.#rebuild(documents);
  }

  get size(): number {
    return this.#heap.length;
  }

  #rebuild(documents: Documents): void {
    this.#heap = [];
    for (const key of caseKeys(documents)) {
      const { uri, nextDueMs } = documents.get(key) as IndexedCase;
      if (nextDueMs !== undefined) this.add(uri, nextDueMs);
    }
  }

  #sink(due: Due): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const smaller = (heap[right]?.atMs ?? Infinity) < (heap[left]?.atMs ?? Infinity) ? right : left;
      const child = heap[smaller];
      if (child === undefined || child.atMs >= due.atMs) break;
      heap[index] = child;
      index = smaller;
    }
    heap[index] = due;
  }
}

const casePrefix = "case/";
let lastUri = "";
let lastKey = casePrefix;
/** A step asks for one case several times; a key that is the same string again need not be read again. */
export function caseKey(uri: string): string {
  if (uri === lastUri) return lastKey;
  lastUri = uri;
  lastKey = casePrefix + uri;
  return lastKey;
}

/** The keys of cases, in the order in which the cases were opened. */
export function* caseKeys(documents: Documents): Iterable<string> {
  for (const key of documents.keys()) if (key.startsWith(casePrefix)) yield key;
}

/** One for each set of documents in memory; documents that are read back anew bring a new one about. */
const indexes = new WeakMap<Documents, DeadlineIndex>();

export function deadlineIndexOf(documents: Documents): DeadlineIndex {
  const known = indexes.get(documents);
  if (known !== undefined) return known;
  const index = new DeadlineIndex(documents);
  indexes.set(documents, index);
  return index;
}
