import type { RunningSession, SessionEffect, SessionInput } from "../../drivers/driver.ts";
import type { DeviceConfig } from "../../protocols/config/devices.ts";
import type { FaultCode } from "../../protocols/faults.ts";
import type { Observation } from "../../protocols/readings.ts";
import { bytesOf, type Recording, type RecordingEntry } from "../../protocols/recording.ts";
import { toHex } from "../../protocols/stream/bytes.ts";
import { type Smoother, smoother } from "../smoothing.ts";

/** What the driver makes of a recording; `t` as in the recording. */
export type Replayed = { readonly t: number } & (
  | { readonly reading: Observation }
  | {
      readonly state: "opened" | "ready" | "degraded" | "healthy" | "gave-up" | "refused" | "closed";
      readonly fault?: FaultCode;
      readonly detail?: string;
    }
  | { readonly noiseBytes: number }
  /** The driver now says something else than it did then; said once a connection. `recorded` where it said anything. */
  | { readonly sends: string; readonly recorded?: string }
);

/** Our own timers are late by what the box was busy then; a driver that sends later than this does so by itself. */
const latenessMs = 250;

interface Timer {
  readonly name: string;
  readonly dueMs: number;
  readonly order: number;
}

/**
 * Plays a recording into a driver: the same bytes at the same times, a fresh session for each connection. No
 * clock is involved, so the same file always says the same. A driver that throws is a broken invariant.
 */
export function replay(
  recording: Recording,
  startSession: (device: DeviceConfig) => RunningSession,
): readonly Replayed[] {
  const player = new Player(recording, startSession);
  player.play();
  return player.said;
}

class Player {
  readonly said: Replayed[] = [];
  readonly #recording: Recording;
  readonly #start: (device: DeviceConfig) => RunningSession;
  readonly #smoother: Smoother;
  #session: RunningSession | undefined;
  #timers: Timer[] = [];
  #order = 0;
  #nowMs = 0;
  /** Time that gaps have taken out, so that no timer runs down in what nobody knows. */
  #skippedMs = 0;
  /** What the driver sent then and has not sent yet; undefined where that can no longer be compared. */
  #expected: string[] | undefined;

