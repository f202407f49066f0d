import type { Cancel, Clock } from "../../protocols/clock.ts";
import { workLimits } from "./limits.ts";

/** Units of work that grow with time up to a burst; fines may bring it below zero. */
class Bucket {
  units: number;
  readonly #perSecond: number;
  readonly #burst: number;
  #atMs: number;

  constructor(rate: { readonly perSecond: number; readonly burst: number }, nowMs: number) {
    this.#perSecond = rate.perSecond;
    this.#burst = rate.burst;
    this.units = rate.burst;
    this.#atMs = nowMs;
  }

  refill(nowMs: number): void {
    const grown = this.units + ((nowMs - this.#atMs) / 1_000) * this.#perSecond;
    this.units = Math.min(this.#burst, grown);
    this.#atMs = nowMs;
  }
}

/**
 * How much work each client may make. Every client has a little of its own, which nobody can take away; what
 * it wants beyond comes out of a pool that is shared in turn. Who makes work that serves nobody pays for it
 * with its own share in advance, and has to stand still until that is paid.
 */
export class WorkBudget {
  readonly #clock: Clock;
  readonly #pool: Bucket;
  readonly #waiting = new Map<WorkShare, () => void>();
  #nextTurn: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    const rate = { perSecond: workLimits.poolUnitsPerSecond, burst: workLimits.poolUnitsBurst };
    this.#pool = new Bucket(rate, clock.monotonicMs());
  }

  openShare(): WorkShare {
    return new WorkShare(this.#clock, this.#pool, {
      wait: (share, go) => this.#wait(share, go),
      leave: (share) => this.#waiting.delete(share),
    });
  }

  close(): void {
    this.#nextTurn?.();
    this.#waiting.clear();
  }

  #wait(share: WorkShare, go: () => void): void {
    this.#waiting.set(share, go);
    this.#nextTurn ??= this.#clock.after(workLimits.turnEveryMs, () => this.#turn());
  }

  /** Whoever had something of the pool longest ago comes first; one may take all that has gathered. */
  #turn(): void {
    this.#nextTurn = undefined;
    const inTurn = [...this.#waiting].toSorted(([one], [other]) => one.pooledAtMs - other.pooledAtMs);
    for (const [share, go] of inTurn) {
      if (!share.mayWork && !share.isHopeless) continue;
      this.#waiting.delete(share);
      go();
    }
    if (this.#waiting.size > 0) {
      this.#nextTurn ??= this.#clock.after(workLimits.turnEveryMs, () => this.#turn());
    }
  }
}

interface Queue {
  wait(share: WorkShare, go: () => void): void;
  leave(share: WorkShare): void;
}

/** One client's. */
export class WorkShare {
  readonly #clock: Clock;
  readonly #own: Bucket;
  readonly #pool: Bucket;
  /** With its useless work. */
  readonly #patience: Bucket;
  readonly #queue: Queue;
  finedTimes = 0;
  /** When it last had something of the pool. */
  pooledAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, pool: Bucket, queue: Queue) {
    this.#clock = clock;
    this.#pool = pool;
    this.#queue = queue;
    const nowMs = clock.monotonicMs();
    const own = { perSecond: workLimits.ownUnitsPerSecond, burst: workLimits.ownUnitsBurst };
    const useless = { perSecond: workLimits.uselessUnitsPerSecond, burst: workLimits.uselessUnitsBurst };
    this.#own = new Bucket(own, nowMs);
    this.#patience = new Bucket(useless, nowMs);
  }

  get mayWork(): boolean {
    this.#refill();
    return this.#own.units >= 1 || (this.#own.units >= 0 && this.#pool.units >= 1);
  }

  /** It made so much useless work that nothing else can be meant. */
  get isHopeless(): boolean {
    this.#refill();
    return this.#patience.units < 0;
  }

  /** Work that was done: out of the own share first, then the pool's; what neither has is owed. */
  pay(units: number): void {
    this.#refill();
    const own = Math.min(Math.max(0, this.#own.units), units);
    const rest = units - own;
    this.#own.units -= own;
    if (rest === 0) return;
    if (this.#pool.units < rest) return this.#owe(rest);
    this.#pool.units -= rest;
    this.pooledAtMs = this.#clock.monotonicMs();
  }

  /** Work that served nobody: out of the own share alone, and noted. */
  fine(units: number): void {
    this.#refill();
    this.finedTimes += 1;
    this.#owe(units);
    this.#patience.units -= units;
  }

  #owe(units: number): void {
    this.#own.units = Math.max(-workLimits.debtUnitsMax, this.#own.units - units);
  }

  /** Calls `go` once this client may work again, or is hopeless. */
  wait(go: () => void): void {
    this.#queue.wait(this, go);
  }

  leave(): void {
    this.#queue.leave(this);
  }

  #refill(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const bucket of [this.#own, this.#pool, this.#patience]) bucket.refill(nowMs);
  }
}
