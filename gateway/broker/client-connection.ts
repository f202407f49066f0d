import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import { brokerLimits, workLimits } from "./limits.ts";
import { type LongPublish, PacketGate, type WholePacket } from "./packet-gate.ts";
import { checkFirstByte, checkPacket, packetTypes, type Verdict } from "./packet-rules.ts";
import { completeSuback, type RepeatedFilters, repeatedFilters } from "./suback.ts";
import type { WorkShare } from "./work-budget.ts";

export interface ConnectionListener {
  /** A PUBLISH that is not for aedes; nothing behind it is looked at before this is fulfilled. */
  putAside(publish: LongPublish, reason: string): Promise<void>;
  /** The connection is cut off, and why; called once at most. */
  cut(reason: string): void;
}

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly share: WorkShare;
  readonly listener: ConnectionListener;
}

/** A packet for aedes, or one that is put aside for the reason given. */
interface Item {
  readonly packet: WholePacket | LongPublish;
  readonly reason?: string;
}

/** Whose turn it is when there is nothing for aedes. */
type WaitsFor = "client" | "budget" | "disk" | "aedes";

/**
 * Stands between a socket and aedes, which checks little and has no bound of its own. aedes asks for bytes
 * when it is done with all that it had, and then gets whole packets that have been checked: some publishes, or
 * one packet of any other kind. What it does not ask for stays in the socket, and so in the end at the client.
 *
 * aedes counts its unfinished packets by `readable` events as well as by their ends; so that its count
 * stays true, the event comes only after it asked in vain.
 */
export class ClientConnection extends Duplex {
  readonly #options: ConnectionOptions;
  readonly #gate = new PacketGate(brokerLimits);
  #stage: "before-connect" | "connecting" | "ready" = "before-connect";
  #askedInVain = true;
  #waitsFor: WaitsFor = "client";
  /** Taken out of the gate and kept for the next time. */
  #held: Item | undefined;
  /** Of a SUBSCRIBE whose SUBACK has to be completed; the next is looked at after that. */
  #repeated: RepeatedFilters | undefined;
  /** Publishes that aedes may have at once, and how often the client had been fined when that was decided. */
  #batchMax: number = brokerLimits.publishesInFlightAtFirst;
  #finedTimes = 0;
  #packetDeadline: Cancel | undefined;
  #over = false;

  constructor(options: ConnectionOptions) {
    super();
    this.#options = options;
    const { socket } = options;
    for (const event of ["readable", "end", "close"]) socket.on(event, () => this.#offer());
    // What it means is said by `close`, which follows.
    socket.on("error", () => {});
    this.#armDeadline();
  }

  /** aedes is done with the CONNECT. */
  ready(): void {
    this.#stage = "ready";
  }

  /** Ends the connection, whatever is under way on it. */
  cut(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.listener.cut(reason);
    this.destroy();
  }

  override read(size?: number): Buffer | null {
    // Node itself asks for nothing, to see whether there is something.
    if (size === 0 || this.#over) return null;
    const batch = this.#nextBatch();
    this.#askedInVain = batch.length === 0;
    if (!this.#askedInVain) return Buffer.concat(batch);
    const { socket } = this.#options;
    if (this.#waitsFor === "client" && (socket.destroyed || socket.readableEnded)) this.destroy();
    return null;
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    const { socket } = this.#options;
    // Whoever is gone can be written everything.
    if (socket.writable) socket.write(chunk, () => done());
    else done();
  }

  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], done: () => void): void {
    // aedes writes whole packets at a time, and SUBACK before what the subscription brings.
    const bytes = Buffer.concat(chunks.map(({ chunk }) => chunk));
    const complete = this.#repeated === undefined ? undefined : completeSuback(bytes, this.#repeated);
    if (complete !== undefined) this.#repeated = undefined;
    this._write(complete ?? bytes, "utf8", done);
  }

  override _destroy(_error: Error | null, done: () => void): void {
    this.#over = true;
    this.#packetDeadline?.();
    this.#options.share.leave();
    this.#options.socket.destroy();
    done();
  }

  /** There may be something for aedes; it is told where it asked in vain. */
  #offer(): void {
    if (!this.#askedInVain || this.#over) return;
    this.#askedInVain = false;
    this.emit("readable");
  }

  #nextBatch(): Uint8Array[] {
    const batch: Uint8Array[] = [];
    this.#weighTrust();
    while (batch.length < this.#batchMax) {
      const item = this.#nextItem();
      if (item === undefined) break;
      const { packet } = item;
      if (packet.kind === "whole" && item.reason === undefined && isQuickPublish(packet)) {
        batch.push(packet.bytes);
        continue;
      }
      // Anything else goes alone, after all before it have been answered.
      if (batch.length > 0) this.#held = item;
      else if (packet.kind === "whole" && item.reason === undefined) batch.push(packet.bytes);
      else this.#putAside(item);
      break;
    }
    return batch;
  }

  /** All that aedes had is done. */
  #weighTrust(): void {
    const { finedTimes } = this.#options.share;
    const isGood = finedTimes === this.#finedTimes;
    this.#finedTimes = finedTimes;
    this.#batchMax = isGood ? Math.min(brokerLimits.publishesInFlightMax, 2 * this.#batchMax) : 1;
  }

