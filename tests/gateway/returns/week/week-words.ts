import type { Observation } from "../../../../protocols/readings.ts";

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
