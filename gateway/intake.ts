import type { Logger } from "pino";
import type { Outbox } from "../outbox/outbox.ts";
import { type Clock, sleep } from "../protocols/clock.ts";
import type { DeviceCommand } from "../protocols/commands.ts";
import type { EventDraft } from "../protocols/events.ts";
import { newId } from "../protocols/identity.ts";
import type { Random } from "../protocols/random.ts";
import type { Reading, ReadingSink } from "../protocols/readings.ts";
import { commandsCollection, pendingChanges } from "./commands.ts";
import { letterOfReading } from "./dead-letters.ts";
import { StoreDocuments } from "./documents.ts";
import type { Envelope } from "./envelope.ts";
import {
  emptyStep,
  type GroupStep,
  noOutcome,
  type Outcome,
  writesSomething,
  writtenOutcome,
} from "./group-step.ts";
import { noCounts } from "./intake-counts.ts";
import { ReadingMarks } from "./marks.ts";
import {
  type Documents,
  nothing,
  type ServiceInput,
  type StepContext,
  type StoreService,
} from "./service.ts";
import { SiteTime, timeDocuments } from "./time/site-time.ts";

/** What enters a group beside readings: time, dead letters, and facts that the gateway itself has to tell. */
export type IntakeInput =
  | Exclude<ServiceInput, { kind: "reading" }>
  | { readonly kind: "raise"; readonly drafts: readonly EventDraft[] }
  /** Nobody waits any longer for the clock of this start to be set. */
  | { readonly kind: "give-up"; readonly boot: string };

/** What has just reached the disk. */
export interface Committed {
  readonly commands: readonly DeviceCommand[];
  /** Agents that readings came from. */
  readonly agents: ReadonlySet<string>;
  readonly eventCount: number;
}

export interface IntakeOptions {
  readonly outbox: Outbox;
  /** Agents that the configuration names; what they sent is never forgotten for others. */
  readonly agents?: ReadonlySet<string>;
  readonly services: readonly StoreService[];
  readonly envelope: Envelope;
  readonly clock: Clock;
  readonly random: Random;
  readonly boot: string;
  /** How long events may wait for a clock to be set; 0 where they need not. */
  readonly holdMsMax: number;
  readonly log: Logger;
  /** Called after each commit that wrote something. */
  readonly committed: (committed: Committed) => void;
}

/** Readings in one transaction: bounds the wait of the first for the last, and the memory of a group. */
const groupReadingsMax = 1_024;

