import type { Logger } from "pino";
import type { Cancel, Clock } from "../protocols/clock.ts";
import { type Verdict, verdictOf, type Watched, watchedNothing, watchPulses } from "../protocols/progress.ts";
import type { DeviceRunner } from "./device-runner.ts";
import { careFor, type LoopCare, lookEveryMs, mayComeBack, uncared } from "./loop-watch.ts";

/** A device whose loop could not be helped inside this process. */
export interface StuckDevice {
  readonly device: string;
  /** It was ready once since this process began, so a new process may well help. */
  readonly worked: boolean;
}

interface Kept {
  readonly runner: DeviceRunner;
  care: LoopCare;
  watched: Watched;
  restarts: number;
}

/** Looks again and again whether each device's loop gets on; begins anew the one that does not, and only that. */
export class LoopKeeper {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #kept: ReadonlyMap<string, Kept>;
  #cancel: Cancel = () => undefined;

  constructor(runners: ReadonlyMap<string, DeviceRunner>, clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
    const watched = watchedNothing(clock.monotonicMs());
    this.#kept = new Map(
      [...runners].map(([device, runner]) => [device, { runner, care: uncared, watched, restarts: 0 }]),
    );
  }

  start(): void {
    this.#cancel = this.#clock.after(lookEveryMs, () => {
      for (const [device, kept] of this.#kept) this.#look(device, kept);
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }

  /** How often this device's loop was begun anew. */
  restarts(device: string): number {
    return this.#kept.get(device)?.restarts ?? 0;
  }

  /** Those that were set aside. */
  stuck(): readonly StuckDevice[] {
    return [...this.#kept]
      .filter(([, { care }]) => care.aside !== undefined)
      .map(([device, { runner }]) => ({ device, worked: runner.worked }));
  }

  #look(device: string, kept: Kept): void {
    const nowMs = this.#clock.monotonicMs();
    const { runner } = kept;
    if (kept.care.aside !== undefined) return this.#lookAside(device, kept, nowMs);
    const pulses = runner.pulses();
    kept.watched = watchPulses(kept.watched, pulses, nowMs, 2 * lookEveryMs);
    const verdict = verdictOf(kept.watched, pulses);
    if (verdict.kind === "stuck") this.#care(device, kept, nowMs, verdict);
  }

  #care(device: string, kept: Kept, nowMs: number, stuck: Verdict & { kind: "stuck" }): void {
    const { part, stillMs } = stuck;
    kept.care = careFor(kept.care, nowMs, kept.runner.callsOut);
    const isAside = kept.care.aside !== undefined;
    const remedy = isAside ? "set-aside" : "restart";
    this.#log.error({ event: "device-loop-stuck", device, part, stillMs, remedy });
    if (!isAside) this.#renew(kept, nowMs);
    else kept.runner.setAside(`its ${part} stood still for ${Math.round(stillMs / 1_000)} s again`);
  }

  /** From now on it is as good as any other. */
  #lookAside(device: string, kept: Kept, nowMs: number): void {
    const { runner } = kept;
    const { state, fault } = runner.condition();
    const askedFor = state !== "faulted" || fault?.code !== "device-stuck";
    if (!askedFor && !mayComeBack(kept.care, nowMs, runner.callsOut)) return;
    kept.care = uncared;
    kept.watched = watchedNothing(nowMs);
    this.#log.info({ event: "device-loop-back", device, askedFor });
    if (!askedFor) this.#renew(kept, nowMs);
  }

  #renew(kept: Kept, nowMs: number): void {
    kept.restarts += 1;
    kept.watched = watchedNothing(nowMs);
    kept.runner.renew();
  }
}
