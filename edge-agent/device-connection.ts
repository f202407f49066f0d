import type { RunningSession, SessionEffect, SessionInput } from "../drivers/driver.ts";
import type { Cancel, Clock } from "../protocols/clock.ts";
import type { CommandOutcome, DeviceCommand } from "../protocols/commands.ts";
import type { Fault, FaultCode } from "../protocols/faults.ts";
import { heardReader, observedMs, type ReaderClock } from "../protocols/reader-clock.ts";
import type { Observation } from "../protocols/readings.ts";
import type { Connection, TransportListener } from "../protocols/transport.ts";
import { messageOf, settledWithin } from "./deadline.ts";
import { EffectQueue } from "./effect-queue.ts";

/** The longest print of 16 KiB takes 17 s at 9600 baud; what takes longer does not leave at all. */
export const sendMsMax = 20_000;
/** A close that hangs (a serial driver in trouble) must not keep the device from being tried again. */
export const closeMsMax = 5_000;
/** A farewell is a frame or two; a device that does not take them ends without. */
export const farewellMsMax = 500;
/** Longer than any device takes for a task; afterwards nobody knows what became of it. */
export const commandMsMax = 60_000;
/** Effects held back by a send that does not end; beyond it the connection is worth nothing. */
export const effectsWaitingMax = 10_000;
/** What a transport may say before its own `open` is fulfilled; it is a turn of the promise queue. */
export const earlyInputsMax = 1_000;

/** What the owner of a connection is told. */
export interface ConnectionEvents {
  ready(): void;
  degraded(fault: Fault): void;
  healthy(): void;
  /** `atMs`: when it was, on our monotonic clock, where the device knows better than the moment of its message. */
  observe(observation: Observation, atMs: number | undefined): void;
  noise(byteCount: number): void;
  answer(command: string, outcome: CommandOutcome, fault: FaultCode | undefined): void;
  /** Nothing more comes from this connection; it still has to be closed. */
  over(how: "gave-up" | "closed", fault: Fault): void;
  /** The driver threw; it comes before `over`, for the log. */
  broke(error: unknown): void;
}

/** One connection's life: the session, its timers, the effects in their order, the commands on their way. */
export class DeviceConnection {
  readonly #session: RunningSession;
  readonly #events: ConnectionEvents;
  readonly #clock: Clock;
  readonly #effects = new EffectQueue<SessionEffect>((effect) => this.#carryOut(effect));
  readonly #timers = new Map<string, Cancel>();
  readonly #commands = new Map<string, Cancel>();
  readonly #early: SessionInput[] = [];
  #connection: Connection | undefined;
  #over = false;
  #steps = 0;
  #readerClock: ReaderClock | undefined;
  #sentMs: number | undefined;

  constructor(session: RunningSession, events: ConnectionEvents, clock: Clock) {
    this.#session = session;
    this.#events = events;
    this.#clock = clock;
  }

  /** What the transport is given to speak to. */
  readonly listener: TransportListener = {
    bytes: (bytes) => this.#hear({ kind: "bytes", bytes }),
    edge: (line, active) => this.#hear({ kind: "edge", line, active }),
    closed: (fault) => this.#finish("closed", fault),
  };

