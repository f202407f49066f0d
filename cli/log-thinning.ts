/** Lines of one event and device within a window; beyond it they are counted. A device that flaps says it in ten. */
export const sameLinesMax = 10;
/** The window; and what was left out is said with the first line after it. */
export const sameLinesMs = 60_000;
/** Events and devices that are counted apart; a log has some fifty events, a box some ten devices. */
export const lineKindsMax = 1_024;

interface Window {
  readonly sinceMs: number;
  readonly lines: number;
  readonly leftOut: number;
}

/** Whether a line is to be written, and how many like it were not since the last that was. */
export type LogVerdict = { readonly write: false } | { readonly write: true; readonly leftOut: number };

/** Thins a log so that no trouble, however often it comes, fills a card. Keeps its counts in place. */
export class LogThinning {
  readonly #windows = new Map<string, Window>();

  judge(kind: string, nowMs: number): LogVerdict {
    const known = this.#windows.get(kind);
    if (known === undefined || nowMs - known.sinceMs >= sameLinesMs) {
      this.#remember(kind, { sinceMs: nowMs, lines: 1, leftOut: 0 });
      return { write: true, leftOut: known?.leftOut ?? 0 };
    }
    const write = known.lines < sameLinesMax;
    if (write) this.#remember(kind, { ...known, lines: known.lines + 1 });
    else this.#windows.set(kind, { ...known, leftOut: known.leftOut + 1 });
    return write ? { write, leftOut: 0 } : { write };
  }

  /** A kind that is heard again moves to the end, so that the one that is forgotten was silent longest. */
  #remember(kind: string, window: Window): void {
    this.#windows.delete(kind);
    this.#windows.set(kind, window);
    this.#forget();
  }

  #forget(): void {
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= lineKindsMax) return;
      this.#windows.delete(oldest);
    }
  }
}
