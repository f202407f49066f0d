import type { Cancel } from "./clock.ts";

/** The last will: what the broker says in our name when we vanish. */
export interface LastWill {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

/**
 * A link to an MQTT broker as the rest of the house sees it. It reconnects by itself and keeps nothing:
 * a publish that was not acknowledged before the link fell is rejected, and the outbox sends it again.
 */
export interface MessageLink {
  readonly up: boolean;
  /** QoS 1. Fulfilled at the broker's PUBACK; rejected when the link is down or falls before it. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    options?: { readonly retain?: boolean },
  ): Promise<void>;
  /** Kept over reconnections; `receive` may return a promise to hold further messages back (backpressure). */
  subscribe(filters: readonly string[], receive: MessageReceiver): Promise<void>;
  /** Called on every connection, also now if the link is up. */
  onUp(listener: () => void): Cancel;
  onDown(listener: (reason: string) => void): Cancel;
  close(): Promise<void>;
}

export type MessageReceiver = (message: ReceivedMessage) => void | Promise<void>;

export interface ReceivedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
}
