import { isUtf8 } from "node:buffer";
import { brokerLimits } from "./limits.ts";

/**
 * What MQTT 3.1.1 asks of a client's packet, by the numbers of its statements. aedes leaves many of them
 * unasked, and what follows from such a packet is nobody's intention.
 */
export type Verdict =
  | { readonly kind: "pass" }
  /** [MQTT-4.8.0-1]: a violation ends the connection. */
  | { readonly kind: "close"; readonly statement: string }
  /** A CONNECT that is answered before the connection ends. */
  | { readonly kind: "refuse"; readonly returnCode: number; readonly statement: string }
  /** A PUBLISH that breaks no rule of MQTT but a bound of ours: put aside and acknowledged. */
  | { readonly kind: "aside"; readonly reason: string };

/** CONNACK return codes (section 3.2.2.3). */
const unacceptableProtocol = 1;
const identifierRejected = 2;

/** Packet types that clients send (section 2.2.1). */
export const packetTypes = {
  connect: 1,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
} as const;

const pass: Verdict = { kind: "pass" };
const close = (statement: string): Verdict => ({ kind: "close", statement });

type Rule = (body: Uint8Array, flags: number) => Verdict;

const rules: Readonly<Record<number, Rule>> = {
  [packetTypes.connect]: checkConnect,
  [packetTypes.publish]: checkPublish,
  [packetTypes.puback]: checkIdentifier,
  [packetTypes.pubrec]: checkIdentifier,
  [packetTypes.pubrel]: checkIdentifier,
  [packetTypes.pubcomp]: checkIdentifier,
  [packetTypes.subscribe]: checkSubscribe,
  [packetTypes.unsubscribe]: checkUnsubscribe,
  [packetTypes.pingreq]: checkEmpty,
  [packetTypes.disconnect]: checkEmpty,
};

/** The flags that each type must have (table 2.2); PUBLISH has its own. */
const flagsWanted: Readonly<Record<number, number>> = {
  [packetTypes.pubrel]: 2,
  [packetTypes.subscribe]: 2,
  [packetTypes.unsubscribe]: 2,
};

/** Whether a packet that begins like this may come now; `connectSeen` is whether a CONNECT came before. */
export function checkFirstByte(firstByte: number, connectSeen: boolean): Verdict {
  const type = firstByte >> 4;
  const flags = firstByte & 0x0f;
  if (rules[type] === undefined) return close("2.2.1: no packet of a client");
  if (type === packetTypes.connect ? connectSeen : !connectSeen) {
    return close(connectSeen ? "[MQTT-3.1.0-2]" : "[MQTT-3.1.0-1]");
  }
  const wrongFlags = type !== packetTypes.publish && flags !== (flagsWanted[type] ?? 0);
  return wrongFlags ? close("[MQTT-2.2.2-2]") : pass;
}

/** Whether a whole packet may come now. */
export function checkPacket(firstByte: number, body: Uint8Array, connectSeen: boolean): Verdict {
  const verdict = checkFirstByte(firstByte, connectSeen);
  if (verdict.kind !== "pass") return verdict;
  return rules[firstByte >> 4]?.(body, firstByte & 0x0f) ?? verdict;
}

/** The fields of a packet, one after the other; once one is not there, none is any more. */
class Fields {
  readonly #body: Uint8Array;
  #at = 0;
  /** Why the fields cannot be read, if so. */
  fault: string | undefined;

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  get atEnd(): boolean {
    return this.#at >= this.#body.length;
  }

  byte(): number {
    return this.#take(1)[0] ?? 0;
  }

  number(): number {
    const bytes = this.#take(2);
    return ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  }

  binary(): Uint8Array {
    return this.#take(this.number());
  }

  /** Section 1.5.3. */
  text(): Buffer {
    const bytes = this.binary();
    if (!isUtf8(bytes)) this.fault ??= "[MQTT-1.5.3-1]";
    if (bytes.includes(0)) this.fault ??= "[MQTT-1.5.3-2]";
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  identifier(): void {
    if (this.number() === 0) this.fault ??= "[MQTT-2.3.1-1]";
  }

  #take(count: number): Uint8Array {
    if (this.fault === undefined && this.#at + count <= this.#body.length) {
      this.#at += count;
      return this.#body.subarray(this.#at - count, this.#at);
    }
    this.fault ??= "2.2.3: shorter than its fields";
    return new Uint8Array();
  }
}

/** All of it was read, and nothing stands behind. */
const whole = (fields: Fields): Verdict => {
  if (fields.fault !== undefined) return close(fields.fault);
  return fields.atEnd ? pass : close("2.2.3: longer than its fields");
};

/** Protocol names with their levels: 3.1.1, and 3.1 before it. */
const levels: ReadonlyMap<string, number> = new Map([
  ["MQTT", 4],
  ["MQIsdp", 3],
]);

