import type { Random } from "../../protocols/random.ts";

/** What the world did to the devices in one round, for the checker to compare with. */
export interface Caused {
  /** Items whose code was scanned at the desk, in the order of scanning. */
  readonly handIns: CausedItem[];
  /** Item URIs whose tag came near in the cage. */
  readonly storings: string[];
  /** How often a ticket was asked for, and how often a counter called. */
  issuePresses: number;
  callPresses: number;
}

export interface CausedItem {
  readonly uri: string;
  /** What the scanner sent. */
  readonly text: string;
  readonly atMs: number;
}

/** A time in which the agent had the desk's scanner ready, up to its kill. */
export interface Watch {
  readonly fromMs: number;
  toMs: number;
}

export const causedNothing = (): Caused => ({ handIns: [], storings: [], issuePresses: 0, callPresses: 0 });

/** A GTIN whose check digit is right (GS1 General Specifications section 7.9), with a company prefix of ours. */
export const gtin = "09521141123454";
const companyPrefix = 9521141n;
const itemReference = 12345n;

/** The code that a scanner sends for an item: GS1 DataMatrix with GTIN and serial. */
export const scanOf = (serial: number): { readonly text: string; readonly aim: string } => ({
  text: `01${gtin}21${serial}`,
  aim: "]d2",
});

export const itemUri = (serial: number): string => `https://id.gs1.org/01/${gtin}/21/${serial}`;

/** The same item's SGTIN-96 tag: header 30, filter 1, partition 5 (7 digits), TDS 1.13 section 14.6.1. */
export function tagOf(serial: number): string {
  const bits = (((0x30n << 3n) | 1n) << 3n) | 5n;
  const whole = (((bits << 24n) | companyPrefix) << 20n) | itemReference;
  return ((whole << 38n) | BigInt(serial)).toString(16).padStart(24, "0");
}

export const chance = (random: Random, share: number): boolean => random.fraction() < share;
export const between = (random: Random, low: number, high: number): number =>
  low + random.fraction() * (high - low);
