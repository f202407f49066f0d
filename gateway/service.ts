import type { DeviceCommand } from "../protocols/commands.ts";
import type { EventDraft } from "../protocols/events.ts";
import type { Reading, Stamp } from "../protocols/readings.ts";

/** What a store service is told. */
export type ServiceInput =
  | { readonly kind: "reading"; readonly reading: Reading }
  /** Time has passed: deadlines are looked at. */
  | { readonly kind: "tick" };

/** A piece of a service's state as it is kept on disk: `value` undefined removes it. */
export interface DocumentChange {
  readonly key: string;
  readonly value: unknown;
}

/** What one step brings about; all of it is written in one transaction with the reading's dedupe mark. */
export interface ServiceOutcome {
  readonly changes: readonly DocumentChange[];
  readonly events: readonly EventDraft[];
  readonly commands: readonly DeviceCommand[];
}

/** Time and ids come from outside, so that a step can be replayed. */
export interface StepContext {
  readonly now: Stamp;
  newId(): string;
}

/**
 * A store service (returns, queue, devices): documents in memory, changed only by the changes that its
 * steps return, so that memory and disk cannot drift apart.
 */
export interface StoreService {
  readonly name: string;
  /** Looks at the documents, decides, and touches nothing. */
  step(documents: Documents, input: ServiceInput, context: StepContext): ServiceOutcome;
}

/** A service's documents by key, as they are on disk. */
export type Documents = ReadonlyMap<string, unknown>;

export const nothing: ServiceOutcome = { changes: [], events: [], commands: [] };
