import { CallLedger, watchCalls } from "../../protocols/call-ledger.ts";
import type { Clock } from "../../protocols/clock.ts";
import type { MessageLink } from "../../protocols/message-link.ts";
import type { Pulse } from "../../protocols/progress.ts";

/** From a try to connect to its end: TCP, TLS, CONNECT and subscriptions each have their own deadline of 10 s. */
const tryMsMax = 30_000;
/** Publishes of a link that is up and none that is answered: the link's own means of noticing are minutes shorter. */
const unansweredMsMax = 600_000;

/** One link as seen from outside: whether it tries while it is down, and is answered while it is up. */
export class LinkWatch {
  readonly link: MessageLink;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #waitMsMax: number;
  readonly #published = new CallLedger();
  #changes = 0;
  #sinceMs: number;
  #up = false;

  /** `waitMsMax` is the longest that the link waits between two tries. */
  constructor(link: MessageLink, name: string, clock: Clock, waitMsMax: number) {
    this.link = watchCalls(link, { publish: this.#published });
    this.#name = name;
    this.#clock = clock;
    this.#waitMsMax = waitMsMax;
    this.#sinceMs = clock.monotonicMs();
    // Each try that fails is told as a fall.
    link.onDown(() => this.#changed(false));
    link.onUp(() => this.#changed(true));
  }

  status(): { readonly name: string; readonly up: boolean; readonly forMs: number } {
    return { name: this.#name, up: this.#up, forMs: this.#clock.monotonicMs() - this.#sinceMs };
  }

  pulse(): Pulse {
    const { settled, open } = this.#published;
    return {
      part: "link",
      steps: this.#changes + settled,
      rests: this.#up && open === 0,
      stillMsMax: this.#up ? unansweredMsMax : 2 * this.#waitMsMax + tryMsMax,
    };
  }

  #changed(up: boolean): void {
    this.#changes += 1;
    if (up === this.#up) return;
    this.#up = up;
    this.#sinceMs = this.#clock.monotonicMs();
  }
}
