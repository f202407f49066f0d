import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { SimulatedRepository } from "../simulators/network/simulated-repository.ts";
import { captureRules, type KnownLimits } from "./capture-rules.ts";

/** What goes wrong with the connection of one request, or the answer that somebody in between gives. */
export type Mishap =
  | "cut-at-its-head"
  | "cut-within-its-body"
  /** It was done, and no answer comes. */
  | "cut-before-its-answer"
  | "cut-within-its-answer"
  /** Answered whole, and then closed without a word: the next request finds a dead connection. */
  | "closed-after-its-answer"
  /** A byte at a time, whole in the end. */
  | "dripping-answer"
  /** A byte at a time, and never whole. */
  | "endless-answer"
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

export interface StrictOptions {
  readonly repository: SimulatedRepository;
  /** Absent: plain HTTP. */
  readonly tls?: ServerOptions;
  /** What `Authorization` has to say at this moment. */
  readonly authorization?: () => string | undefined;
  readonly eventsMax?: number;
  readonly port?: number;
  /** The moment before an answer leaves; what was asked is done. */
  readonly onDone?: (request: IncomingMessage) => Promise<void> | void;
}

const path = "/epcis";
const dripMs = 2;

/**
 * An EPCIS 2.0 repository that stands by the rules of capture-rules.ts: it looks at every request for what the
 * rules want of it, and answers with the statuses, headers and bodies that they name.
 */
export class StrictRepository {
  /** What requests lacked, in words. */
  readonly complaints: string[] = [];
  /** Of the next requests, in order; undefined where nothing goes wrong. */
  readonly mishaps: (Mishap | undefined)[] = [];
  /** `POST /capture`, in order. */
  readonly asked: string[] = [];
  readonly #options: StrictOptions;
  readonly #server: Server;
  readonly #complaintsOf = captureRules(path);
  readonly #sockets = new Set<Socket>();
  /** It has said what its limits are. */
  #isNamed = false;

  private constructor(options: StrictOptions) {
    this.#options = options;
    const listen = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#meet(request, response);
    this.#server = options.tls === undefined ? createServer(listen) : createSecureServer(options.tls, listen);
    this.#server.on("connection", (socket) => this.#sockets.add(socket));
  }

  static async open(options: StrictOptions): Promise<StrictRepository> {
    const strict = new StrictRepository(options);
    await new Promise<void>((resolve) => strict.#server.listen(options.port ?? 0, "127.0.0.1", resolve));
    return strict;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#options.tls === undefined ? "http" : "https"}://127.0.0.1:${this.port}${path}`;
  }

  /** Connections that were made so far. */
  get connections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #meet(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(`${request.method} ${request.url}`);
    const mishap = this.mishaps.shift();
    const { socket } = request;
    if (mishap === "cut-at-its-head") return void socket.destroy();
    const body = await bodyOf(request, mishap === "cut-within-its-body");
    if (body === undefined) return void socket.destroy();
    if (typeof mishap === "object") {
      response.writeHead(mishap.status, { ...mishap.headers }).end(mishap.body);
      return;
    }
    const answer = this.#answer(request, body);
    await this.#options.onDone?.(request);
    if (answer === undefined || mishap === "cut-before-its-answer") return void socket.destroy();
    await deliver(response, answer, mishap);
  }

  #answer(request: IncomingMessage, body: string): Answer | undefined {
    const { method = "", url = "", headers } = request;
    if (!this.#knows(headers.authorization)) return problem(401, "SecurityException", "Unauthorised request");
    this.complaints.push(...this.#complaintsOf(request, body, this.#limits));
    if (!url.startsWith(path)) return problem(404, "NoSuchResourceException", "Resource not found");
    this.#isNamed ||= method === "OPTIONS";
    const asked = { method, path: url.slice(path.length), ...(body !== "" && { body }) };
    const answer = this.#options.repository.answer(asked);
    return answer === undefined ? undefined : clothed(answer, this.url);
  }

  #knows(authorization: string | undefined): boolean {
    const wanted = this.#options.authorization?.();
    return wanted === undefined || authorization === wanted;
  }

  get #limits(): KnownLimits {
    const hasAsked = this.asked.some((asked) => asked.startsWith("OPTIONS"));
    const named = this.#isNamed ? this.#options.eventsMax : undefined;
    return { hasAsked, eventsMax: named ?? Number.POSITIVE_INFINITY };
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const versions = { "gs1-epcis-version": "2.0.0", "gs1-cbv-version": "2.0.0", "gs1-vendor-version": "1.0" };

/** With the headers that the rules want; a 202 says nothing but where its job is. */
function clothed({ status, headers, body }: Answer, url: string): Answer {
  const { location } = headers;
  const whole = { ...versions, ...headers, ...(location !== undefined && { location: url + location }) };
  if (status === 204 || status === 202) return { status, headers: whole, body: "" };
  const type = status >= 400 ? "application/problem+json" : "application/ld+json";
  return { status, headers: { ...whole, "content-type": type }, body };
}

function problem(status: number, type: string, title: string): Answer {
  const body = JSON.stringify({ type: `epcisException:${type}`, title, status });
  return { status, headers: { ...versions, "content-type": "application/problem+json" }, body };
}

/** Undefined where the connection is to be cut after the first piece. */
async function bodyOf(request: IncomingMessage, isCut: boolean): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (isCut) return undefined;
    chunks.push(chunk);
  }
  return isCut ? undefined : Buffer.concat(chunks).toString("utf8");
}

async function deliver(response: ServerResponse, answer: Answer, mishap: Mishap | undefined): Promise<void> {
  const { status, headers, body } = answer;
  const bytes = Buffer.from(body);
  const length = status === 204 ? {} : { "content-length": bytes.length };
  response.writeHead(status, { ...headers, ...length });
  if (mishap === "cut-within-its-answer") {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
    response.flushHeaders();
    setImmediate(() => response.socket?.destroy());
    return;
  }
  if (mishap === "dripping-answer" || mishap === "endless-answer") {
    response.flushHeaders();
    for (const byte of mishap === "endless-answer" ? bytes.subarray(1) : bytes) {
      response.write(Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, dripMs));
    }
    if (mishap === "endless-answer") return;
  }
  const { socket } = response;
  response.end(mishap === "dripping-answer" ? undefined : bytes, () => {
    if (mishap === "closed-after-its-answer") setImmediate(() => socket?.destroy());
  });
}
