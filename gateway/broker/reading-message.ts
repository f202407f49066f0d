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
  /** Readings that had to be looked at in vain. */
  readonly refusedReadings: number;
}

/** Reads a message of the store broker. Whatever it holds, it is a value: readings, a dead letter, or both. */
export function readMessage(facts: MessageFacts, payload: Uint8Array): MessageContent {
  const { agent } = facts;
  const aside = (reason: string, content = payload): MessageContent => ({
    readings: [],
    refusedReadings: 0,
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
  const refusedReadings = value.length - readings.length;
  if (refusal === undefined) return { readings, refusedReadings };
  return { ...aside(refusal.reason, Buffer.from(JSON.stringify(refusal.value))), readings, refusedReadings };
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

/** Of a name or value that the sender chose, no more than people need to see. */
const wordsMax = 200;

const wordsOf = ({ path, message }: { path: PropertyKey[]; message: string }): string =>
  `${path.map(String).join(".") || "reading"}: ${message}`.slice(0, wordsMax);

/** What JSON is made of, by its bytes. */
const bytesOfJson = { quote: '"', escape: "\\", separator: ",:", opening: "[{", closing: "]}" } as const;
type JsonByte = keyof typeof bytesOfJson;
const levelsBy = { opening: 1, closing: -1, escape: 0 } as const;
const jsonBytes: readonly (JsonByte | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  const kinds = Object.keys(bytesOfJson) as JsonByte[];
  return kinds.find((kind) => bytesOfJson[kind].includes(String.fromCodePoint(byte)));
});

/**
 * Why this JSON would be long work for nothing, if so. A look at its bytes is a fiftieth of what JSON.parse
 * needs for 100,000 brackets, while which nobody else is served.
 */
function tooMuchJson(payload: Uint8Array): string | undefined {
  const { jsonLevelsMax, jsonSeparatorsMax } = brokerLimits;
  let levels = 0;
  let separators = 0;
  let inText = false;
  for (let index = 0; index < payload.length; index += 1) {
    const kind = jsonBytes[payload[index] ?? 0];
    if (kind === undefined) continue;
    if (kind === "quote") inText = !inText;
    else if (inText) index += kind === "escape" ? 1 : 0;
    else if (kind === "separator") separators += 1;
    else levels += levelsBy[kind];
    if (levels > jsonLevelsMax) return `nested more than ${jsonLevelsMax} levels deep`;
  }
  return separators > jsonSeparatorsMax ? "more names and values than readings have" : undefined;
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

function jsonOf(payload: Uint8Array): Parsed {
  const tooMuch = tooMuchJson(payload);
  if (tooMuch !== undefined) return { ok: false, error: tooMuch };
  try {
    return { ok: true, value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)) };
  } catch (error) {
    return { ok: false, error: error instanceof SyntaxError ? "malformed JSON" : "not UTF-8 text" };
  }
}
