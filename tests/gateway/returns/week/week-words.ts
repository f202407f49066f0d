import type { Random } from "../../../../protocols/random.ts";
import type { Observation } from "../../../../protocols/readings.ts";
import type { ContinuedCase } from "../../../../protocols/returns/continue-case.ts";

/** 2026-01-05T08:00 in Berlin, a Monday. */
export const startMs = Date.UTC(2026, 0, 5, 7, 0, 0);
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** An event as HQ gets it. */
export interface StoredRow {
  readonly site: string;
  readonly gateway: string;
  readonly body: string;
}

/** Something that a device at a site observes. */
export interface Deed {
  readonly atMs: number;
  readonly site: "store" | "depot";
  readonly place: string;
  /** Goods without a serial number are known by the label that their hand-in has printed. */
  readonly observation: Observation | "label";
  /** The item that the deed belongs to, by its place in the week. */
  readonly item: number;
}

/** What one item's week is to bring about. */
export interface Expectation {
  /** `code deadline` or `code`, each once. */
  readonly alerts: readonly string[];
  readonly store: string;
  readonly depot: string;
}

/** Something that a device observes at a site, with its code or tag read. */
export interface Seen {
  readonly atMs: number;
  readonly place: string;
  readonly observation: Observation;
}

/** What a site knows at the end, from its disk alone. */
export interface SiteKnowledge {
  /** Of each item that was asked for: the step of its open case, or `closed`. */
  readonly states: readonly string[];
  readonly documents: number;
}

/**
 * A site's gateway, which may die at any moment. Everything given to it is on its disk sooner or later, in the order in
 * which it was given: what a process has not acknowledged when it dies is given to the next one, as agents and HQ do.
 */
export interface WeekSite {
  readonly deaths: number;
  /** Answers the reading's id; it may not be on disk yet. */
  see(seen: Seen): Promise<string>;
  tick(atMs: number): Promise<void>;
  continueCases(atMs: number, cases: readonly ContinuedCase[]): Promise<void>;
  /** The process dies about now; chance says at which moment. */
  die(chance: Random): void;
  /** Once all that was given is on disk: the events that HQ has got since the last call. */
  hear(): Promise<readonly StoredRow[]>;
  know(items: readonly string[]): Promise<SiteKnowledge>;
}
