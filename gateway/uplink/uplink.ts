import type { Logger } from "pino";
import type { Outbox } from "../../outbox/outbox.ts";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import type { EventDraft } from "../../protocols/events.ts";
import type { MessageLink, ReceivedMessage } from "../../protocols/message-link.ts";
import { type Stream, uplinkTopics } from "../../protocols/topics.ts";
import { type Heard, hearResend, hearWatermark } from "./hearing.ts";
import type { UplinkInput } from "./inputs.ts";
import type { UplinkMemory } from "./knowable.ts";
import { LossAnswers } from "./loss-answers.ts";
import { type UplinkPolicy, uplinkPolicy } from "./policy.ts";
import { drainingOf, gatewayState, type Positions, type PresenceOptions } from "./presence.ts";
import { type Departure, readEntries } from "./reading.ts";
import { Settling } from "./settling.ts";
import type { ReadyBatch, TimerName, UplinkEffect, UplinkState } from "./state.ts";

export interface UplinkOptions extends UplinkMemory {
  readonly outbox: Outbox;
  readonly link: MessageLink;
  readonly clock: Clock;
  readonly confirm: Configuration["hq"]["confirm"];
  readonly limits: Configuration["limits"]["uplink"];
  readonly presence: Omit<PresenceOptions, "epochOrdinal">;
  /** Hands facts of the uplink itself to the intake. */
  readonly raise: (drafts: readonly EventDraft[]) => void;
  /** HQ has more of our epoch than the outbox ever made; the uplink has ended, so that HQ takes no new for old. */
  readonly outrun: () => void;
  /** Without it an entry leaves as it was stored. What it held back is asked for each second and at `release`. */
  readonly departure?: Departure;
  readonly log: Logger;
}

export interface UplinkCounts {
  batchesSent: number;
  eventsSent: number;
  /** Of another epoch, beyond our last event, or not readable at all. */
  ignoredMessages: number;
  resendRequests: number;
}

/** The last words at shutdown wait no longer than this for a broker that does not answer. */
const farewellMsMax = 2_000;
/** A disk that refuses to forget a note is asked again after this; it takes nothing else either. */
const forgetAgainMs = 1_000;

/** Carries out what the policy decides: reads the outbox, publishes, settles, keeps the timers. */
export class Uplink {
  readonly counts: UplinkCounts = { batchesSent: 0, eventsSent: 0, ignoredMessages: 0, resendRequests: 0 };
  readonly #options: UplinkOptions;
  readonly #policy: UplinkPolicy;
  readonly #timers = new Map<TimerName, Cancel>();
  readonly #listeners: Cancel[] = [];
  readonly #settling: Settling;
  readonly #settledAtStart: Readonly<Record<Stream, number>>;
  #state: UplinkState;
  #upSinceMs = 0;
  #clockTold: string | undefined;
  #drainTold = "";
  readonly #lossAnswers: LossAnswers;
  #cancelStateRefresh: Cancel = () => undefined;
  #closed = false;

  constructor(options: UplinkOptions) {
    const { outbox, confirm, limits, log } = options;
    this.#options = options;
    this.#lossAnswers = new LossAnswers(options);
    this.#settling = new Settling(outbox, log);
    const positions = positionsOf(outbox);
    this.#settledAtStart = { evt: positions.evt.settled, tel: positions.tel.settled };
    this.#policy = uplinkPolicy({ confirm, ...limits }, positions);
    this.#state = this.#policy.initial;
  }

