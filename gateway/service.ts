import type { DeviceCommand } from "../protocols/commands.ts";
import type { EventDraft } from "../protocols/events.ts";
import type { Reading, Stamp } from "../protocols/readings.ts";
import type { ContinuedCase } from "../protocols/returns/continue-case.ts";
import type { AnnounceParcels } from "../protocols/weighing/announce-parcels.ts";

/** Something that nobody could use, as it is kept for whoever looks into it. */
export interface DeadLetter {
  readonly topic: string;
  readonly client: string;
  readonly reason: string;
  /** The first bytes: as text where they are valid UTF-8, else as hex. */
  readonly form: "text" | "hex";
  readonly content: string;
  /** How long the whole was. */
  readonly byteCount: number;
}

/** What was written to the card, by a counter of the kernel. */
export interface CardUse {
  /** The whole disk since boot, or this process alone where the disk cannot be found. */
  readonly basis: "disk" | "process";
  /** Since the counter was at nought, which was at `sinceMs` on the monotonic clock. */
  readonly bytes: number;
  readonly sinceMs: number;
  /** Of that, this process since the last report, and what of it were events, state and marks. */
  readonly ownBytes: number;
  readonly payloadBytes: number;
  readonly commitWaitMs: number;
}

/** What a store service is told. */
export type ServiceInput =
  | { readonly kind: "reading"; readonly reading: Reading }
  /** Input that could not be understood, already acknowledged to its sender by being kept. */
  | { readonly kind: "dead-letter"; readonly letter: DeadLetter }
  /** Time has passed: deadlines are looked at. */
  | { readonly kind: "tick" }
  /** The kernel's count of what the card took. */
  | { readonly kind: "card-use"; readonly use: CardUse }
  /** HQ tells of return cases that another site began. */
  | { readonly kind: "cases-continued"; readonly cases: readonly ContinuedCase[] }
  /** HQ tells what parcels should weigh that are on their way here. */
  | { readonly kind: "parcels-announced"; readonly announced: Pick<AnnounceParcels, "parcels" | "untilMs"> };

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
  /** Documents of the service's archive: written with the rest, and never read back into memory. */
  readonly archive?: readonly DocumentChange[];
}

/** What the site knows of its clocks; a rule with a deadline asks here, never a wall clock. */
export interface TimeView {
  /**
   * How long it was from one stamp to another, negative where that was earlier: on the monotonic clock within
   * a start of a box, else on the service clock, which runs on across starts and jumps. Infinite where a start
   * is forgotten.
   */
  elapsedMs(from: Stamp, to: Stamp): number;
  /** A stamp with the best that is known now of its box's clock. */
  restamped(at: Stamp): Stamp;
  /** A stamp as events leave with it; undefined while its box's clock is not set and events wait for that. */
  departed(at: Stamp): Stamp | undefined;
}

/** Time and ids come from outside, so that a step can be replayed. */
export interface StepContext {
  readonly now: Stamp;
  readonly time: TimeView;
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
  /** The collection that `archive` of its outcomes goes to; nothing of it is ever in memory. */
  readonly archiveName?: string;
  /** Where given, documents read back from disk come into this order, so that the first is the oldest. */
  ageOf?(document: unknown): number;
}

/** A service's documents by key, as they are on disk. */
export type Documents = ReadonlyMap<string, unknown>;

/** When a fact was that has this stamp. */
export const momentOf = ({ wallMs, clock, boot, monotonicMs }: Stamp) =>
  ({ timeMs: wallMs, clock, boot, monotonicMs }) as const;

export const nothing: ServiceOutcome = { changes: [], events: [], commands: [] };
