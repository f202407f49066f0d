import type { Snapshot } from "../../../protocols/screens.ts";
import { after, nowMs } from "./page-clock.ts";
import { Retry } from "./retry.ts";

/** Three heartbeats of the gateway: longer silence is a connection that is dead without saying so. */
const silenceMsMax = 9_000;

/** Whether it is logged in a gateway that is there says at once; one that is not must not hold up the next try. */
const sessionMs = 2_000;

export interface LiveListener<View> {
  /** Everything, as it is now. */
  view(view: View): void;
  /** `since` is when something was heard last, on the browser's clock; undefined where never. */
  lost(since: number | undefined): void;
  /** Whether the page may be loaded anew now, because the gateway has another version. */
  mayReload(): boolean;
}

/** Follows what this page shows, for ever: connects, notices silence, and connects again. */
export function follow<View>(listener: LiveListener<View>): void {
  new Following(listener).connect();
}

class Following<View> {
  readonly #listener: LiveListener<View>;
  #socket: WebSocket | undefined;
  #heardMs: number | undefined;
  #version: string | undefined;
  readonly #retry = new Retry();
  #cancelSilence: () => void = () => undefined;
  #cancelRetry: () => void = () => undefined;

  constructor(listener: LiveListener<View>) {
    this.#listener = listener;
    addEventListener("offline", () => this.#lose());
    addEventListener("online", () => this.#retryNow());
  }

  connect(): void {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/live${location.pathname}`);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket === socket) this.#hear(String(data));
    });
    socket.addEventListener("close", () => {
      if (this.#socket === socket) this.#lose();
    });
    this.#expectWord();
  }

  #hear(text: string): void {
    const { version, view } = JSON.parse(text) as Snapshot<View>;
    this.#heardMs = nowMs();
    this.#retry.succeeded();
    this.#expectWord();
    this.#listener.view(view);
    this.#version ??= version;
    // The gateway was brought up to date: so is this page, as soon as nobody is in the middle of something.
    if (version !== this.#version && this.#listener.mayReload()) location.reload();
  }

  #expectWord(): void {
    this.#cancelSilence();
    this.#cancelSilence = after(silenceMsMax, () => this.#lose());
  }

  #lose(): void {
    this.#cancelSilence();
    this.#cancelRetry();
    this.#socket?.close();
    this.#socket = undefined;
    this.#listener.lost(this.#heardMs);
    this.#cancelRetry = after(this.#retry.nextMs(), () => void this.#tryAgain());
  }

  /** A WebSocket that is refused does not say why; a screen whose token was changed has to log in anew. */
  async #tryAgain(): Promise<void> {
    const signal = AbortSignal.timeout(sessionMs);
    const session = await fetch("/api/session", { signal }).catch(() => undefined);
    if (session?.status === 401) location.assign("/");
    else if (this.#socket === undefined) this.connect();
  }

  #retryNow(): void {
    if (this.#socket !== undefined) return;
    this.#cancelRetry();
    this.connect();
  }
}