  #nextItem(): Item | undefined {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) return held;
    while (this.#mayLook()) {
      const step = this.#gate.next();
      if (step === "more") {
        if (!this.#mayBegin() || !this.#readSocket()) return undefined;
      } else if (step === "broken") {
        this.cut("a packet that is too long, or whose length has no end");
      } else {
        this.#disarmDeadline();
        this.#options.share.pay(1);
        const item = this.#checked(step);
        if (item !== undefined) return item;
      }
    }
    return undefined;
  }

  #mayLook(): boolean {
    const { share } = this.#options;
    if (this.#over || this.#waitsFor === "disk") return false;
    this.#waitsFor = "aedes";
    if (this.#stage === "connecting") return false;
    if (share.isHopeless) {
      this.cut("it goes on with what serves nobody");
      return false;
    }
    if (share.mayWork) return true;
    this.#waitsFor = "budget";
    // Now the client is waiting for us, not we for the client.
    this.#disarmDeadline();
    share.wait(() => this.#offer());
    return false;
  }

  /** What begins wrongly is not waited for: HTTP would leave us with a packet that never ends. */
  #mayBegin(): boolean {
    const { firstByte } = this.#gate;
    const verdict = firstByte === undefined ? undefined : checkFirstByte(firstByte, this.#connectSeen);
    if (verdict?.kind === "close") this.cut(verdict.statement);
    return !this.#over;
  }

  get #connectSeen(): boolean {
    return this.#stage !== "before-connect";
  }

  /** Whether there was something to read. */
  #readSocket(): boolean {
    const chunk: unknown = this.#options.socket.read();
    if (!(chunk instanceof Uint8Array)) {
      this.#waitsFor = "client";
      this.#armDeadline();
      return false;
    }
    this.#options.share.pay(chunk.length / workLimits.unitBytes);
    this.#gate.append(chunk);
    return true;
  }

  /** Undefined when the packet is the end of the connection. */
  #checked(packet: WholePacket | LongPublish): Item | undefined {
    if (packet.kind === "long") {
      return { packet, reason: `longer than ${brokerLimits.messageBytesMax} bytes` };
    }
    const verdict = checkPacket(packet.firstByte, packet.body, this.#connectSeen);
    if (verdict.kind === "aside") return { packet, reason: verdict.reason };
    if (verdict.kind === "pass") {
      this.#note(packet);
      return { packet };
    }
    this.#refuse(verdict);
    return undefined;
  }

  #note({ firstByte, body }: WholePacket): void {
    const type = firstByte >> 4;
    if (type === packetTypes.connect) this.#stage = "connecting";
    if (type === packetTypes.subscribe) this.#repeated = repeatedFilters(body);
    if (isExtra(type)) this.#options.share.fine(workLimits.otherPacketUnits);
  }

  #refuse(verdict: Extract<Verdict, { kind: "close" | "refuse" }>): void {
    // CONNACK (MQTT 3.1.1 section 3.2), and then the end.
    if (verdict.kind === "refuse") {
      this.#options.socket.write(Uint8Array.of(0x20, 2, 0, verdict.returnCode));
    }
    this.cut(verdict.statement);
  }

  #putAside({ packet, reason = "" }: Item): void {
    const long: LongPublish =
      packet.kind === "long"
        ? packet
        : { kind: "long", firstByte: packet.firstByte, byteCount: packet.body.length, start: packet.body };
    this.#waitsFor = "disk";
    void this.#options.listener.putAside(long, reason).then(() => {
      this.#waitsFor = "aedes";
      this.#offer();
    });
  }

  #armDeadline(): void {
    if (this.#packetDeadline !== undefined) return;
    const isNew = this.#stage === "before-connect";
    if (!isNew && !this.#gate.isAmidPacket) return;
    const [withinMs, reason] = isNew
      ? [brokerLimits.connectMsMax, "no CONNECT came in time"]
      : [brokerLimits.packetMsMax, "a packet did not come to its end in time"];
    this.#packetDeadline = this.#options.clock.after(withinMs, () => this.cut(reason));
  }

  #disarmDeadline(): void {
    this.#packetDeadline?.();
    this.#packetDeadline = undefined;
  }
}

/** One of those that may go to disk together; QoS 2 asks aedes to remember between two packets. */
function isQuickPublish({ firstByte }: WholePacket): boolean {
  return firstByte >> 4 === packetTypes.publish && (firstByte & 0x06) !== 0x04;
}

/** What an agent hardly ever sends, and what a flood is made of. */
function isExtra(type: number): boolean {
  return type === packetTypes.pingreq || type === packetTypes.subscribe || type === packetTypes.unsubscribe;
}
