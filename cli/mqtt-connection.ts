import { readFileSync } from "node:fs";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type IConnackPacket, type IPublishPacket, MqttClient } from "mqtt";
import type { Cancel, Clock } from "../protocols/clock.ts";
import type { LastWill, ReceivedMessage } from "../protocols/message-link.ts";

/** Where the broker is and who we are to it. Files are read anew for every connection: a renewed one is used at once. */
export interface BrokerAddress {
  /** `mqtt://host:port` or `mqtts://host:port`; the ports default to 1883 and 8883. */
  readonly url: string;
  readonly clientId: string;
  readonly mqttVersion?: "3.1.1" | "5" | undefined;
  readonly username?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly tls?: TlsFiles | undefined;
  /** Seconds; one and a half times as long without a sound from the other side, and it is dead to each. */
  readonly keepalive?: number;
}

export interface TlsFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** What a connection tells the link above it. After `fallen` it says nothing more. */
export interface ConnectionListener {
  connected(): void;
  fallen(reason: string): void;
  /** `taken` must be called once; until then the broker's further packets wait. */
  message(message: ReceivedMessage, taken: () => void): void;
}

/**
 * After so long without a sound from the broker it is asked, at one and a half times the connection ends; the
 * broker counts the same. 22.5 s: a half-open link is noticed within 30 s at both ends.
 */
const keepaliveSeconds = 15;
/** From the first packet to the broker's CONNACK, TLS included; a mobile uplink needs seconds. */
const connectMsMax = 10_000;
/** A broker that answers pings and no subscription for so long is worth another connection. */
const subscribeMsMax = 10_000;
/** A farewell that the broker does not answer is cut off after this. */
const farewellMsMax = 500;
/** Packet identifiers of MQTT: sixteen bits, without zero. */
const inFlightMax = 65_535;

interface Publication {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly retain: boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One connection of its own client: made once, never mended. Nothing that it held outlives it. */
export class MqttConnection {
  readonly #client: MqttClient;
  readonly #clock: Clock;
  readonly #listener: ConnectionListener;
  readonly #keepalive: number;
  /** Sent and without PUBACK. */
  readonly #inFlight = new Set<Publication>();
  /** Beyond what the broker lets us send at once (MQTT 5 section 4.9). */
  readonly #waiting: Publication[] = [];
  #window = inFlightMax;
  #over = false;

  constructor(
    address: BrokerAddress,
    will: LastWill | undefined,
    clock: Clock,
    listener: ConnectionListener,
  ) {
    this.#clock = clock;
    this.#listener = listener;
    this.#keepalive = address.keepalive ?? keepaliveSeconds;
    this.#client = new MqttClient(() => openSocket(address), clientOptions(address, will));
    this.#client.on("connect", (packet) => this.#connected(packet));
    this.#client.on("error", (error) => this.fall(describe(error)));
    this.#client.on("close", () => this.fall("the broker closed the connection"));
    this.#client.on("disconnect", () => this.fall("the broker said goodbye"));
    this.#client.handleMessage = (packet, taken) => this.#received(packet, () => taken());
  }

  /** Fulfilled at the PUBACK. */
  publish(topic: string, payload: string | Uint8Array, retain: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const publication = { topic, payload, retain, resolve, reject };
      if (this.#over) reject(new Error("the link is down"));
      else if (this.#inFlight.size < this.#window) this.#send(publication);
      else this.#waiting.push(publication);
    });
  }

  /** Fulfilled at the SUBACK with the filters that the broker refused. */
  async subscribe(filters: readonly string[]): Promise<readonly string[]> {
    const subscription = Object.fromEntries(filters.map((filter) => [filter, { qos: 1 as const }]));
    const cancel = this.#clock.after(subscribeMsMax, () =>
      this.fall("the broker does not answer a subscription"),
    );
    try {
      await this.#client.subscribeAsync(subscription);
      return [];
    } catch (error) {
      const granted = (error as { packet?: { granted?: readonly number[] } }).packet?.granted;
      if (granted === undefined) throw error;
      return filters.filter((_, index) => ((granted[index] ?? refusal) & refusal) !== 0);
    } finally {
      cancel();
    }
  }

