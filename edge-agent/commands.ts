import type { Logger } from "pino";
import { z } from "zod";
import type { Outbox } from "../outbox/outbox.ts";
import { doubtNote, doubtThroughMs } from "../outbox/salvage-report.ts";
import { type CommandTarget, type DeviceCommand, deviceCommandSchema } from "../protocols/commands.ts";
import { madeMsOf } from "../protocols/identity.ts";
import type { MessageLink, ReceivedMessage } from "../protocols/message-link.ts";
import type { Observation } from "../protocols/readings.ts";
import { localTopics } from "../protocols/topics.ts";
import { messageOf } from "./deadline.ts";
import type { DevicePlace } from "./stamping.ts";

/** The journal's place among the documents of the outbox. */
const commandCollection = "command";
/**
 * Commands remembered with their answers, far more than a gateway hands over again. It is a count and not
 * an age, because an age would need a clock that can be believed.
 */
export const commandsRememberedMax = 2_000;
/** Commands begun and not answered; a gateway that has more on its way hands the rest over again. */
export const commandsBegunMax = 200;

/** Where a device stands that is not in this agent's configuration: it may have left it. */
const unknownPlace = ({ device }: DeviceCommand): DevicePlace => ({ device, readPoint: "unknown" });
const deviceAbsent = { outcome: "failed", fault: "device-absent" } as const;
/** The page that would tell was lost with a part of the journal: done again, a ticket would be there twice. */
const doneBefore = { outcome: "in-doubt", fault: "journal-damaged" } as const;

export type Answer = Extract<Observation, { kind: "answer" }>;

/** A device as the commands see it. */
export interface CommandedDevice {
  readonly place: DevicePlace;
  take(command: DeviceCommand): void;
}

export interface CommandsOptions {
  readonly journal: Outbox;
  readonly deviceOf: (device: string) => CommandedDevice | undefined;
  readonly emit: (place: DevicePlace, answer: Answer) => void;
  readonly log: Logger;
}

/** One command's page in the journal; without an outcome it was begun and nobody knows more. */
const pageSchema = z.object({
  /** Its place in the order of beginning. */
  number: z.number().int(),
  device: z.string(),
  readPoint: z.string(),
  outcome: z.enum(["done", "failed", "in-doubt"]).optional(),
  fault: z.string().optional(),
});
type Page = z.infer<typeof pageSchema>;

