import type { Logger } from "pino";
import type { MessageLink, ReceivedMessage } from "../../protocols/message-link.ts";
import {
  type ContinueCases,
  type ContinuedCase,
  continueBytesMax,
  continueCasesSchema,
  continueCommand,
} from "../../protocols/returns/continue-case.ts";
import { type GatewayName, uplinkTopics } from "../../protocols/topics.ts";

export interface ContinuedCasesOptions {
  readonly link: MessageLink;
  readonly name: GatewayName;
  /** Fulfilled when it is on disk. */
  readonly take: (cases: readonly ContinuedCase[]) => Promise<void>;
  readonly log: Logger;
}

/** Hears of return cases that another site began; HQ is answered when they are on disk, and tells them again until then. */
export function hearContinuedCases({ link, name, take, log }: ContinuedCasesOptions): void {
  const answer = async ({ id, cases }: ContinueCases): Promise<void> => {
    await take(cases);
    await link.publish(
      uplinkTopics.commandReply(name, continueCommand),
      JSON.stringify({ id, outcome: "done" }),
    );
  };
  const failed = (error: unknown): void =>
    log.warn({ event: "continued-cases-failed", reason: String(error) });
  link
    .subscribe([uplinkTopics.command(name, continueCommand)], (message) => {
      const told = readContinuedCases(message);
      if (told === undefined)
        log.warn({ event: "continued-cases-unreadable", bytes: message.payload.length });
      else void answer(told).catch(failed);
    })
    .catch(failed);
}

/** Undefined where it is none of ours. */
export function readContinuedCases({ payload }: Pick<ReceivedMessage, "payload">): ContinueCases | undefined {
  if (payload.length > continueBytesMax) return undefined;
  try {
    return continueCasesSchema.safeParse(JSON.parse(new TextDecoder().decode(payload))).data;
  } catch {
    return undefined;
  }
}