  /** What becomes of each effect of a session; a reader's own clock is measured by the agent's, and here is none. */
  readonly #deeds: {
    readonly [Kind in SessionEffect["kind"]]: (effect: Extract<SessionEffect, { kind: Kind }>) => void;
  } = {
    send: ({ bytes }) => this.#compare(toHex(bytes)),
    "send-feature": ({ bytes }) => this.#compare(toHex(bytes)),
    "set-line": ({ line, active, command }) => {
      this.#compare(wordOf(line, active));
      // As the runner does it once the line is driven.
      if (command !== undefined) this.#sayReadings([{ kind: "answer", command, outcome: "done" }]);
    },
    timer: (timer) => this.#arm(timer),
    "cancel-timer": ({ name }) => this.#cancel(name),
    observe: ({ observation }) => this.#sayReadings(this.#smoother.observe(observation, this.#nowMs)),
    answer: ({ kind, command, outcome, fault }) =>
      this.#sayReadings([{ kind, command, outcome, ...(fault === undefined ? {} : { fault }) }]),
    noise: ({ byteCount }) => this.#say({ noiseBytes: byteCount }),
    "reader-time": () => undefined,
    ready: (effect) => this.#become(effect),
    degraded: (effect) => this.#become(effect),
    healthy: (effect) => this.#become(effect),
    "give-up": (effect) => this.#become(effect),
  };

  constructor(recording: Recording, start: (device: DeviceConfig) => RunningSession) {
    this.#recording = recording;
    this.#start = start;
    this.#smoother = smoother(recording.header.device.smoothing);
  }

  play(): void {
    for (const [index, entry] of this.#recording.entries.entries()) {
      if (entry.kind === "gap") this.#skip(entry.t);
      else {
        this.#passTime(entry);
        this.#happen(entry, index);
      }
    }
  }

  /** Of a gap nothing is known but how long it was: as if it had not been. */
  #skip(t: number): void {
    this.#skippedMs = Math.max(this.#skippedMs, t - this.#nowMs);
    this.#expected = undefined;
  }

  #passTime(entry: RecordingEntry): void {
    const untilMs = Math.max(this.#nowMs, entry.t - this.#skippedMs);
    for (let due = this.#firstDue(untilMs); due !== undefined; due = this.#firstDue(untilMs)) {
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#turnTo(this.#isLate(due, entry, untilMs) ? untilMs : due.dueMs);
      this.#step({ kind: "timer", name: due.name });
    }
    this.#turnTo(untilMs);
  }

  #firstDue(untilMs: number): Timer | undefined {
    const due = this.#timers.filter(({ dueMs }) => dueMs <= untilMs);
    return due.toSorted((left, right) => left.dueMs - right.dueMs || left.order - right.order)[0];
  }

  /** Where the one timer that is due precedes a sending, it rang late then: the box was busy. Else times drift apart. */
  #isLate({ dueMs }: Timer, entry: RecordingEntry, untilMs: number): boolean {
    return (
      wordIn(entry) !== undefined && untilMs - dueMs <= latenessMs && this.#firstDue(untilMs) === undefined
    );
  }

  #turnTo(nowMs: number): void {
    for (let due = this.#smoother.dueMs(); due !== undefined && due <= nowMs; due = this.#smoother.dueMs()) {
      this.#nowMs = Math.max(this.#nowMs, due);
      const readings = this.#smoother.tick(this.#nowMs);
      if (readings.length === 0) break;
      this.#sayReadings(readings);
    }
    this.#nowMs = nowMs;
  }

  #happen(entry: RecordingEntry, index: number): void {
    if (entry.kind === "opened") return this.#begin(index);
    if (entry.kind === "closed") return this.#end(entry);
    if (entry.kind === "refused")
      return this.#say({ state: "refused", fault: entry.fault, detail: entry.detail });
    const input = inputOf(entry);
    if (input !== undefined) this.#step(input);
  }

  #begin(index: number): void {
    this.#session = this.#start(this.#recording.header.device);
    this.#timers = [];
    this.#expected = sentBehind(this.#recording.entries.slice(index + 1));
    this.#say({ state: "opened" });
    this.#step({ kind: "opened" });
  }

  #end({ fault, detail }: Extract<RecordingEntry, { kind: "closed" }>): void {
    if (this.#session === undefined) return;
    this.#leave();
    this.#say({
      state: "closed",
      ...(fault === undefined ? {} : { fault }),
      ...(detail === undefined ? {} : { detail }),
    });
  }

  #leave(): void {
    this.#session = undefined;
    this.#timers = [];
    this.#smoother.look(false, this.#nowMs);
  }

  #step(input: SessionInput): void {
    for (const effect of this.#session?.step(input) ?? []) this.#carryOut(effect);
  }

  #carryOut(effect: SessionEffect): void {
    const carryOut = this.#deeds[effect.kind] as (effect: SessionEffect) => void;
    carryOut(effect);
  }

  #arm({ name, delayMs }: Extract<SessionEffect, { kind: "timer" }>): void {
    this.#cancel(name);
    this.#order += 1;
    this.#timers.push({ name, dueMs: this.#nowMs + delayMs, order: this.#order });
  }

  #become(effect: Extract<SessionEffect, { kind: "ready" | "degraded" | "healthy" | "give-up" }>): void {
    if (effect.kind === "give-up") this.#leave();
    if (effect.kind === "ready") this.#smoother.look(true, this.#nowMs);
    const state = effect.kind === "give-up" ? "gave-up" : effect.kind;
    const why = "fault" in effect ? { fault: effect.fault.code, detail: effect.fault.detail } : {};
    this.#say({ state, ...why });
  }

  #compare(word: string): void {
    if (this.#expected === undefined) return;
    const recorded = this.#expected.shift();
    // What it would have sent next lies behind the recording's end.
    const last = (this.#recording.entries.at(-1)?.t ?? 0) - this.#skippedMs;
    if (recorded === word || (recorded === undefined && last - this.#nowMs <= latenessMs)) return;
    this.#expected = undefined;
    this.#say({ sends: word, ...(recorded === undefined ? {} : { recorded }) });
  }

  #cancel(name: string): void {
    this.#timers = this.#timers.filter((timer) => timer.name !== name);
  }

  #sayReadings(readings: readonly Observation[]): void {
    for (const reading of readings) this.#say({ reading });
  }

  #say(what: Replayed extends infer Line ? (Line extends unknown ? Omit<Line, "t"> : never) : never): void {
    const t = Math.round((this.#nowMs + this.#skippedMs) * 1_000) / 1_000;
    this.said.push({ t, ...what });
  }
}

/** What the driver was told on an open connection; nothing for what it did itself. */
function inputOf(entry: RecordingEntry): SessionInput | undefined {
  if (entry.kind === "edge") return { kind: "edge", line: entry.line, active: entry.active };
  if (entry.kind === "command") return { kind: "command", command: entry.command };
  const isHeard = entry.kind === "bytes" && entry.direction === "in";
  return isHeard ? { kind: "bytes", bytes: bytesOf(entry.hex) } : undefined;
}

/** What was sent on the connection that begins here, up to its end or a gap. */
function sentBehind(entries: readonly RecordingEntry[]): string[] {
  const sent: string[] = [];
  for (const entry of entries) {
    if (entry.kind === "closed" || entry.kind === "opened" || entry.kind === "gap") break;
    const word = wordIn(entry);
    if (word !== undefined) sent.push(word);
  }
  return sent;
}

/** What the driver said, so that it can be compared: bytes as hex, an output line by its name. */
function wordIn(entry: RecordingEntry): string | undefined {
  if (entry.kind === "line") return wordOf(entry.line, entry.active);
  const isSaid = (entry.kind === "bytes" && entry.direction === "out") || entry.kind === "feature";
  return isSaid ? entry.hex : undefined;
}

const wordOf = (line: string, active: boolean): string => `${line} ${active ? "on" : "off"}`;
