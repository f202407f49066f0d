import { type GatewayState, gatewayStateSchema } from "../protocols/events.ts";
import type { ReceivedMessage } from "../protocols/message-link.ts";
import { type GatewayName, parseUpwardTopic, type UpwardTopic } from "../protocols/topics.ts";
import { elementTexts } from "./batch-text.ts";
import { epochPattern, judgeEnvelope } from "./envelope.ts";
import type { DeadLetter, EventRow } from "./event-store.ts";
import type { LedgerName, Range } from "./ledger.ts";

/** Eight times the largest batch that a gateway fills; a single long event may exceed a batch's limit. */
const payloadBytesMax = 1024 * 1024;
/** What is kept of a dead letter's text. */
const deadLetterTextMax = 16 * 1024;

/** What one message turned out to be. */
export interface Arrival {
  readonly name: GatewayName | undefined;
  readonly rows: readonly EventRow[];
  /** Places of events that were refused: sent again, they would be refused again, so they count as held. */
  readonly refused: readonly (LedgerName & { readonly sequence: number })[];
  /** Holes that the gateway itself declares. */
  readonly losses: readonly (LedgerName & Range)[];
  readonly deadLetters: readonly DeadLetter[];
  readonly state?: GatewayState;
  readonly bytes: number;
}

/** Reads one message of a gateway. Never throws: what cannot be read is a dead letter with its reason. */
export function readMessage(message: ReceivedMessage, receivedMs: number): Arrival {
  const topic = parseUpwardTopic(message.topic);
  const bytes = message.payload.length;
  const nothing = { name: topic?.name, rows: [], refused: [], losses: [], deadLetters: [], bytes };
  // An empty retained message is how a broker's retained state is cleared.
  if (bytes === 0 && topic?.kind === "state") return nothing;
  const content = readContent(topic, message, receivedMs);
  if ("reason" in content) return { ...nothing, deadLetters: [letter(message, { ...content, receivedMs })] };
  return { ...nothing, ...content };
}

type Refused = Pick<DeadLetter, "reason" | "detail">;
type BatchContent = Pick<Arrival, "rows" | "refused" | "losses" | "deadLetters">;

function readContent(
  topic: UpwardTopic | undefined,
  message: ReceivedMessage,
  receivedMs: number,
): Refused | BatchContent | { readonly state: GatewayState } {
  if (topic === undefined) return { reason: "unknown-topic", detail: message.topic };
  const bytes = message.payload.length;
  if (bytes > payloadBytesMax) return { reason: "too-large", detail: `${bytes} bytes` };
  const json = parsed(message.payload);
  if (json === undefined) return { reason: "malformed", detail: "neither UTF-8 nor JSON" };
  if (topic.kind === "state") return readState(json.value);
  if (!Array.isArray(json.value)) return { reason: "schema-violation", detail: "a batch is a JSON array" };
  return readBatch({ topic, message, receivedMs }, json.value, elementTexts(json.text));
}

function readState(value: unknown): Refused | { readonly state: GatewayState } {
  const state = gatewayStateSchema.safeParse(value);
  if (state.success && epochPattern.test(state.data.epoch)) return { state: state.data };
  const issue = state.error?.issues[0];
  return {
    reason: "schema-violation",
    detail: issue ? `${issue.path.join(".")}: ${issue.message}` : "epoch",
  };
}

interface BatchContext {
  readonly topic: Extract<UpwardTopic, { kind: "batch" }>;
  readonly message: ReceivedMessage;
  readonly receivedMs: number;
}

function readBatch(
  { topic, message, receivedMs }: BatchContext,
  values: readonly unknown[],
  texts: readonly string[],
): BatchContent {
  const { name, stream, category } = topic;
  const { site, gateway } = name;
  const content = {
    rows: [] as EventRow[],
    refused: [] as Arrival["refused"][number][],
    losses: [] as Arrival["losses"][number][],
    deadLetters: [] as DeadLetter[],
  };
  for (const [index, value] of values.entries()) {
    const verdict = judgeEnvelope(value, name, category);
    const body = texts[index] ?? "";
    if (verdict.ok) {
      const { epoch, sequence } = verdict.place;
      content.rows.push({ site, gateway, stream, epoch, sequence, category, body });
      if (verdict.explains !== undefined) content.losses.push({ ...name, ...verdict.explains });
      continue;
    }
    content.deadLetters.push({ ...letter(message, { ...verdict, receivedMs }), text: cut(body) });
    if (verdict.place !== undefined) content.refused.push({ ...name, stream, ...verdict.place });
  }
  return content;
}

function letter(
  { topic, payload }: ReceivedMessage,
  { reason, detail, receivedMs }: Pick<DeadLetter, "reason" | "detail" | "receivedMs">,
): DeadLetter {
  const text = new TextDecoder().decode(payload.subarray(0, deadLetterTextMax));
  return { topic: cut(topic), reason, detail: cut(detail), text, receivedMs: Math.floor(receivedMs) };
}

const cut = (text: string): string => text.slice(0, deadLetterTextMax);
const strictDecoder = new TextDecoder("utf-8", { fatal: true });

function parsed(payload: Uint8Array): { readonly text: string; readonly value: unknown } | undefined {
  try {
    const text = strictDecoder.decode(payload);
    return { text, value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