  /** Ends the connection at once, as if the network had. The broker speaks our last will. */
  fall(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#rejectAll(reason);
    this.#client.end(true);
    this.#listener.fallen(reason);
  }

  /** Takes leave of the broker, so that it keeps our last will to itself. */
  async close(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    let giveUp: Cancel = () => {};
    const ended = new Promise<void>((resolve) => {
      giveUp = this.#clock.after(farewellMsMax, () => {
        this.#client.stream.destroy();
        resolve();
      });
      this.#client.end(false, () => resolve());
    });
    await ended;
    giveUp();
    this.#rejectAll("the link was closed");
  }

  #connected(packet: IConnackPacket): void {
    if (this.#over) return;
    this.#window = Math.min(inFlightMax, packet.properties?.receiveMaximum ?? inFlightMax);
    // A broker may want to be asked more rarely; whoever asks oftener does no wrong, and notices in time.
    if ((packet.properties?.serverKeepAlive ?? 0) > this.#keepalive)
      this.#client.keepaliveManager.setKeepalive(this.#keepalive);
    this.#listener.connected();
  }

  #received(packet: IPublishPacket, taken: () => void): void {
    if (this.#over) return;
    const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    this.#listener.message({ topic: packet.topic, payload, retained: packet.retain }, taken);
  }

  #send(publication: Publication): void {
    const { topic, payload, retain } = publication;
    this.#inFlight.add(publication);
    // A Buffer over the same memory: the package knows no other bytes.
    const bytes =
      typeof payload === "string"
        ? payload
        : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#client.publish(topic, bytes, { qos: 1, retain }, (error) => this.#answered(publication, error));
  }

  #answered(publication: Publication, error: Error | undefined): void {
    // Not in flight any more: the link fell, and the publisher was told so.
    if (!this.#inFlight.delete(publication)) return;
    if (error) publication.reject(error);
    else publication.resolve();
    const next = this.#over ? undefined : this.#waiting.shift();
    if (next) this.#send(next);
  }

  #rejectAll(reason: string): void {
    const unanswered = [...this.#inFlight, ...this.#waiting];
    this.#inFlight.clear();
    this.#waiting.length = 0;
    for (const { reject } of unanswered) reject(new Error(reason));
  }
}

/** SUBACK return codes from here on are refusals (3.1.1 section 3.9.3). */
const refusal = 0x80;

function clientOptions(
  address: BrokerAddress,
  will: LastWill | undefined,
): ConstructorParameters<typeof MqttClient>[1] {
  return {
    clientId: address.clientId,
    protocolVersion: address.mqttVersion === "3.1.1" ? 4 : 5,
    clean: true,
    keepalive: address.keepalive ?? keepaliveSeconds,
    connectTimeout: connectMsMax,
    // The link makes a new connection by itself; this client is never used again.
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.passwordFile === undefined ? {} : { password: readSecret(address.passwordFile) }),
    ...(will ? { will: { ...will, payload: Buffer.from(will.payload), qos: 1 as const } } : {}),
  };
}

/** The last line feed belongs to the editor, not to the secret. */
function readSecret(file: string): string {
  return readFileSync(file, "utf8").replace(/\r?\n$/, "");
}

function openSocket({ url, tls }: BrokerAddress): Socket {
  const { protocol, hostname, port } = new URL(url);
  // IPv6 hosts stand in brackets in a URL, and without them everywhere else.
  const host = hostname.replace(/^\[|\]$/g, "");
  // Without Nagle: a batch should not wait for the acknowledgement of the one before it.
  if (protocol === "mqtt:") return connectTcp({ host, port: Number(port || 1883), noDelay: true });
  const files = tls && {
    ca: readFileSync(tls.caFile),
    cert: readFileSync(tls.certFile),
    key: readFileSync(tls.keyFile),
  };
  // The broker's certificate is looked up by name; an address is no name (RFC 6066 section 3).
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectTls({ host, port: Number(port || 8883), ...name, ...files });
  return socket.setNoDelay(true);
}

function describe(error: Error & { readonly code?: string | number }): string {
  // A refused connection to a host of several addresses is an AggregateError without words of its own.
  return error.message || String(error.code ?? error.name);
}
