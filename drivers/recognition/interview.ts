import { type Clock, sleep } from "../../protocols/clock.ts";
import type { SerialLine } from "../../protocols/config/transport.ts";
import type { Fault } from "../../protocols/faults.ts";
import { join } from "../../protocols/stream/bytes.ts";
import type { Connection, Transport } from "../../protocols/transport.ts";
import { likeliest, type PlannedLine } from "./plan.ts";
import type { Question, Recognition } from "./table.ts";

/** What stands behind a port, as far as it could be found out. */
export type Interview =
  | {
      readonly kind: "recognised";
      readonly driver: string;
      /** Families whose words are the same at the moment: a zero reads alike from both ends. */
      readonly or: readonly string[];
      readonly line: SerialLine;
    }
  /** It says something, or nothing, that no family says. */
  | { readonly kind: "unknown"; readonly heardBytes: number }
  | { readonly kind: "unavailable"; readonly fault: Fault };

export interface InterviewOptions {
  readonly clock: Clock;
  readonly plan: readonly PlannedLine[];
  /** The port at this rate and parity; it is closed before it is opened at another. */
  readonly openAt: (line: SerialLine) => Transport;
}

/** Opening an adapter sends a stray byte, and what a device makes of it must be over before it is asked. */
const settlingMs = 150;
/** The slowest scale that sends by itself does so seven times a second; two frames and the beginning of a third. */
const listeningMs = 600;
/** Everything here answers within a tenth of a second; the rest is for a slow adapter at 1200 baud. */
const answerMs = 300;
/** What may be heard before it is judged; a device that says more says the same again. */
const heardBytesMax = 8_192;

/**
 * Finds out what stands behind one serial port. It listens first: what speaks by itself is never written to. Only
 * where nothing at all is heard, at any rate, is it asked, and after each answer that fits nothing more is said.
 */
export async function interview(options: InterviewOptions): Promise<Interview> {
  const listened = await listenAtEachRate(options);
  if (listened.kind !== "unknown" || listened.heardBytes > 0) return listened;
  return await askAtEachRate(options);
}

/** How long an interview may take at most: with a device that says nothing. */
export function interviewMsMost(plan: readonly PlannedLine[]): number {
  const asked = plan.filter(({ questions }) => questions.length > 0);
  return asked.reduce((sum, { questions }) => sum + settlingMs + questions.length * answerMs, listeningMs);
}

async function listenAtEachRate(options: InterviewOptions): Promise<Interview> {
  let most = 0;
  for (const { line, unasked } of options.plan) {
    if (unasked.length === 0) continue;
    const port = await open(options, line);
    if (!port.ok) return { kind: "unavailable", fault: port.fault };
    const heard = await port.line.hear(listeningMs);
    await port.line.close();
    const found = likeliest(unasked, heard);
    if (found !== undefined) return { kind: "recognised", ...found, line };
    most = Math.max(most, heard.length);
    // Whoever speaks is heard at every rate, if only as noise.
    if (heard.length === 0) break;
  }
  return { kind: "unknown", heardBytes: most };
}

async function askAtEachRate(options: InterviewOptions): Promise<Interview> {
  let heardBytes = 0;
  for (const { line, questions } of options.plan) {
    if (questions.length === 0) continue;
    const port = await open(options, line);
    if (!port.ok) return { kind: "unavailable", fault: port.fault };
    await port.line.hear(settlingMs);
    for (const question of questions) {
      const heard = await ask(port.line, question);
      heardBytes += heard.length;
      const found = likeliest(question.of, heard);
      if (found === undefined) continue;
      await port.line.close();
      return { kind: "recognised", ...found, line };
    }
    await port.line.close();
  }
  return { kind: "unknown", heardBytes };
}

async function ask(line: OpenLine, { bytes, goesOn, of }: Question): Promise<Uint8Array> {
  await line.send(bytes);
  const heard = await line.hear(answerMs, of);
  const more = goesOn?.(heard);
  if (more === undefined) return heard;
  await line.send(more);
  return join(heard, await line.hear(answerMs, of));
}

type Opened = { readonly ok: true; readonly line: OpenLine } | { readonly ok: false; readonly fault: Fault };

async function open({ openAt, clock }: InterviewOptions, line: SerialLine): Promise<Opened> {
  const ear = new Ear();
  const opening = await openAt(line).open({
    bytes: (chunk) => ear.take(chunk),
    edge: () => undefined,
    closed: () => undefined,
  });
  return opening.ok ? { ok: true, line: new OpenLine(opening.connection, ear, clock) } : opening;
}

class Ear {
  #heard: Uint8Array = new Uint8Array();

  take(chunk: Uint8Array): void {
    if (this.#heard.length < heardBytesMax) this.#heard = join(this.#heard, chunk);
  }

  empty(): Uint8Array {
    const heard = this.#heard;
    this.#heard = new Uint8Array();
    return heard;
  }

  get heard(): Uint8Array {
    return this.#heard;
  }
}

/** How often it is looked whether the answer is there already. */
const lookMs = 50;

class OpenLine {
  readonly #connection: Connection;
  readonly #ear: Ear;
  readonly #clock: Clock;

  constructor(connection: Connection, ear: Ear, clock: Clock) {
    this.#connection = connection;
    this.#ear = ear;
    this.#clock = clock;
  }

  /** A port that goes away meanwhile says nothing more, which is answer enough. */
  async send(bytes: Uint8Array): Promise<void> {
    this.#ear.empty();
    await this.#connection.send(bytes).catch(() => undefined);
  }

  /** What comes within this time, or up to an answer that one of these families gives. */
  async hear(withinMs: number, from: readonly Recognition[] = []): Promise<Uint8Array> {
    for (let waitedMs = 0; waitedMs < withinMs; waitedMs += lookMs) {
      await sleep(this.#clock, lookMs);
      if (from.length > 0 && likeliest(from, this.#ear.heard) !== undefined) break;
    }
    return this.#ear.empty();
  }

  async close(): Promise<void> {
    await this.#connection.close().catch(() => undefined);
  }
}
