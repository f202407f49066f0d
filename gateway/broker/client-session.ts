import type { AedesPublishPacket } from "aedes";
import type { Login } from "./accounts.ts";
import { brokerLimits, workLimits } from "./limits.ts";
import type { TakingSession } from "./message-taking.ts";
import type { MessageContent } from "./reading-message.ts";
import { highestQos } from "./session-memory.ts";
import type { WorkShare } from "./work-budget.ts";

/** One client while it is connected. */
export class ClientSession implements TakingSession {
  readonly login: Login;
  /** As it calls itself. */
  readonly name: string;
  refused = false;
  /** Whether it has done anything that the broker is there for; who knows a password has a place without. */
  isUseful: boolean;
  readonly #share: WorkShare;
  readonly #filters = new Map<string, number>();

  constructor(login: Login, name: string, share: WorkShare) {
    this.login = login;
    this.name = name;
    this.#share = share;
    this.isUseful = login.agent !== undefined;
  }

  weigh({ readings, letter, refusedReadings }: MessageContent): void {
    if (readings.length > 0) this.isUseful = true;
    if (letter === undefined) return;
    const { deadLetterUnits, refusedReadingUnits, unitBytes } = workLimits;
    this.#share.fine(deadLetterUnits + refusedReadings * refusedReadingUnits + letter.byteCount / unitBytes);
  }

  hears(filter: string): boolean {
    return this.#filters.has(filter);
  }

  /** Whether it is granted: where it may hear this, and there is room for it. */
  subscribe(filter: string, qos: number, mayHear: boolean): boolean {
    const isFull = !this.#filters.has(filter) && this.#filters.size >= brokerLimits.subscriptionsPerClientMax;
    if (!mayHear || isFull) {
      this.#share.fine(workLimits.refusedSubscriptionUnits);
      return false;
    }
    this.#filters.set(filter, qos);
    this.isUseful = true;
    return true;
  }

  unsubscribe(filter: string): void {
    this.#filters.delete(filter);
  }

  /**
   * A message as this client is to get it; null when it did not ask for it. aedes looks at the first matching
   * filter only, and for wildcards not even at its QoS: [MQTT-3.3.5-1], [MQTT-3.8.4-6].
   */
  forward(packet: AedesPublishPacket): AedesPublishPacket | null {
    // Begun before, and taken up again: it is finished whatever was unsubscribed since [MQTT-3.10.4-3].
    if (packet.messageId !== undefined) return packet;
    const granted = highestQos(
      [...this.#filters].map(([topic, qos]) => ({ topic, qos })),
      packet.topic,
    );
    if (granted === undefined) return null;
    const qos = Math.min(granted, packet.qos) as 0 | 1 | 2;
    // [MQTT-3.3.1-3]: what the publisher repeated is no repetition for others.
    return Object.assign(Object.create(Object.getPrototypeOf(packet) as object), packet, { qos, dup: false });
  }
}
