import type { Logger } from "pino";
import type { Outbox } from "../../outbox/outbox.ts";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { CaptureConfiguration } from "../../protocols/config/capture.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { type FaultCode, faults } from "../../protocols/faults.ts";
import type { Random } from "../../protocols/random.ts";
import { writableMs } from "../../protocols/readings.ts";
import { contentOf } from "../dead-letters.ts";
import type { DeadLetter } from "../service.ts";
import type { Departure } from "../uplink/reading.ts";
import {
  type CaptureEffect,
  type CaptureInput,
  type CaptureItem,
  type CaptureState,
  startCaptureState,
} from "./capture-state.ts";
import { captureDocument, captureItems } from "./documents.ts";
import type { CaptureExchange, CaptureRequest } from "./exchange.ts";
import { captureStep } from "./policy.ts";
import { silenceMeaning } from "./silence.ts";

/** The stream that holds return events. */
const stream = "evt";
/** Entries of one look into the outbox: return events are some of them. */
const readRows = 1_000;
/** What could not be read or written is tried again after so long. */
const diskRetryMs = 5_000;

export interface CaptureOptions {
  readonly configuration: CaptureConfiguration;
  readonly exchange: CaptureExchange;
  readonly outbox: Outbox;
  /** How an event leaves; undefined while its time may yet become known. */
  readonly departure: Departure;
  /** Tells HQ, and keeps what nobody takes; fulfilled when it is on disk. */
  readonly tell: (drafts: readonly EventDraft[], letters: readonly DeadLetter[]) => Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

interface CaptureSurroundings extends Omit<CaptureOptions, "configuration" | "exchange"> {
  readonly configuration: Configuration;
  readonly captureExchange?: CaptureExchange | undefined;
}

/** Where the configuration names no repository, nothing is kept for one any more. */
export function startCapture(around: CaptureSurroundings): Capture | undefined {
  const { outbox, log, captureExchange: exchange } = around;
  const { capture: configuration } = around.configuration.hq;
  if (configuration === undefined || exchange === undefined) {
    if (outbox.keptAfter(stream) === undefined) return undefined;
    outbox.keepAfter(stream, undefined).catch((error: unknown) => {
      log.error({ event: "capture-place-not-kept", reason: String(error) });
    });
    return undefined;
  }
  const capture = new Capture({ ...around, configuration, exchange, log: log.child({ part: "capture" }) });
  capture.start();
  return capture;
}

/** Brings return events into an EPCIS repository, one thing after the other; `policy.ts` says which. */
export class Capture {
  readonly #options: CaptureOptions;
  #state: CaptureState;
  #closed = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #setAsideCount = 0;

  constructor(options: CaptureOptions) {
    this.#options = options;
    const place = options.outbox.keptAfter(stream) ?? 0;
    this.#state = startCaptureState(place, this.#rules());
  }

  /** Events since this start. */
  get counts(): { readonly captured: number; readonly setAside: number } {
    return { captured: this.#state.captured, setAside: this.#setAsideCount };
  }

  /** From now on nothing is forgotten that the repository lacks; what is still kept of earlier days goes up too. */
  start(): void {
    const { outbox, log } = this.#options;
    outbox.keepAfter(stream, this.#state.place).catch((error: unknown) => {
      log.error({ event: "capture-place-not-kept", reason: String(error) });
    });
    this.#running = this.#run();
  }

  /** Something new is on disk. */
  stored(): void {
    if (this.#state.doing.kind === "wait" && this.#state.doing.wakes) this.#wake?.();
  }

  /** What is on its way is given up; the repository may have it, and finds it a duplicate next time. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#options.exchange.close();
    this.#wake?.();
    await this.#running;
  }

  #rules() {
    const { configuration, random } = this.#options;
    return { limits: { eventsMax: configuration.eventsMax, bytesMax: configuration.bytesMax }, random };
  }

  async #run(): Promise<void> {
    let input: CaptureInput = { kind: "start" };
    while (!this.#closed) {
      const { state, effect } = captureStep(this.#state, input, this.#rules());
      this.#state = state;
      input = await this.#carriedOut(effect);
    }
  }

  /** Tried until it succeeds where the disk is what fails. */
  async #carriedOut(effect: CaptureEffect): Promise<CaptureInput> {
    for (;;) {
      try {
        return await this.#carryOut(effect);
      } catch (error) {
        if (this.#closed) return { kind: "done" };
        this.#options.log.warn({ event: "capture-disk", doing: effect.kind, reason: String(error) });
        await this.#wait(diskRetryMs);
      }
    }
  }

  #carryOut(effect: CaptureEffect): Promise<CaptureInput> {
    return effect.kind === "read" ? this.#read(effect) : this.#act(effect);
  }