/** Commands at most once: begun on disk before the device has it, and answered the same ever after. */
export class Commands implements CommandTarget {
  readonly #options: CommandsOptions;
  /** By command, in the order of beginning. */
  readonly #pages = new Map<string, Page>();
  readonly #writes = new Set<Promise<void>>();
  #begun = 0;
  #lastNumber = 0;
  /** Commands made until then may have been begun without a page in the journal. */
  #doubtThroughMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /** Reads the journal; what the last start left begun is in doubt from now on. */
  async recover(): Promise<void> {
    const { journal } = this.#options;
    this.#doubtThroughMs = doubtThroughMs(await journal.documents(doubtNote.collection));
    const documents = await journal.documents(commandCollection);
    const pages = [...documents].flatMap(([command, text]) => this.#readPage(command, text));
    pages.sort(([, left], [, right]) => left.number - right.number);
    for (const [command, page] of pages) this.#pages.set(command, page);
    this.#lastNumber = pages.at(-1)?.[1].number ?? 0;
    const interrupted = pages.filter(([, page]) => page.outcome === undefined);
    this.#begun = interrupted.length;
    for (const [command] of interrupted)
      this.answered({ kind: "answer", command, outcome: "in-doubt", fault: "command-interrupted" });
    await this.settled();
  }

  take(command: DeviceCommand): void {
    if (this.#closed) return;
    const page = this.#pages.get(command.id);
    if (page !== undefined) return this.#repeatAnswer(command.id, page);
    const device = this.#options.deviceOf(command.device);
    if (device === undefined) return this.#answerFor(command, unknownPlace(command), deviceAbsent);
    if (this.#isDoubtful(command.id)) return this.#answerFor(command, device.place, doneBefore);
    if (this.#begun >= commandsBegunMax) {
      this.#options.log.warn({
        event: "command-not-begun",
        command: command.id,
        reason: "too many at a time",
      });
      return;
    }
    this.#track(this.#begin(command, device));
  }

  /** The device, or its end, has answered. On disk first, so that the answer cannot turn into a doubt. */
  answered(answer: Answer): void {
    const begun = this.#pages.get(answer.command);
    if (begun === undefined || begun.outcome !== undefined) return;
    const fault = answer.fault === undefined ? {} : { fault: answer.fault };
    const page: Page = { ...begun, outcome: answer.outcome, ...fault };
    this.#begun -= 1;
    this.#track(this.#end(answer.command, page));
  }

  /** Fulfilled when nothing is being written any more. */
  async settled(): Promise<void> {
    while (this.#writes.size > 0) await Promise.all(this.#writes);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.settled();
  }

  async #begin(command: DeviceCommand, device: CommandedDevice): Promise<void> {
    const page: Page = { number: this.#nextNumber(), ...device.place };
    this.#begun += 1;
    try {
      await this.#write(command.id, page);
    } catch (error) {
      // Not begun: the device has not heard of it, and the gateway hands it over again.
      this.#pages.delete(command.id);
      this.#begun -= 1;
      this.#options.log.error({ event: "command-not-begun", command: command.id, reason: messageOf(error) });
      return;
    }
    device.take(command);
  }

  /** An id says when it was made; of one that does not, nobody knows. */
  #isDoubtful(id: string): boolean {
    return (
      Number.isFinite(this.#doubtThroughMs) &&
      (madeMsOf(id) ?? Number.NEGATIVE_INFINITY) <= this.#doubtThroughMs
    );
  }

  /** Answered without the device. Without an answer it would be handed over for ever. */
  #answerFor({ id }: DeviceCommand, place: DevicePlace, answer: Pick<Page, "outcome" | "fault">): void {
    this.#track(this.#end(id, { number: this.#nextNumber(), ...place, ...answer }));
  }

  async #end(command: string, page: Page): Promise<void> {
    try {
      await this.#write(command, page);
    } catch (error) {
      this.#options.log.error({ event: "answer-not-kept", command, reason: messageOf(error) });
    }
    this.#repeatAnswer(command, page);
  }

  /** In memory at once, so that the same command is known again while the disk is at work. */
  async #write(command: string, page: Page): Promise<void> {
    this.#pages.set(command, page);
    const forgotten = this.#forgettable();
    const removals = forgotten.map((key) => ({ collection: commandCollection, key, value: undefined }));
    const write = { collection: commandCollection, key: command, value: JSON.stringify(page) };
    await this.#options.journal.commit({ documents: [write, ...removals] });
    for (const each of forgotten) this.#pages.delete(each);
  }

  #nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #repeatAnswer(command: string, { device, readPoint, outcome, fault }: Page): void {
    if (outcome === undefined) return;
    const because = fault === undefined ? {} : { fault };
    this.#options.emit({ device, readPoint }, { kind: "answer", command, outcome, ...because });
  }

  /** The oldest answered ones beyond what is remembered. */
  #forgettable(): readonly string[] {
    let surplus = this.#pages.size - commandsRememberedMax;
    const forgettable: string[] = [];
    for (const [command, page] of this.#pages) {
      if (surplus <= 0) break;
      if (page.outcome === undefined) continue;
      forgettable.push(command);
      surplus -= 1;
    }
    return forgettable;
  }

  #track(write: Promise<void>): void {
    this.#writes.add(write);
    void write.finally(() => this.#writes.delete(write));
  }

  #readPage(command: string, text: string): readonly (readonly [string, Page])[] {
    const page = pageSchema.safeParse(parseJson(text));
    if (page.success) return [[command, page.data]];
    this.#options.log.error({ event: "journal-page-unreadable", command });
    return [];
  }
}

/** Listens to the store broker for this agent's commands; what is no command is logged and forgotten. */
export function subscribeCommands(
  link: MessageLink,
  agent: string,
  target: CommandTarget,
  log: Logger,
): Promise<void> {
  return link.subscribe([localTopics.commandFilter(agent)], ({ topic, payload }: ReceivedMessage) => {
    const command = deviceCommandSchema.safeParse(parseJson(new TextDecoder().decode(payload)));
    if (command.success) target.take(command.data);
    else log.warn({ event: "command-malformed", topic, reason: command.error.issues[0]?.message });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
