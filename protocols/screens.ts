/**
 * What the gateway's pages are told, as JSON over HTTP and WebSocket. Types alone: the browser's part is
 * compiled without anything else of ours.
 */

/** Words for customers are in both languages, always. */
export interface Named {
  readonly id: string;
  readonly name: string;
  readonly nameChinese: string;
}

/** Between these two most customers wait; undefined where nobody can tell. */
export interface WaitRange {
  readonly lowMs: number;
  readonly highMs: number;
}

export interface ShownService extends Named {
  readonly waiting: number;
  /** Of somebody who comes now. */
  readonly wait?: WaitRange;
}

export interface ShownCounter {
  /** Its read point. */
  readonly id: string;
  /** What stands above it. */
  readonly name: string;
  readonly state: "open" | "paused" | "closed";
  readonly current?: ShownTurn;
}

/** A ticket at a counter. */
export interface ShownTurn {
  readonly ticket: string;
  readonly number: string;
  readonly service: string;
  readonly priorityClass: string;
  readonly state: "called" | "serving";
  /** Rises with each recall. */
  readonly attempt: number;
  readonly sinceMs: number;
}

/** Somebody who waits; `waitedMs` at the snapshot's moment. */
export interface ShownWaiter {
  readonly ticket: string;
  readonly number: string;
  readonly service: string;
  readonly priorityClass: string;
  readonly waitedMs: number;
}

/** What somebody has to be told of, in both languages. */
export interface Notice {
  readonly code: string;
  readonly words: string;
  readonly wordsChinese: string;
}

export interface BoardView {
  readonly siteName: string;
  readonly services: readonly ShownService[];
  /** Counters that have to do with a ticket, the latest call first. */
  readonly counters: readonly ShownCounter[];
  readonly next: readonly ShownWaiter[];
  /** Where staff is wanted. */
  readonly notices: readonly Notice[];
}

export interface CounterView {
  readonly counter: ShownCounter;
  readonly services: readonly ShownService[];
  readonly classes: readonly Named[];
  /** Other counters, to which a ticket can be handed. */
  readonly others: readonly { readonly id: string; readonly name: string }[];
  /** Whom this counter may call, the first in the order of calling; `waitingCount` also counts those beyond the list. */
  readonly waiting: readonly ShownWaiter[];
  readonly waitingCount: number;
}

export interface KioskView {
  readonly siteName: string;
  readonly services: readonly ShownService[];
  readonly classes: readonly Named[];
  /** What became of the paper of the tickets that were drawn here last; `none`: this kiosk has no printer. */
  readonly prints: readonly {
    readonly ticket: string;
    readonly print: "none" | "printing" | "printed" | "failed" | "in-doubt";
  }[];
  /** Paper, cover, printer: tickets are given on the screen meanwhile. */
  readonly notices: readonly Notice[];
}

/** A ticket's own page, and what a kiosk shows after a press. */
export interface TicketView {
  readonly ticket: string;
  readonly number: string;
  readonly service: Named;
  readonly state: "waiting" | "called" | "serving";
  /** Called sooner than this one, where it waits. */
  readonly before?: number;
  readonly wait?: WaitRange;
  /** Where it was called. */
  readonly counter?: string;
}

/** A snapshot: always the whole. */
export interface Snapshot<View> {
  readonly version: string;
  /** The gateway's own clock. */
  readonly atMs: number;
  readonly view: View;
}

/** The answer to a press, once it is on disk. */
export interface PressAnswer {
  /** What a kiosk's press has made; absent where the queue was full. */
  readonly ticket?: TicketView;
  /** How things stand at a counter after its press. */
  readonly counter?: CounterView;
}
