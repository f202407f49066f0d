import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import type { Clock } from "../../protocols/clock.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import type { Reading } from "../../protocols/readings.ts";
import { Door, type Guest } from "../broker/door.ts";
import { ConsoleAccounts } from "./accounts.ts";
import { type Answer, refusal, send } from "./answer.ts";
import { openAssets } from "./assets.ts";
import { consoleLimits } from "./limits.ts";
import { type LiveCounts, LiveScreens } from "./live.ts";
import { isOwnOrigin } from "./origin.ts";
import { type Press, PressDesk } from "./press-desk.ts";
import { Requests } from "./requests.ts";
import { liveScreenOf } from "./routes.ts";
import type { Screen } from "./screens.ts";

/** What the console knows of the store, from what is on disk. */
export interface ConsoleViews {
  /** What a screen shows now. */
  shown(screen: Screen): unknown;
  /** What the page that pressed is told when its press is on disk. */
  pressed(screen: Screen, press: Press): unknown;
  /** What a customer may know of a ticket. */
  ticket(id: string): unknown;
}

export interface ConsoleOptions {
  readonly configuration: Configuration;
  readonly accept: (readings: readonly Reading[]) => Promise<void>;
  readonly views: ConsoleViews;
  readonly clock: Clock;
  readonly boot: string;
  readonly version: string;
  readonly log: Logger;
}

export interface ConsoleCounts extends LiveCounts {
  requests: number;
  refusedConnections: number;
}

/** The pages in the browser, and what they speak with: HTTP for presses, a WebSocket for what is to be seen. */
export class Console {
  readonly #options: ConsoleOptions;
  readonly #requests: Requests;
  readonly #live: LiveScreens;
  readonly #door: Door;
  readonly #server: Server;
  /** By address and port, which TLS keeps while it wraps the socket. */
  readonly #guests = new Map<string, ConsoleGuest>();
  #requestCount = 0;
  #refusedConnections = 0;

  private constructor(options: ConsoleOptions, requests: Requests, server: Server) {
    const { views, version, clock } = options;
    this.#options = options;
    this.#requests = requests;
    this.#server = server;
    this.#door = new Door(clock, consoleLimits);
    this.#live = new LiveScreens({ view: (screen) => views.shown(screen), version, clock });
  }

  static async open(options: ConsoleOptions): Promise<Console> {
    const { configuration, views, clock, boot, accept } = options;
    const requests = new Requests({
      configuration,
      accounts: await ConsoleAccounts.open(configuration.gateway.console.accounts, clock),
      assets: await openAssets(),
      desk: new PressDesk({ accept, answer: (screen, press) => views.pressed(screen, press), clock, boot }),
      ticket: (id) => views.ticket(id),
      clock,
    });
    const opened = new Console(options, requests, await serverOf(configuration));
    await opened.#listen();
    return opened;
  }

  get port(): number {
    const address = this.#server.address();
    return address === null || typeof address === "string" ? 0 : address.port;
  }

  get counts(): Readonly<ConsoleCounts> {
    return {
      ...this.#live.counts,
      requests: this.#requestCount,
      refusedConnections: this.#refusedConnections,
    };
  }

  /** Something is on disk that screens may show. */
  changed(): void {
    this.#live.changed();
  }

  /** Takes no more presses; those that are on their way are answered if the disk is quick, or come again. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#live.close();
    for (const guest of this.#door.guests) guest.destroy();
    await closed;
  }

  #listen(): Promise<void> {
    const { configuration, log } = this.#options;
    const { host, port, tls } = configuration.gateway.console;
    const server = this.#server;
    // Counted before anything is read of it, TLS included.
    server.on("connection", (socket: Socket) => this.#welcome(socket));
    server.on("request", (request: IncomingMessage, response) => {
      void this.#answer(request).then((answer) => send(request, response, answer));
    });
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        server.off("error", reject);
        server.on("error", (error) => log.error({ event: "console-error", reason: error.message }));
        log.info({ event: "console-open", host, port: this.port, tls: tls !== undefined });
        resolve();
      });
    });
  }

  #welcome(socket: Socket): void {
    const guest = new ConsoleGuest(socket);
    if (!this.#door.enter(guest)) {
      this.#refusedConnections += 1;
      socket.destroy();
      return;
    }
    const name = nameOf(socket);
    this.#guests.set(name, guest);
    socket.on("close", () => {
      this.#guests.delete(name);
      this.#door.leave(guest);
    });
  }

  /** An error here is ours: it is logged, and whoever asked may ask again. */
  async #answer(request: IncomingMessage): Promise<Answer> {
    this.#requestCount += 1;
    this.#know(request);
    try {
      return await this.#requests.answer(request);
    } catch (error) {
      if (!request.destroyed)
        this.#options.log.error({ event: "console-broken", reason: String(error), url: request.url });
      return refusal("later");
    }
  }

  /** Whoever may use a screen keeps the place of its connection when a crowd of phones comes. */
  #know(request: IncomingMessage): void {
    const guest = this.#guests.get(nameOf(request.socket));
    if (guest !== undefined && this.#requests.visitor(request) !== undefined) guest.isUseful = true;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    this.#know(request);
    const screen = liveScreenOf(request.url ?? "");
    const refused = this.#refusesLive(request, screen);
    if (refused !== undefined) refuseUpgrade(socket, refused.status);
    else if (screen !== undefined) this.#live.welcome(request, socket, head, screen);
  }

  #refusesLive(request: IncomingMessage, screen: Screen | undefined): Answer | undefined {
    const barred = this.#requests.bars(request);
    if (barred !== undefined) return barred;
    if (screen === undefined) return refusal("unknown");
    // A WebSocket is no subject to the same-origin policy: each page of the world may open one.
    if (!isOwnOrigin(request)) return refusal("foreign");
    const refused = this.#requests.refuses(this.#requests.visitor(request), screen);
    return refused ?? (this.#live.isFull ? refusal("later") : undefined);
  }
}

const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

class ConsoleGuest implements Guest {
  readonly address: string;
  isUseful = false;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.address = socket.remoteAddress ?? "";
    socket.on("error", () => socket.destroy());
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

async function serverOf({ gateway }: Configuration): Promise<Server> {
  const { tls } = gateway.console;
  const options = {
    maxHeaderSize: consoleLimits.headerBytesMax,
    headersTimeout: consoleLimits.requestMsMax,
    requestTimeout: consoleLimits.requestMsMax,
    // Node looks for requests that take too long this often.
    connectionsCheckingInterval: consoleLimits.requestMsMax / 4,
    keepAliveTimeout: consoleLimits.keepAliveMs,
    noDelay: true,
  };
  if (tls === undefined) return createServer(options);
  const [cert, key] = await Promise.all([readFile(tls.certFile), readFile(tls.keyFile)]);
  return createTlsServer({ ...options, cert, key });
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
