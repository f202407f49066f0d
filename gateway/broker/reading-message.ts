import { type Reading, readingSchema, readingsPerMessageMax } from "../../protocols/readings.ts";
import { contentOf } from "../dead-letters.ts";
import type { DeadLetter } from "../service.ts";
import { brokerLimits } from "./limits.ts";

export interface MessageFacts {
  readonly topic: string;
  readonly client: string;
  /** The agent that the sender may speak for on this topic; undefined when it is not one of its topics. */
  readonly agent: string | undefined;
}

/** What a message brings: readings to take, and what has to be put aside. */
export interface MessageContent {
  readonly readings: readonly Reading[];
  readonly letter?: DeadLetter;
}

/** Reads a message of the store broker. Whatever it holds, it is a value: readings, a dead letter, or both. */
export function readMessage(facts: MessageFacts, payload: Uint8Array): MessageContent {
  const { agent } = facts;
  const aside = (reason: string, content = payload): MessageContent => ({
    readings: [],
    letter: { topic: facts.topic, client: facts.client, reason, ...contentOf(content) },
  });
  if (agent === undefined)
    return aside("nobody listens on this topic, or this account may not publish there");
  if (payload.length > brokerLimits.messageBytesMax) {
    return aside(`longer than ${brokerLimits.messageBytesMax} bytes`);
  }
  const parsed = jsonOf(payload);
  if (!parsed.ok) return aside(parsed.error);
  const { value } = parsed;
  if (!Array.isArray(value) || value.length === 0) return aside("not a JSON array of readings");
  if (value.length > readingsPerMessageMax) {
    return aside(`${value.length} readings; at most ${readingsPerMessageMax} in one message`);
  }
  const { readings, refusal } = readReadings(value, agent);
  if (refusal === undefined) return { readings };
  return { ...aside(refusal.reason, textOf(refusal.value) ?? payload), readings };
}

interface Refusal {
  readonly reason: string;
  readonly value: unknown;
}

/** One bad reading does not take its neighbours with it; the letter shows the first and counts the others. */
function readReadings(
  values: readonly unknown[],
  agent: string,
): { readonly readings: readonly Reading[]; readonly refusal: Refusal | undefined } {
  const readings: Reading[] = [];
  const refusals: Refusal[] = [];
  values.forEach((value, index) => {
    const read = readingSchema.safeParse(value);
    if (read.success && read.data.agent === agent) {
      readings.push(read.data);
      return;
    }
    const issue = read.error?.issues[0];
    const words = issue === undefined ? `it speaks for another agent than ${agent}` : wordsOf(issue);
    refusals.push({ reason: `reading ${index} of ${values.length}: ${words}`, value });
  });
  const [first] = refusals;
  if (first === undefined) return { readings, refusal: undefined };
  const others = refusals.length > 1 ? ` (and ${refusals.length - 1} more)` : "";
  return { readings, refusal: { ...first, reason: first.reason + others } };
}

/** Undefined where it is nested too deeply to be written: JSON.parse has no such limit, JSON.stringify has. */
function textOf(value: unknown): Uint8Array | undefined {
  try {
    return Buffer.from(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

/** Of a name or value that the sender chose, no more than people need to see. */
const wordsMax = 200;

const wordsOf = ({ path, message }: { path: PropertyKey[]; message: string }): string =>
  `${path.map(String).join(".") || "reading"}: ${message}`.slice(0, wordsMax);

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

function jsonOf(payload: Uint8Array): Parsed {
  try {
    return { ok: true, value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)) };
  } catch (error) {
    return { ok: false, error: error instanceof SyntaxError ? "malformed JSON" : "not UTF-8 text" };
  }
}
