import type { Reading } from "../../protocols/readings.ts";
import type { DeadLetter } from "../service.ts";
import { brokerLimits } from "./limits.ts";
import { type MessageContent, readMessage } from "./reading-message.ts";

/** Fulfilled when all of it is on disk. */
export type TakeContent = (readings: readonly Reading[], letter: DeadLetter | undefined) => Promise<void>;

/** One connection's messages: after one was refused, none behind it is taken. */
export interface TakingSession {
  refused: boolean;
  /** Told what a message was worth, before it is written. */
  weigh?(content: MessageContent): void;
}

export interface IncomingMessage {
  readonly topic: string;
  readonly client: string;
  /** The agent that the sender may speak for on this topic; undefined when it is not one of its topics. */
  readonly agent: string | undefined;
  readonly payload: Uint8Array;
}

export interface TakingCounts {
  messages: number;
  deadLetters: number;
  /** Not acknowledged, because they could not be written; their senders come again. */
  unacknowledged: number;
}

/** The rule of the store broker, whoever speaks MQTT: a message is acknowledged when it is on disk, or not at all. */
export class MessageTaking {
  readonly #take: TakeContent;
  readonly #counts: TakingCounts;
  #inFlightBytes = 0;
  #closing = false;

  constructor(take: TakeContent, counts: TakingCounts) {
    this.#take = take;
    this.#counts = counts;
  }

  /** The error that ends the connection, or null when the message is on disk. */
  async takeMessage(session: TakingSession, message: IncomingMessage): Promise<Error | null> {
    const { payload, ...facts } = message;
    const full = this.#inFlightBytes + payload.length > brokerLimits.inFlightBytesMax;
    // After one message was refused, those behind it must not overtake it: its readings would count as taken.
    if (session.refused || this.#closing || full) return this.refuse(session, "too much waits for the disk");
    const content = readMessage(facts, payload);
    const { readings, letter } = content;
    this.#counts.messages += 1;
    if (letter !== undefined) this.#counts.deadLetters += 1;
    session.weigh?.(content);
    this.#inFlightBytes += payload.length;
    try {
      await this.#take(readings, letter);
      return null;
    } catch (error) {
      return this.refuse(session, String(error));
    } finally {
      this.#inFlightBytes -= payload.length;
    }
  }

  refuse(session: TakingSession, reason: string): Error {
    session.refused = true;
    this.#counts.unacknowledged += 1;
    return new Error(reason);
  }

  /** What comes from now on is refused. */
  close(): void {
    this.#closing = true;
  }
}