interface Waiting {
  readonly readings: readonly Reading[];
  readonly inputs: readonly IntakeInput[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The commit point: what comes in while one commit is on its way to disk becomes the next group, is
 * stepped in memory, and goes to disk as one transaction. Only then is it acknowledged.
 */
export class Intake implements ReadingSink {
  readonly counts = noCounts();
  readonly #options: IntakeOptions;
  readonly #documents: StoreDocuments;
  /** What is known of the site's clocks, on disk with the rest. */
  readonly time: SiteTime;
  readonly #marks: ReadingMarks;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** A commit failed: memory is ahead of the disk until it has been read back. */
  #stale = false;
  #closed = false;

  private constructor(options: IntakeOptions) {
    this.#options = options;
    const documents = new StoreDocuments([timeDocuments, ...options.services]);
    this.#documents = documents;
    this.time = new SiteTime(documents, options);
    this.#marks = new ReadingMarks(options.agents ?? new Set());
  }

  static async open(options: IntakeOptions): Promise<Intake> {
    const intake = new Intake(options);
    await intake.#restore();
    return intake;
  }

  accept(readings: readonly Reading[]): Promise<void> {
    return this.take(readings, []);
  }

  /** As `accept`, with what else comes at the same moment; all of it is in one commit. */
  take(readings: readonly Reading[], inputs: readonly IntakeInput[]): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("the gateway is closing"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ readings, inputs, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  gather(): Promise<void> | undefined {
    return this.#options.outbox.gather();
  }

  /** Whether the documents are as the disk has them: not while a commit is on its way, nor after one that failed. */
  get isOnDisk(): boolean {
    return !this.#stale;
  }

  documents(service: string): Documents {
    return this.#documents.of(service);
  }

  /** Takes nothing more; fulfilled when nothing is on its way to disk any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // One turn of the promise queue, so that calls made in the same breath share the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      // Ticks and alerts are few; they neither wait nor use up the wait of what comes after them.
      const held = this.#waiting.some(({ readings }) => readings.length > 0) ? this.gather() : undefined;
      if (held !== undefined) await held;
      const failure = await this.#commitGroup(this.#takeGroup());
      if (failure !== undefined) await this.#rejectFollowers(failure);
    }
    this.#running = undefined;
  }

  #takeGroup(): readonly Waiting[] {
    let readingCount = 0;
    let size = 0;
    for (const { readings } of this.#waiting) {
      if (size > 0 && readingCount + readings.length > groupReadingsMax) break;
      readingCount += readings.length;
      size += 1;
    }
    const group = this.#waiting.slice(0, size);
    this.#waiting = this.#waiting.slice(size);
    return group;
  }

  async #commitGroup(group: readonly Waiting[]): Promise<Error | undefined> {
    try {
      if (this.#stale) await this.#restore();
      this.#stale = true;
      const step = this.#step(group);
      const writes = writesSomething(step.commit);
      if (writes) await this.#options.outbox.commit(step.commit);
      this.#stale = false;
      if (writes) this.#recordCommit();
      this.#count(step);
      for (const { resolve } of group) resolve();
      this.#options.committed({ ...step, eventCount: step.entries.length });
      return undefined;
    } catch (error) {
      return this.#rejectGroup(group, error instanceof Error ? error : new Error(String(error)));
    }
  }

  /**
   * What came behind a failed group fails with it, also what its senders send before they can have learned
   * of it: taken now, it would move the marks past readings that are not on disk.
   */
  async #rejectFollowers(failure: Error): Promise<void> {
    await sleep(this.#options.clock, 0);
    const followers = this.#waiting;
    this.#waiting = [];
    for (const { reject } of followers) reject(failure);
  }

  #rejectGroup(group: readonly Waiting[], failure: Error): Error {
    // Said once, not for each repetition of what the agents send again and again until it works.
    if (this.counts.failedCommits === 0) {
      this.#options.log.error({ event: "commit-failed", reason: failure.message }, "nothing is acknowledged");
    }
    this.counts.failedCommits += 1;
    for (const { reject } of group) reject(failure);
    return failure;
  }

  #step(group: readonly Waiting[]): GroupStep {
    const { clock, random, boot } = this.#options;
    const step = emptyStep();
    const now = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs(), boot, clock: clock.quality() };
    const isTick = group.every(
      ({ readings, inputs }) => readings.length === 0 && inputs.every(({ kind }) => kind === "tick"),
    );
    const context: StepContext = {
      now: this.time.begin(now, isTick),
      time: this.time,
      newId: () => newId(clock, random),
    };
    for (const { readings, inputs } of group) {
      for (const reading of readings) this.#stepReading(reading, context, step);
      for (const input of inputs) this.#stepInput(input, context, step);
    }
    for (const letter of step.broken) this.#stepServices({ kind: "dead-letter", letter }, context, step);
    const { entries, archive } = step;
    const documents = [...this.#documents.takeWrites(), ...archive];
    const forgottenMarks = this.#marks.takeForgotten();
    const forgetting = forgottenMarks.length === 0 ? {} : { forgottenMarks };
    return { ...step, commit: { entries, marks: this.#marks.takeAdvanced(), documents, ...forgetting } };
  }

  #stepReading(reading: Reading, context: StepContext, step: GroupStep): void {
    step.agents.add(reading.agent);
    if (!this.#marks.advance(reading)) {
      step.repeated += 1;
      return;
    }
    step.taken += 1;
    this.#stepServices({ kind: "reading", reading: this.time.arrived(reading) }, context, step);
  }

  #stepInput(input: IntakeInput, context: StepContext, step: GroupStep): void {
    if (input.kind === "give-up") this.time.giveUp(input.boot);
    else if (input.kind !== "raise") this.#stepServices(input, context, step);
    else for (const draft of input.drafts) step.entries.push(this.#options.envelope(draft, this.time));
  }

  #stepServices(input: ServiceInput, context: StepContext, step: GroupStep): void {
    for (const service of this.#options.services) {
      const outcome = this.#outcomeOf(service, input, context, step);
      // Most services have nothing to do with most inputs, and all of them with most ticks.
      if (outcome === noOutcome) continue;
      const { changes, commands, entries, archive } = outcome;
      this.#documents.apply(service.name, changes);
      step.entries.push(...entries);
      step.archive.push(...archive);
      if (commands.length === 0) continue;
      const pending = pendingChanges(this.#documents.of(commandsCollection), commands);
      this.#documents.apply(commandsCollection, pending);
      step.commands.push(...commands);
    }
  }

  /** A service that breaks on a reading gives it up: sent again, the same one would break it again, for ever. */
  #outcomeOf(service: StoreService, input: ServiceInput, context: StepContext, step: GroupStep): Outcome {
    try {
      const outcome = service.step(this.#documents.of(service.name), input, context);
      return outcome === nothing
        ? noOutcome
        : writtenOutcome(service, outcome, (draft) => this.#options.envelope(draft, this.time));
    } catch (error) {
      this.counts.brokenSteps += 1;
      const reason = `${service.name}: ${error instanceof Error ? error.message : String(error)}`;
      this.#options.log.error({ event: "step-broken", input: input.kind, reason }, "an input was given up");
      if (input.kind === "reading") step.broken.push(letterOfReading(input.reading, reason));
      return noOutcome;
    }
  }

  /** The disk took something; a group that asks nothing of it proves nothing. */
  #recordCommit(): void {
    if (this.counts.failedCommits > 0)
      this.#options.log.info({ event: "commit-recovered" }, "disk takes writes");
    this.counts.failedCommits = 0;
    this.counts.commits += 1;
  }

  #count({ taken, repeated, entries }: GroupStep): void {
    this.counts.readings += taken;
    this.counts.repeatedReadings += repeated;
    this.counts.events += entries.length;
  }

  async #restore(): Promise<void> {
    await this.#documents.restore(this.#options.outbox);
    await this.#marks.restore(this.#options.outbox);
    this.#stale = false;
  }
}