  #act(effect: Exclude<CaptureEffect, { kind: "read" }>): Promise<CaptureInput> {
    switch (effect.kind) {
      case "ask":
        return this.#asked({ method: "OPTIONS", path: "/capture" });
      case "post": {
        const body = captureDocument(effect.items, writableMs(this.#options.clock.wallMs()));
        return this.#asked({ method: "POST", path: "/capture", body });
      }
      case "poll":
        return this.#asked({ method: "GET", path: effect.path });
      case "look":
        return this.#asked({ method: "GET", path: `/events/${encodeURIComponent(effect.eventId)}` });
      case "keep":
      case "set-aside":
      case "tell-shut":
      case "tell-lost":
      case "wait":
        return this.#doAtHome(effect).then(() => ({ kind: "done" }));
    }
  }

  /** What needs no repository. */
  #doAtHome(
    effect: Exclude<CaptureEffect, { kind: "ask" | "post" | "poll" | "look" | "read" }>,
  ): Promise<void> {
    switch (effect.kind) {
      case "keep":
        return this.#options.outbox.keepAfter(stream, effect.through);
      case "set-aside":
        return this.#setAside(effect.item, effect.reason);
      case "tell-shut":
        return this.#alert("capture-shut", effect.reason);
      case "tell-lost":
        return this.#alert("capture-lost", `${effect.from} to ${effect.to}`);
      case "wait":
        return this.#wait(effect.ms);
    }
  }

  async #asked(request: CaptureRequest): Promise<CaptureInput> {
    try {
      return { kind: "response", response: await this.#options.exchange.request(request) };
    } catch (error) {
      const meaning = silenceMeaning(error, this.#options.clock.quality());
      // The log has each try; HQ hears of what somebody has to put right, and of the rest after an hour.
      this.#options.log.warn({ event: "capture-silence", method: request.method, reason: meaning.reason });
      return { kind: "silence", meaning };
    }
  }

  async #read({
    after,
    eventsMax,
    bytesMax,
  }: Extract<CaptureEffect, { kind: "read" }>): Promise<CaptureInput> {
    const { outbox, departure } = this.#options;
    const rowsMax = Math.min(readRows, eventsMax);
    const entries = await outbox.nextBatch(stream, after, { rowsMax, bytesMax: 4 * bytesMax });
    const finds = captureItems(entries, departure, { after, bytesMax });
    return { kind: "found", ...finds, first: entries[0]?.sequence };
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      let cancel: Cancel = () => {};
      const over = (): void => {
        cancel();
        this.#wake = undefined;
        resolve();
      };
      cancel = this.#options.clock.after(ms, over);
      this.#wake = over;
    });
  }

  /** The event is at HQ by the first way; here it is kept for whoever looks into it. */
  async #setAside({ eventId, text }: CaptureItem, reason: string): Promise<void> {
    const content = contentOf(Buffer.from(text));
    const letter: DeadLetter = { topic: "capture", client: "epcis-repository", reason, ...content };
    await this.#options.tell([this.#draft("capture-poison", `${eventId}: ${reason}`)], [letter]);
    this.#setAsideCount += 1;
  }

  #alert(code: FaultCode, about: string): Promise<void> {
    return this.#options.tell([this.#draft(code, about)], []);
  }

  #draft(code: FaultCode, about: string): EventDraft {
    const { clock, configuration } = this.#options;
    const data = {
      code,
      cause: `${faults[code].words}: ${about}`,
      cure: faults[code].cure,
      repository: configuration.url,
    };
    const when = { timeMs: clock.wallMs(), clock: clock.quality() } as const;
    return { type: "storewire.alert.gateway", subject: code, origin: "capture", ...when, data };
  }
}
