import type { Category, GatewayName } from "../protocols/topics.ts";
import type { Ledger, LedgerName } from "./ledger.ts";

/** An event as it came: its place, and its text untouched. */
export interface EventRow extends LedgerName {
  readonly sequence: number;
  readonly category: Category;
  readonly body: string;
}

export type Refusal =
  | "unknown-topic"
  | "too-large"
  | "malformed"
  | "schema-violation"
  | "wrong-gateway"
  | "wrong-category";

/** What could not be taken, kept readable for people. */
export interface DeadLetter {
  readonly topic: string;
  readonly reason: Refusal;
  readonly detail: string;
  readonly text: string;
  readonly receivedMs: number;
}

/** Everything of one transaction. */
export interface Delivery {
  readonly events: readonly EventRow[];
  /** The ledgers that changed, as they are once the events are stored. */
  readonly ledgers: readonly Ledger[];
  readonly deadLetters: readonly DeadLetter[];
}

export interface StoredEvent extends EventRow {
  /** Counts up in the order of arrival; where a reader goes on. */
  readonly arrival: number;
}

/**
 * Where headquarters keeps its events: a SQLite file by default, PostgreSQL behind the same words.
 * One event has one place, (gateway, stream, epoch, sequence), and is stored there once.
 */
export interface EventStore {
  /** Fulfilled when all of it is on disk; rejected when none of it is. */
  store(delivery: Delivery): Promise<{ readonly stored: number; readonly doubled: number }>;
  /** All ledgers, in the order in which they were first seen. */
  ledgers(): Promise<readonly Ledger[]>;
  count(): Promise<number>;
  /** Events that arrived after `after`, in the order of arrival. */
  events(after: number, rowsMax: number): Promise<readonly StoredEvent[]>;
  /** Events of one gateway in the order of their sequence, for proofs. */
  eventsOf(name: GatewayName, rowsMax: number): Promise<readonly StoredEvent[]>;
  deadLetters(rowsMax: number): Promise<readonly DeadLetter[]>;
  close(): Promise<void>;
}
