import type { LlrpMessage } from "../../../protocols/codecs/llrp.ts";
import type { Fault } from "../../../protocols/faults.ts";
import type { Capabilities } from "./llrp-capabilities.ts";
import { refusalOf } from "./llrp-reports.ts";
import { bytesOf } from "./llrp-requests.ts";
import type { Question, Reply } from "./script.ts";

export type LlrpName =
  | "hello"
  | "extensions"
  | "capabilities"
  | "configuration"
  | "settings"
  | "delete"
  | "add"
  | "enable"
  | "start"
  | "reading";
/** The order gives each request its message id. */
const order: readonly LlrpName[] = [
  "hello",
  "extensions",
  "capabilities",
  "configuration",
  "settings",
  "delete",
  "add",
  "enable",
  "start",
  "reading",
];
/** Behind all of them. */
export const farewellId = order.length + 1;
export const idOf = (name: LlrpName): number => order.indexOf(name) + 1;

export type LlrpMemory = Capabilities;
export type LlrpHeard = Reply<LlrpMemory, LlrpName>;
export type LlrpAsking = Question<LlrpMessage, LlrpMemory, LlrpName>;

/** Nothing gets lost on TCP, so nothing is asked twice. */
export const answerMs = 5_000;
/** After a refusal: somebody may have to configure the reader. */
const refusalPauseMs = 5_000;

const held: Fault = { code: "port-in-use", detail: "another client holds the reader's only session" };
/** Why a connection was not taken, by the status of ConnectionAttemptEvent. */
export const attemptFaults: Readonly<Record<number, Fault>> = {
  1: { code: "port-in-use", detail: "the reader has called another host itself and holds that session" },
  2: held,
  3: { code: "reader-error", detail: "the reader took no connection and does not say why" },
  4: held,
};

/** A request whose answer has the same message id; refused, it goes on with another question after a pause. */
export function asked(
  name: LlrpName,
  request: (id: number, memory: LlrpMemory) => LlrpMessage,
  hear: (memory: LlrpMemory, message: LlrpMessage) => LlrpHeard,
  whenRefused?: LlrpName,
): LlrpAsking {
  const id = idOf(name);
  return {
    ask: (memory) => [bytesOf(request(id, memory))],
    hear(memory, message) {
      const { name: requested } = request(id, memory);
      const answers = message.name === `${requested}_RESPONSE` || message.name === "ERROR_MESSAGE";
      if (!answers || message.id !== id) return undefined;
      const fault = refusalOf(requested, message);
      const verdict = { place: requested, fault };
      if (fault === undefined) {
        const heard = hear(memory, message);
        return { ...heard, verdicts: [verdict, ...(heard.verdicts ?? [])] };
      }
      if (whenRefused === undefined) return { next: "aside", giveUp: fault };
      return { next: whenRefused, afterMs: refusalPauseMs, verdicts: [verdict] };
    },
    waitMs: answerMs,
    repeats: 0,
  };
}
