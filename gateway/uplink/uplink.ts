import type { Logger } from "pino";
import type { Outbox } from "../../outbox/outbox.ts";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { type EventDraft, resendSchema, watermarkSchema } from "../../protocols/events.ts";
import type { MessageLink, ReceivedMessage } from "../../protocols/message-link.ts";
import { type Stream, uplinkTopics } from "../../protocols/topics.ts";
import { lossDraft } from "../envelope.ts";
import { type UplinkInput, type UplinkPolicy, uplinkPolicy } from "./policy.ts";
import { gatewayState, type Positions, type PresenceOptions } from "./presence.ts";
import { type Departure, readEntries } from "./reading.ts";
import type { ReadyBatch, TimerName, UplinkEffect, UplinkState } from "./state.ts";

export interface UplinkOptions {
  readonly outbox: Outbox;
  readonly link: MessageLink;
  readonly clock: Clock;
  readonly confirm: Configuration["hq"]["confirm"];
  readonly limits: Configuration["limits"]["uplink"];
  readonly presence: PresenceOptions;
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

/** A message from HQ longer than this is none of ours. */
const messageBytesMax = 4_096;
/** The last words at shutdown wait no longer than this for a broker that does not answer. */
const farewellMsMax = 2_000;

/** Carries out what the policy decides: reads the outbox, publishes, settles, keeps the timers. */
export class Uplink {
  readonly counts: UplinkCounts = { batchesSent: 0, eventsSent: 0, ignoredMessages: 0, resendRequests: 0 };
  readonly #options: UplinkOptions;
  readonly #policy: UplinkPolicy;
  readonly #timers = new Map<TimerName, Cancel>();
  readonly #listeners: Cancel[] = [];
  /** What each stream is to be settled through; one settle at a time goes to disk. */
  readonly #settling = new Map<Stream, { wanted: number; running: boolean }>();
  #state: UplinkState;
  /** What was on disk at the start: more than that nobody can have known before our first connection. */
  #knowable: Positions | undefined;
  #upSinceMs = 0;
  #clockTold: string | undefined;
  #cancelStateRefresh: Cancel = () => undefined;
  #closed = false;

  constructor(options: UplinkOptions) {
    const { outbox, confirm, limits } = options;
    this.#options = options;
    this.#knowable = positionsOf(outbox);
    this.#policy = uplinkPolicy({ confirm, ...limits }, this.#knowable);
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
    this.#upSinceMs = this.#options.clock.wallMs();
    this.#tellState(true);
    this.#feed({ kind: "stored", positions: positionsOf(this.#options.outbox) });
    this.#feed({ kind: "up" });
  }

  #wentDown(): void {
    // What this connection has carried may be known to the next one.
    if (this.#state.up) this.#knowable = undefined;
    this.#feed({ kind: "down" });
  }

  #feed(input: UplinkInput): void {
    if (this.#closed) return;
    const { state, effects } = this.#policy.step(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
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
        this.#settle(effect.stream, effect.through);
        return;
      case "lost":
        this.#options.raise([this.#lossOf(effect)]);
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
    const { lane, generation, stream } = request;
    const { outbox, departure } = this.#options;
    try {
      const found = await readEntries(outbox, request, departure);
      this.#feed({ kind: "read", lane, generation, ...found });
    } catch (error) {
      this.#options.log.error({ event: "outbox-read-failed", stream, reason: String(error) });
      this.#feed({ kind: "read", lane, generation, batches: [], through: undefined });
    }
  }

  async #publish(ready: ReadyBatch): Promise<void> {
    const { link, presence } = this.#options;
    const { category, payload, eventCount } = ready.batch;
    this.counts.batchesSent += 1;
    this.counts.eventsSent += eventCount;
    try {
      await link.publish(uplinkTopics.batch(presence.name, category), payload);
      this.#feed({ kind: "published", ready });
    } catch {
      // The link says itself that it fell; a refusal while it is up is tried again.
      this.#feed({ kind: "refused", ready });
    }
  }