  /** The transport is open: the session begins. */
  begin(connection: Connection): void {
    this.#connection = connection;
    this.#step({ kind: "opened" });
    for (const input of this.#early.splice(0)) this.#step(input);
  }

  /** Inputs that the session was given, whatever it made of them. */
  get steps(): number {
    return this.#steps;
  }

  /** Whether something will wake the session: its own timer, or for one that only listens the device. */
  get wakes(): boolean {
    return this.#timers.size > 0 || this.#effects.busy || this.#session.polls !== true;
  }

  /** Hands the command to the session; from here on it is answered, whatever happens. */
  take(command: DeviceCommand): void {
    const cancel = this.#clock.after(commandMsMax, () => this.#answer(command.id, "in-doubt", "silent"));
    this.#commands.set(command.id, cancel);
    this.#step({ kind: "command", command });
  }

  async close(): Promise<void> {
    this.#stop();
    const connection = this.#connection;
    if (connection === undefined) return;
    const closing = this.#sayFarewell(connection).then(() => connection.close());
    await settledWithin(this.#clock, closeMsMax, closing);
  }

  /** Whether or not it can still be heard: the connection ends in any case. */
  async #sayFarewell(connection: Connection): Promise<void> {
    try {
      const bytes = this.#session.farewell?.();
      if (bytes !== undefined) await settledWithin(this.#clock, farewellMsMax, connection.send(bytes));
    } catch (error) {
      this.#events.broke(error);
    }
  }

  #hear(input: SessionInput): void {
    if (this.#connection !== undefined) this.#step(input);
    else if (this.#early.length < earlyInputsMax) this.#early.push(input);
    else this.#finish("gave-up", { code: "driver-broken", detail: "the transport speaks before it is open" });
  }

  #step(input: SessionInput): void {
    if (this.#over) return;
    this.#steps += 1;
    this.#guard(() => this.#effects.push(this.#session.step(input)));
    if (this.#effects.length > effectsWaitingMax)
      this.#finish("gave-up", { code: "silent", detail: "the device takes no bytes" });
  }

  /** A driver that throws ends its own connection and nothing else. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#events.broke(error);
      this.#finish("gave-up", { code: "driver-broken", detail: messageOf(error) });
    }
  }

  #carryOut(effect: SessionEffect): void | Promise<void> {
    if (effect.kind === "send") return this.#send((connection) => connection.send(effect.bytes));
    if (effect.kind === "send-feature")
      return this.#send((connection) => connection.sendFeature(effect.bytes));
    if (effect.kind === "set-line") return this.#setLine(effect);
    if (effect.kind === "reader-time") return this.#hearTime(effect);
    this.#guard(() => this.#carryOutNow(effect));
  }

  #carryOutNow(
    effect: Exclude<SessionEffect, { kind: "send" | "send-feature" | "set-line" | "reader-time" }>,
  ): void {
    switch (effect.kind) {
      case "observe":
        return this.#events.observe(effect.observation, this.#timeOf(effect.readerMs));
      case "noise":
        return this.#events.noise(effect.byteCount);
      case "answer":
        return this.#answer(effect.command, effect.outcome, effect.fault);
      case "ready":
        return this.#events.ready();
      case "degraded":
        return this.#events.degraded(effect.fault);
      case "healthy":
        return this.#events.healthy();
      case "give-up":
        return this.#finish("gave-up", effect.fault);
      case "timer":
        return this.#startTimer(effect.name, effect.delayMs);
      case "cancel-timer":
        return this.#cancelTimer(effect.name);
    }
  }

  #hearTime({ readerMs, asked }: Extract<SessionEffect, { kind: "reader-time" }>): void {
    const askedMs = asked ? this.#sentMs : undefined;
    const heardMs = this.#clock.monotonicMs();
    this.#readerClock = heardReader(this.#readerClock, { readerMs, heardMs, askedMs });
  }

  /** A report tells the device's time as well: not later than now. */
  #timeOf(readerMs: number | undefined): number | undefined {
    if (readerMs === undefined) return undefined;
    const time = { readerMs, heardMs: this.#clock.monotonicMs() };
    this.#readerClock = heardReader(this.#readerClock, time);
    return observedMs(this.#readerClock, time);
  }

  async #send(sending: (connection: Connection) => Promise<void>): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || this.#over) return;
    this.#sentMs = this.#clock.monotonicMs();
    const sent = Promise.resolve().then(() => sending(connection));
    const settled = await settledWithin(this.#clock, sendMsMax, sent);
    if (settled.kind === "failed")
      this.#finish("closed", { code: "connection-lost", detail: messageOf(settled.error) });
    if (settled.kind === "late")
      this.#finish("gave-up", { code: "silent", detail: "the device takes no bytes" });
  }

  /** A line that could not be driven ends the connection, and with it the command is in doubt. */
  async #setLine({ line, active, command }: Extract<SessionEffect, { kind: "set-line" }>): Promise<void> {
    await this.#send((connection) => connection.setLine(line, active));
    if (command !== undefined && !this.#over) this.#answer(command, "done", undefined);
  }

  #startTimer(name: string, delayMs: number): void {
    this.#cancelTimer(name);
    const ring = (): void => {
      this.#timers.delete(name);
      this.#step({ kind: "timer", name });
    };
    this.#timers.set(name, this.#clock.after(delayMs, ring));
  }

  #cancelTimer(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }

  /** Only the first answer to a command that this connection was given counts. */
  #answer(command: string, outcome: CommandOutcome, fault: FaultCode | undefined): void {
    const cancel = this.#commands.get(command);
    if (cancel === undefined) return;
    cancel();
    this.#commands.delete(command);
    this.#events.answer(command, outcome, fault);
  }

  #finish(how: "gave-up" | "closed", fault: Fault): void {
    if (this.#over) return;
    this.#stop();
    this.#events.over(how, fault);
  }

  /** No more inputs; but what was observed before the end has been observed. */
  #stop(): void {
    if (this.#over) return;
    this.#over = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const effect of this.#effects.empty()) this.#keepFact(effect);
    for (const command of this.#commands.keys()) this.#answer(command, "in-doubt", "command-interrupted");
  }

  #keepFact(effect: SessionEffect): void {
    if (effect.kind === "observe" || effect.kind === "noise" || effect.kind === "answer")
      this.#guard(() => this.#carryOutNow(effect));
  }
}