  start(): void {
    const { link, presence } = this.#options;
    const { name } = presence;
    this.#listeners.push(link.onDown(() => this.#wentDown()));
    const filters = [uplinkTopics.acknowledgement(name), uplinkTopics.resend(name)];
    link
      .subscribe(filters, (message) => this.#receive(message))
      .catch((error: unknown) => {
        this.#options.log.error({ event: "uplink-subscribe-failed", reason: String(error) });
      });
    this.#listeners.push(link.onUp(() => this.#wentUp()));
    this.#refreshStateLater();
  }

  get up(): boolean {
    return this.#options.link.up;
  }

  /** The outbox has more than before. */
  stored(): void {
    this.#feed({ kind: "stored", positions: positionsOf(this.#options.outbox) });
    if (!this.up || this.#clockTold === this.#options.clock.quality()) return;
    this.#tellState(true);
    this.release();
  }

  /** What `departure` held back may leave now. */
  release(): void {
    this.#feed({ kind: "timer", name: "hold" });
  }

  /** Says goodbye and ends the link; what is not confirmed stays in the outbox. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelStateRefresh();
    for (const cancel of this.#listeners) cancel();
    for (const cancel of this.#timers.values()) cancel();
    const { link, clock } = this.#options;
    if (link.up) {
      const farewell = this.#publishState(false).catch(() => undefined);
      let cancel: Cancel = () => undefined;
      const enough = new Promise<void>((resolve) => {
        cancel = clock.after(farewellMsMax, resolve);
      });
      await Promise.race([farewell, enough]);
      cancel();
    }
    await link.close();
  }

  #wentUp(): void {
    if (!this.up || this.#closed) return;
    const forgotten = this.#options.knowable.forget();
    if (forgotten === undefined) return this.#begin();
    void forgotten.then((gone) => {
      if (gone) this.#begin();
      else this.#listeners.push(this.#options.clock.after(forgetAgainMs, () => this.#wentUp()));
    });
  }

  #begin(): void {
    // The link may have fallen, or fallen and come again, while the disk was at work.
    if (!this.up || this.#state.up) return;
    this.#upSinceMs = this.#options.clock.wallMs();
    this.#feed({ kind: "stored", positions: positionsOf(this.#options.outbox) });
    this.#feed({ kind: "up" });
    // Still before any batch, for those have to be read first.
    this.#tellState(true);
  }

  #wentDown(): void {
    // What this connection has carried may be known to the next one.
    if (this.#state.up) this.#options.knowable.take();
    this.#feed({ kind: "down" });
  }

  #feed(input: UplinkInput): void {
    if (this.#closed) return;
    const { state, effects } = this.#policy.step(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (state.up && this.#drainTold !== JSON.stringify(drainingOf(state.lanes))) this.#tellState(true);
  }

  #carryOut(effect: UplinkEffect): void {
    switch (effect.kind) {
      case "read":
        void this.#read(effect);
        return;
      case "publish":
        void this.#publish(effect.ready);
        return;
      case "settle":
        this.#settling.settle(effect.stream, effect.through);
        return;
      case "lost":
        this.#lossAnswers.tell(effect.stream, effect.hole);
        return;
      case "timer":
        this.#cancelTimer(effect.name);
        this.#timers.set(
          effect.name,
          this.#options.clock.after(effect.delayMs, () => this.#feed({ kind: "timer", name: effect.name })),
        );
        return;
      case "cancel-timer":
        this.#cancelTimer(effect.name);
    }
  }

  #cancelTimer(name: TimerName): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }

  async #read(request: Extract<UplinkEffect, { kind: "read" }>): Promise<void> {
    const { errand, generation, stream } = request;
    const { outbox, departure } = this.#options;
    try {
      const found = await readEntries(outbox, request, departure);
      this.#feed({ kind: "read", errand, stream, generation, ...found });
    } catch (error) {
      this.#options.log.error({ event: "outbox-read-failed", stream, reason: String(error) });
      this.#feed({ kind: "read", errand, stream, generation, batches: [], through: undefined });
    }
  }

  async #publish(ready: ReadyBatch): Promise<void> {
    const { link, presence, clock } = this.#options;
    const { category, payload, eventCount } = ready.batch;
    const sentMs = clock.monotonicMs();
    this.counts.batchesSent += 1;
    this.counts.eventsSent += eventCount;
    try {
      await link.publish(uplinkTopics.batch(presence.name, category), payload);
      this.#feed({ kind: "published", ready, tookMs: clock.monotonicMs() - sentMs });
    } catch {
      // The link says itself that it fell; a refusal while it is up is tried again.
      this.#feed({ kind: "refused", ready });
    }
  }

  #receive(message: ReceivedMessage): void {
    if (this.#closed) return;
    const heard = this.#understand(message);
    switch (heard.kind) {
      case "ignored":
        this.counts.ignoredMessages += 1;
        return;
      case "inputs":
        for (const input of heard.inputs) this.#feed(input);
        return;
      case "other-epoch":
        this.counts.ignoredMessages += 1;
        this.#outdo(heard.ordinal);
        return;
      case "outrun":
        this.counts.ignoredMessages += 1;
        this.#endOutrun(heard.confirmed);
    }
  }

  #understand(message: ReceivedMessage): Heard {
    const { outbox, presence, epochOrdinal } = this.#options;
    if (message.topic === uplinkTopics.resend(presence.name)) {
      const heard = hearResend(message, outbox.epoch);
      if (heard.kind === "inputs") this.counts.resendRequests += 1;
      return heard;
    }
    const knowable = (message.retained ? this.#options.knowable.take() : undefined) ?? positionsOf(outbox);
    return hearWatermark(message, { epoch: outbox.epoch, epochOrdinal, knowable });
  }

  /**
   * HQ takes another epoch for our newest. A fresh outbox only has to rise above it; one of which HQ had taken
   * something before this start is older than what HQ knows: its card was put back.
   */
  #outdo(ordinal: number): void {
    const { epochOrdinal, confirm } = this.#options;
    if (!epochOrdinal.outdo(ordinal)) return;
    const { evt, tel } = this.#settledAtStart;
    if (confirm === "watermark" && evt + tel > 0) this.#endOutrun(this.#settledAtStart);
    else this.#tellState(true);
  }

  /** An old image of the outbox was put back, or its card forgot its last writes. */
  #endOutrun(confirmed: Readonly<Record<Stream, number>>): void {
    const { evt, tel } = positionsOf(this.#options.outbox);
    const last = { evt: evt.last, tel: tel.last };
    this.#options.log.error({ event: "outbox-outrun", confirmed, last }, "HQ has more than this outbox made");
    void this.close();
    this.#options.outrun();
  }

  #refreshStateLater(): void {
    const { clock, limits } = this.#options;
    this.#cancelStateRefresh = clock.after(limits.stateEveryMs, () => {
      this.#settling.again();
      this.#tellState(true);
      this.#refreshStateLater();
    });
  }

  #tellState(online: boolean): void {
    if (this.up) void this.#publishState(online).catch(() => undefined);
  }

  #publishState(online: boolean): Promise<void> {
    const { link, presence, epochOrdinal, outbox, clock } = this.#options;
    this.#clockTold = clock.quality();
    const draining = drainingOf(this.#state.lanes);
    this.#drainTold = JSON.stringify(draining);
    const sinceMs = online ? this.#upSinceMs : clock.wallMs();
    const standing = { positions: positionsOf(outbox), ...(online ? { draining } : {}) };
    const told = { ...presence, epochOrdinal: () => epochOrdinal.value };
    const state = gatewayState(told, online, sinceMs, standing);
    return link.publish(uplinkTopics.state(presence.name), JSON.stringify(state), { retain: true });
  }
}

export function positionsOf(outbox: Outbox): Positions {
  return { evt: outbox.position("evt"), tel: outbox.position("tel") };
}