  #settle(stream: Stream, through: number): void {
    const settling = this.#settling.get(stream) ?? { wanted: 0, running: false };
    this.#settling.set(stream, settling);
    settling.wanted = through;
    if (!settling.running) void this.#settleOnDisk(stream, settling);
  }

  /** Watermarks that come while one is being written are written together. */
  async #settleOnDisk(stream: Stream, settling: { wanted: number; running: boolean }): Promise<void> {
    settling.running = true;
    let written = 0;
    try {
      while (written < settling.wanted) {
        written = settling.wanted;
        await this.#options.outbox.settle(stream, written);
      }
    } catch (error) {
      // Nothing is lost by it: HQ's next watermark settles this one as well.
      this.#options.log.error({ event: "settle-failed", stream, reason: String(error) });
    } finally {
      settling.running = false;
    }
  }

  #receive(message: ReceivedMessage): void {
    if (this.#closed) return;
    const input = message.payload.length > messageBytesMax ? undefined : this.#understand(message);
    if (input === undefined) this.counts.ignoredMessages += 1;
    else this.#feed(input);
  }

  /** Undefined for what is malformed, foreign, or knows more than we ever said. */
  #understand({ topic, payload, retained }: ReceivedMessage): UplinkInput | undefined {
    const value = jsonOf(payload);
    const { outbox, presence } = this.#options;
    if (topic !== uplinkTopics.resend(presence.name)) return this.#understandWatermark(value, retained);
    const request = resendSchema.safeParse(value);
    if (!request.success || request.data.epoch !== outbox.epoch) return undefined;
    this.counts.resendRequests += 1;
    const { stream, from, to } = request.data;
    return { kind: "resend", stream, from: Number(from), to: Number(to) };
  }

  #understandWatermark(value: unknown, retained: boolean): UplinkInput | undefined {
    const { outbox } = this.#options;
    const { evt, tel } = (retained ? this.#knowable : undefined) ?? positionsOf(outbox);
    if (retained) this.#knowable = undefined;
    const watermark = watermarkSchema.safeParse(value);
    if (!watermark.success || watermark.data.epoch !== outbox.epoch) return undefined;
    const through = { evt: Number(watermark.data.sequence), tel: Number(watermark.data.telemetry) };
    if (through.evt <= evt.last && through.tel <= tel.last) return { kind: "watermark", through };
    this.#endOutrun(through, { evt: evt.last, tel: tel.last });
    return undefined;
  }

  /** An old image of the outbox was put back, or its card forgot its last writes. */
  #endOutrun(confirmed: Readonly<Record<Stream, number>>, last: Readonly<Record<Stream, number>>): void {
    this.#options.log.error({ event: "outbox-outrun", confirmed, last }, "HQ has more than this outbox made");
    void this.close();
    this.#options.outrun();
  }

  #lossOf({ stream, hole }: Extract<UplinkEffect, { kind: "lost" }>): EventDraft {
    const { clock, presence } = this.#options;
    return lossDraft({ stream, epoch: presence.epoch, ...hole, reason: "no longer kept" }, clock);
  }

  #refreshStateLater(): void {
    const { clock, limits } = this.#options;
    this.#cancelStateRefresh = clock.after(limits.stateEveryMs, () => {
      this.#tellState(true);
      this.#refreshStateLater();
    });
  }

  #tellState(online: boolean): void {
    if (this.up) void this.#publishState(online).catch(() => undefined);
  }

  #publishState(online: boolean): Promise<void> {
    const { link, presence, outbox, clock } = this.#options;
    this.#clockTold = clock.quality();
    const sinceMs = online ? this.#upSinceMs : clock.wallMs();
    const state = gatewayState(presence, online, sinceMs, positionsOf(outbox));
    return link.publish(uplinkTopics.state(presence.name), JSON.stringify(state), { retain: true });
  }
}

export function positionsOf(outbox: Outbox): Positions {
  return { evt: outbox.position("evt"), tel: outbox.position("tel") };
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}
