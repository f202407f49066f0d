import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import { consoleLimits } from "./limits.ts";
import { type Screen, screenPath } from "./screens.ts";

export interface LiveOptions {
  /** What a screen shows now, whole. */
  readonly view: (screen: Screen) => unknown;
  readonly version: string;
  readonly clock: Clock;
}

export interface LiveCounts {
  /** Now. */
  screens: number;
  snapshots: number;
  /** Cut off because they did not read, or spoke. */
  cut: number;
}

interface Watcher {
  readonly socket: WebSocket;
  readonly screen: Screen;
  /** The view that it was sent last, as text. */
  sent: string | undefined;
  /** Since when it has not read what it was sent. */
  unreadSinceMs: number | undefined;
  /** A ping of ours is unanswered. */
  asked: boolean;
}

/**
 * Tells screens what they show: always the whole, so that one that missed anything knows everything again with
 * the next snapshot, and one that reads slowly is only sent the newest.
 */
export class LiveScreens {
  readonly counts: LiveCounts = { screens: 0, snapshots: 0, cut: 0 };
  readonly #options: LiveOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: consoleLimits.screenMessageBytesMax,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #watchers = new Set<Watcher>();
  #isDue = false;
  #restUntilMs = 0;
  #closed = false;
  #cancelDue: Cancel = () => undefined;
  #cancelHeartbeat: Cancel = () => undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#heartbeatLater();
  }

  get isFull(): boolean {
    return this.#watchers.size >= consoleLimits.screensMax;
  }

  welcome(request: IncomingMessage, socket: Duplex, head: Buffer, screen: Screen): void {
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      const watcher: Watcher = {
        socket: opened,
        screen,
        sent: undefined,
        unreadSinceMs: undefined,
        asked: false,
      };
      this.#watchers.add(watcher);
      this.counts.screens = this.#watchers.size;
      opened.on("close", () => this.#leave(watcher));
      // Too long a message, or one that is no WebSocket's: `ws` closes, and says so here.
      opened.on("error", () => this.#cut(watcher));
      opened.on("message", () => this.#cut(watcher));
      opened.on("pong", () => {
        watcher.asked = false;
      });
      this.#send(watcher, this.#viewText(watcher.screen));
    });
  }

  /** Something may have changed; what changes in the same moment is told in one go. */
  changed(): void {
    if (this.#isDue || this.#closed || this.#watchers.size === 0) return;
    this.#isDue = true;
    const restMs = this.#restUntilMs - this.#options.clock.monotonicMs();
    this.#cancelDue = this.#options.clock.after(Math.max(consoleLimits.snapshotEveryMs, restMs), () => {
      this.#isDue = false;
      this.#tell(false);
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancelDue();
    this.#cancelHeartbeat();
    for (const { socket } of this.#watchers) socket.terminate();
    this.#server.close();
  }

  #heartbeatLater(): void {
    this.#cancelHeartbeat = this.#options.clock.after(consoleLimits.heartbeatEveryMs, () => {
      for (const watcher of this.#watchers) this.#ask(watcher);
      this.#tell(true);
      this.#heartbeatLater();
    });
  }

  /** A screen whose cable was pulled says nothing; what TCP still holds for it is not worth waiting for. */
  #ask(watcher: Watcher): void {
    if (this.#isOverdue(watcher)) {
      this.#cut(watcher);
      return;
    }
    if (watcher.asked) watcher.unreadSinceMs ??= this.#options.clock.monotonicMs();
    else if (watcher.socket.bufferedAmount === 0) watcher.unreadSinceMs = undefined;
    watcher.asked = true;
    watcher.socket.ping();
  }

  #isOverdue({ unreadSinceMs }: Watcher): boolean {
    if (unreadSinceMs === undefined) return false;
    return this.#options.clock.monotonicMs() - unreadSinceMs >= consoleLimits.screenDrainMsMax;
  }

  #tell(isHeartbeat: boolean): void {
    const beganMs = this.#options.clock.monotonicMs();
    this.#tellAll(isHeartbeat);
    const endedMs = this.#options.clock.monotonicMs();
    this.#restUntilMs = endedMs + (endedMs - beganMs) * consoleLimits.restPerWork;
  }

  #tellAll(isHeartbeat: boolean): void {
    /** Screens of one kind and place show the same. */
    const views = new Map<string, string>();
    for (const watcher of this.#watchers) {
      const path = screenPath(watcher.screen);
      const text = views.get(path) ?? this.#viewText(watcher.screen);
      views.set(path, text);
      if (isHeartbeat || text !== watcher.sent) this.#send(watcher, text);
    }
  }

  #viewText(screen: Screen): string {
    return JSON.stringify(this.#options.view(screen));
  }

  /** One that has not read the last snapshot gets the newest later, with the heartbeat or the next change. */
  #send(watcher: Watcher, view: string): void {
    const { clock, version } = this.#options;
    if (watcher.socket.bufferedAmount > 0) {
      watcher.unreadSinceMs ??= clock.monotonicMs();
      return;
    }
    watcher.sent = view;
    this.counts.snapshots += 1;
    const head = JSON.stringify({ version, atMs: Math.floor(clock.wallMs()) });
    watcher.socket.send(`${head.slice(0, -1)},"view":${view}}`);
  }

  #cut(watcher: Watcher): void {
    this.counts.cut += 1;
    watcher.socket.terminate();
    this.#leave(watcher);
  }

  #leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    this.counts.screens = this.#watchers.size;
  }
}