function checkConnect(body: Uint8Array): Verdict {
  const fields = new Fields(body);
  const level = levels.get(fields.text().toString());
  if (level === undefined) return close("[MQTT-3.1.2-1]");
  if (fields.byte() !== level) return refuse(unacceptableProtocol, "[MQTT-3.1.2-2]");
  const flags = fields.byte();
  const wrong = wrongConnectFlags(flags);
  if (wrong !== undefined) return close(wrong);
  fields.number();
  const identifier = fields.text();
  if ((flags & connectFlags.will) !== 0) {
    const topic = fields.text();
    fields.binary();
    if (fields.fault === undefined && !isTopicName(topic)) return close("[MQTT-4.7.1-1]");
  }
  if ((flags & connectFlags.username) !== 0) fields.text();
  if ((flags & connectFlags.password) !== 0) fields.binary();
  const verdict = whole(fields);
  return verdict.kind === "pass" ? checkClientId(identifier, flags, level) : verdict;
}

const refuse = (returnCode: number, statement: string): Verdict => ({
  kind: "refuse",
  returnCode,
  statement,
});

/** Section 3.1.2.3. */
const connectFlags = { reserved: 0x01, clean: 0x02, will: 0x04, password: 0x40, username: 0x80 } as const;
const willQosOf = (flags: number): number => (flags >> 3) & 3;
const willRetain = 0x20;

function wrongConnectFlags(flags: number): string | undefined {
  if ((flags & connectFlags.reserved) !== 0) return "[MQTT-3.1.2-3]";
  if (willQosOf(flags) === 3) return "[MQTT-3.1.2-14]";
  if ((flags & connectFlags.will) === 0) {
    if (willQosOf(flags) !== 0) return "[MQTT-3.1.2-13]";
    if ((flags & willRetain) !== 0) return "[MQTT-3.1.2-15]";
  }
  const passwordAlone = (flags & (connectFlags.username | connectFlags.password)) === connectFlags.password;
  return passwordAlone ? "[MQTT-3.1.2-22]" : undefined;
}

/** MQTT 3.1 knows no nameless clients; in 3.1.1 they need a clean session, for nobody could find theirs again. */
function checkClientId(identifier: Uint8Array, flags: number, level: number): Verdict {
  if (identifier.length > brokerLimits.clientIdBytesMax) return refuse(identifierRejected, "[MQTT-3.1.3-9]");
  if (identifier.length > 0) return pass;
  const mayBeNameless = level === 4 && (flags & connectFlags.clean) !== 0;
  return mayBeNameless ? pass : refuse(identifierRejected, "[MQTT-3.1.3-8]");
}

function checkPublish(body: Uint8Array, flags: number): Verdict {
  const qos = (flags >> 1) & 3;
  if (qos === 3) return close("[MQTT-3.3.1-4]");
  if (qos === 0 && (flags & 8) !== 0) return close("[MQTT-3.3.1-2]");
  const fields = new Fields(body);
  const topic = fields.text();
  if (qos > 0) fields.identifier();
  if (fields.fault !== undefined) return close(fields.fault);
  if (topic.length === 0) return close("[MQTT-4.7.3-1]");
  if (!isTopicName(topic)) return close("[MQTT-3.3.2-2]");
  const long = beyondTopicBounds(topic);
  return long === undefined ? pass : { kind: "aside", reason: long };
}

const slash = 0x2f;
const plus = 0x2b;
const hash = 0x23;

const isTopicName = (topic: Uint8Array): boolean =>
  topic.length > 0 && !topic.includes(plus) && !topic.includes(hash);

function beyondTopicBounds(topic: Uint8Array): string | undefined {
  const { topicBytesMax, topicLevelsMax } = brokerLimits;
  if (topic.length > topicBytesMax) return `a topic longer than ${topicBytesMax} bytes`;
  let count = 1;
  for (const byte of topic) if (byte === slash) count += 1;
  return count > topicLevelsMax ? `a topic of more than ${topicLevelsMax} levels` : undefined;
}

function checkIdentifier(body: Uint8Array): Verdict {
  const fields = new Fields(body);
  fields.identifier();
  return whole(fields);
}

function checkEmpty(body: Uint8Array): Verdict {
  return whole(new Fields(body));
}

function checkSubscribe(body: Uint8Array): Verdict {
  return checkFilters(body, "[MQTT-3.8.3-3]", (fields) => {
    if (fields.byte() > 2) fields.fault ??= "[MQTT-3.8.3-4]";
  });
}

function checkUnsubscribe(body: Uint8Array): Verdict {
  return checkFilters(body, "[MQTT-3.10.3-2]", () => {});
}

function checkFilters(body: Uint8Array, whenNone: string, readOptions: (fields: Fields) => void): Verdict {
  const fields = new Fields(body);
  fields.identifier();
  let count = 0;
  while (!fields.atEnd && fields.fault === undefined) {
    const filter = fields.text();
    readOptions(fields);
    count += 1;
    if (fields.fault === undefined && !isFilter(filter.toString())) fields.fault = "[MQTT-4.7.1-2]";
  }
  if (count > brokerLimits.filtersPerPacketMax) return close("more filters than this broker takes at once");
  return count === 0 && fields.fault === undefined ? close(whenNone) : whole(fields);
}

/** [MQTT-4.7.1-2], [MQTT-4.7.1-3], [MQTT-4.7.3-1]: wildcards stand alone in their level, `#` in the last one. */
export function isFilter(filter: string): boolean {
  const parts = filter.split("/");
  if (filter === "") return false;
  return parts.every((part, index) => {
    if (part === "#") return index === parts.length - 1;
    return part === "+" || !/[+#]/.test(part);
  });
}
