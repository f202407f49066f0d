import { connect as connectSocket, type Socket } from "node:net";
import { waitUntil } from "../wait-until.ts";
import {
  type Connect,
  connect,
  type Publish,
  packetType,
  pingreq,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  type Received,
  type ReceivedPublish,
  readPublish,
  splitPackets,
  subscribe,
  unsubscribe,
} from "./packets.ts";

/** A client that does only what it is told, over a bare socket. */
export class RawClient {
  readonly socket: Socket;
  /** Came and was not looked at. */
  readonly waiting: Received[] = [];
  closed = false;
  #bytes: Buffer = Buffer.alloc(0);
  #identifier = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      const { packets, rest } = splitPackets(Buffer.concat([this.#bytes, chunk]));
      this.#bytes = rest;
      this.waiting.push(...packets);
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
  }

  /** A socket that is open, or was refused, which shows in `closed`. */
  static async open(port: number, from?: string): Promise<RawClient> {
    const socket = connectSocket({
      port,
      host: "127.0.0.1",
      ...(from === undefined ? {} : { localAddress: from }),
    });
    const client = new RawClient(socket);
    await new Promise<void>((resolve) => {
      socket.once("connect", () => resolve());
      socket.once("close", () => resolve());
    });
    return client;
  }

  /** Connected, with what CONNACK said of a session. */
  static async connect(port: number, options: Connect = {}, from?: string): Promise<RawClient> {
    const client = await RawClient.open(port, from);
    const { returnCode } = await client.handshake(options);
    if (returnCode !== 0) throw new Error(`refused with ${returnCode}`);
    return client;
  }

  async handshake(options: Connect = {}): Promise<{ returnCode: number; sessionPresent: boolean }> {
    this.send(connect(options));
    const { body } = await this.next(packetType.connack);
    return { returnCode: body[1] ?? -1, sessionPresent: body[0] === 1 };
  }

  send(...packets: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(packets));
  }

  /** The next packet, which must be of this type. */
  async next(type: number): Promise<Received> {
    await waitUntil(`a packet of type ${type} came`, () => this.waiting.length > 0 || this.closed, 8_000);
    const received = this.waiting.shift();
    if (received === undefined) throw new Error(`closed instead of a packet of type ${type}`);
    if (received.type !== type) throw new Error(`type ${received.type} came instead of ${type}`);
    return received;
  }

  /** Fulfilled in the moment in which a packet of this type comes, without looking for it now and then. */
  untilNext(type: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.socket.off("data", listen);
        this.socket.off("close", closed);
      };
      const listen = (): void => {
        const at = this.waiting.findIndex((received) => received.type === type);
        if (at < 0) return;
        this.waiting.splice(at, 1);
        leave();
        resolve();
      };
      const closed = (): void => {
        leave();
        reject(new Error(`closed instead of a packet of type ${type}`));
      };
      this.socket.on("data", listen);
      this.socket.on("close", closed);
    });
  }

  /** The next packet of this type; what comes before it waits on. */
  async answer(type: number): Promise<Received> {
    const at = (): number => this.waiting.findIndex((received) => received.type === type);
    await waitUntil(`an answer of type ${type} came`, () => at() >= 0 || this.closed, 8_000);
    const [received] = at() < 0 ? [] : this.waiting.splice(at(), 1);
    if (received === undefined) throw new Error(`closed instead of an answer of type ${type}`);
    return received;
  }

  async untilClosed(): Promise<void> {
    await waitUntil("the broker closed the connection", () => this.closed, 8_000);
  }

  /** The QoS that each filter was granted, or 0x80. */
  async subscribe(
    ...wanted: readonly (readonly [filter: string, qos: number])[]
  ): Promise<readonly number[]> {
    const id = this.nextIdentifier();
    this.send(subscribe(id, ...wanted));
    const { body } = await this.answer(packetType.suback);
    if (body.readUInt16BE(0) !== id) throw new Error("SUBACK of another SUBSCRIBE");
    return [...body.subarray(2)];
  }

  async unsubscribe(...filters: readonly string[]): Promise<void> {
    const id = this.nextIdentifier();
    this.send(unsubscribe(id, ...filters));
    const { body } = await this.answer(packetType.unsuback);
    if (body.readUInt16BE(0) !== id) throw new Error("UNSUBACK of another UNSUBSCRIBE");
  }

  /** Sends it under the next identifier. */
  sendPublish(message: Publish): number {
    const id = this.nextIdentifier();
    this.send(publish({ ...message, id }));
    return id;
  }

  /** Until the broker has said all that its quality of service asks for. */
  async publish(message: Publish): Promise<void> {
    const { qos = 0 } = message;
    const id = this.sendPublish(message);
    if (qos === 0) return this.ping();
    const first = await this.answer(qos === 1 ? packetType.puback : packetType.pubrec);
    if (first.body.readUInt16BE(0) !== id) throw new Error("the answer to another PUBLISH");
    if (qos === 1) return;
    this.send(pubrel(id));
    await this.answer(packetType.pubcomp);
  }

  /** A round trip. */
  async ping(): Promise<void> {
    this.send(pingreq());
    await this.answer(packetType.pingresp);
  }

  /** The next message, acknowledged as its quality of service asks for. */
  async message(): Promise<ReceivedPublish> {
    const message = await this.unanswered();
    if (message.qos === 1) this.send(puback(message.id ?? 0));
    if (message.qos === 2) {
      this.send(pubrec(message.id ?? 0));
      await this.answer(packetType.pubrel);
      this.send(pubcomp(message.id ?? 0));
    }
    return message;
  }

  /** The next message, without a word about it. */
  async unanswered(): Promise<ReceivedPublish> {
    return readPublish(await this.next(packetType.publish));
  }

  /** All messages up to the one with this payload, which is left out. */
  async messagesUntil(payload: string): Promise<readonly ReceivedPublish[]> {
    const messages: ReceivedPublish[] = [];
    for (;;) {
      const message = await this.message();
      if (message.payload === payload) return messages;
      messages.push(message);
    }
  }

  nextIdentifier(): number {
    this.#identifier = (this.#identifier % 65_535) + 1;
    return this.#identifier;
  }

  /** Gone without a word. */
  cut(): void {
    this.socket.destroy();
  }
}
