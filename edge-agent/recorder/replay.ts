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
    const sends = entry.direction === "out" && (entry.kind === "bytes" || entry.kind === "feature");
    return sends && untilMs - dueMs <= latenessMs && this.#firstDue(untilMs) === undefined;
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
    switch (entry.kind) {
      case "opened":
        return this.#begin(index);
      case "closed":
        return this.#end(entry);
      case "refused":
        return this.#say({ state: "refused", fault: entry.fault, detail: entry.detail });
      case "bytes":
        if (entry.direction === "in") this.#step({ kind: "bytes", bytes: bytesOf(entry.hex) });
        return;
      case "edge":
        return this.#step({ kind: "edge", line: entry.line, active: entry.active });
      case "command":
        return this.#step({ kind: "command", command: entry.command });
      case "feature":
      case "line":
      case "gap":
      case "end":
        return;
    }
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
    switch (effect.kind) {
      case "send":
      case "send-feature":
        return this.#compare(toHex(effect.bytes));
      case "timer":
        this.#cancel(effect.name);
        this.#order += 1;
        this.#timers.push({
          name: effect.name,
          dueMs: this.#nowMs + effect.delayMs,
          order: this.#order,
        });
        return;
      case "cancel-timer":
        return this.#cancel(effect.name);
      default:
        return this.#tell(effect);
    }
  }

  #tell(effect: SessionEffect): void {
    switch (effect.kind) {
      case "observe":
        return this.#sayReadings(this.#smoother.observe(effect.observation, this.#nowMs));
      case "ready":
        this.#smoother.look(true, this.#nowMs);
        return this.#say({ state: "ready" });
      case "healthy":
        return this.#say({ state: "healthy" });
      case "degraded":
        return this.#say({ state: "degraded", fault: effect.fault.code, detail: effect.fault.detail });
      case "give-up":
        this.#leave();
        return this.#say({ state: "gave-up", fault: effect.fault.code, detail: effect.fault.detail });
      case "noise":
        return this.#say({ noiseBytes: effect.byteCount });
      case "answer": {
        const { command, outcome, fault } = effect;
        const answer = { kind: "answer", command, outcome, ...(fault === undefined ? {} : { fault }) } as const;
        return this.#sayReadings([answer]);
      }
      default:
        return;
    }
  }

  #compare(hex: string): void {
    if (this.#expected === undefined) return;
    const recorded = this.#expected.shift();
    // What it would have sent next lies behind the recording's end.
    const last = (this.#recording.entries.at(-1)?.t ?? 0) - this.#skippedMs;
    if (recorded === hex || (recorded === undefined && last - this.#nowMs <= latenessMs)) return;
    this.#expected = undefined;
    this.#say({ sends: hex, ...(recorded === undefined ? {} : { recorded }) });
  }

  #cancel(name: string): void {
    this.#timers = this.#timers.filter((timer) => timer.name !== name);
  }

  #sayReadings(readings: readonly Observation[]): void {
    for (const reading of readings) this.#say({ reading });
  }

  #say(what: Replayed extends infer Line ? (Line extends unknown ? Omit<Line, "t"> : never) : never): void {
    const t = Math.round((this.#nowMs + this.#skippedMs) * 1_000) / 1_000;
    this.said.push({ t, ...what } as Replayed);
  }
}

/** What was sent on the connection that begins here, up to its end or a gap. */
function sentBehind(entries: readonly RecordingEntry[]): string[] {
  const sent: string[] = [];
  for (const entry of entries) {
    if (entry.kind === "closed" || entry.kind === "opened" || entry.kind === "gap") break;
    if (entry.direction === "out" && (entry.kind === "bytes" || entry.kind === "feature"))
      sent.push(entry.hex);
  }
  return sent;
}
