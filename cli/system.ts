import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { Clock, ClockQuality } from "../protocols/clock.ts";
import { initialQuality, qualityStep } from "../protocols/clock-quality.ts";
import type { Random } from "../protocols/random.ts";

/** When this version was made, moved at each release: a wall clock below it is plainly wrong. */
export const releasedMs = Date.UTC(2026, 10, 1);

/** systemd-timesyncd makes this file once it has set the clock since boot; /run is empty after a boot. */
const timesyncdMark = "/run/systemd/timesync/synchronized";
/** How long an answer about the clock is believed; looking costs a system call for every reading otherwise. */
const markBelievedMs = 1_000;
/** How long the kernel's answer is believed; asking starts a small program, until the first yes. */
const kernelBelievedMs = 10_000;
/** These programs answer in milliseconds; on a box without D-Bus or chronyd they may hang. */
const answerMsMax = 5_000;

/** What `systemClock` asks the machine; a test puts its own answers here. */
export interface TimeSources {
  /** Milliseconds since 1970 as the machine believes. */
  wallMs(): number;
  monotonicMs(): number;
  /** Whether a file is there. */
  exists(path: string): boolean;
  /** Whether the kernel or chrony counts the clock as synchronized, whoever synchronized it. */
  kernelSynchronized(): Promise<boolean>;
}

/**
 * The machine's clock: the one place in Storewire that reads the time.
 *
 * Quality is `synced` once wall time is not before the release of this version, and either timesyncd has
 * left its mark or the kernel says that its clock is synchronized (chrony, ntpd and PTP set that too). A
 * battery-backed clock alone is `estimated`: nobody knows how long the battery has been empty.
 */
export function systemClock(sources: TimeSources = machineSources): Clock {
  const askKernel = remembering(sources);
  let markSeen = false;
  let markSeenAtMs = Number.NEGATIVE_INFINITY;
  let state = initialQuality;
  const kept = (nowMs: number): boolean | undefined => {
    if (nowMs - markSeenAtMs >= markBelievedMs) {
      markSeen = sources.exists(timesyncdMark);
      markSeenAtMs = nowMs;
    }
    return markSeen || askKernel(nowMs);
  };
  const quality = (): ClockQuality => {
    const nowMs = sources.monotonicMs();
    const wallMs = sources.wallMs();
    // Nobody is asked about a clock that is believed already, or plainly wrong.
    const asked = state.quality === "synced" || wallMs < releasedMs ? undefined : kept(nowMs);
    state = qualityStep(state, { wallMs, monotonicMs: nowMs, kept: asked, earliestMs: releasedMs });
    return state.quality;
  };
  return {
    wallMs: () => sources.wallMs(),
    monotonicMs: () => sources.monotonicMs(),
    quality,
    after(delayMs, task) {
      const timer = setTimeout(task, Math.max(0, delayMs));
      return () => clearTimeout(timer);
    },
  };
}

/** CLOCK_MONOTONIC: the same zero for every process of this boot, so that their readings can be compared. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/** The kernel's last answer, undefined before the first; asks again in the background when it is old. */
function remembering(sources: TimeSources): (nowMs: number) => boolean | undefined {
  let answer: boolean | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    if (nowMs - askedAtMs < kernelBelievedMs) return answer;
    askedAtMs = nowMs;
    sources.kernelSynchronized().then(
      (synchronized) => {
        answer = synchronized;
      },
      () => {
        answer = false;
      },
    );
    return answer;
  };
}

const machineSources: TimeSources = {
  // oxlint-disable-next-line no-restricted-properties -- this file is the Clock that everybody else takes
  wallMs: () => Date.now(),
  monotonicMs,
  exists: existsSync,
  async kernelSynchronized() {
    // It asks the kernel for its error bound (adjtimex), which chrony keeps small even without `rtcsync`.
    const systemd = await answerOf("timedatectl", ["show", "--property=NTPSynchronized", "--value"]);
    if (systemd.trim() === "yes") return true;
    return chronySynchronized(await answerOf("chronyc", ["-c", "tracking"]));
  },
};

/** What a program prints; nothing where it is not there, fails or hangs. */
function answerOf(program: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, parameters, { timeout: answerMsMax }, (error, stdout) => {
      resolve(error === null ? stdout : "");
    });
  });
}

/** chrony's name for a server that has nothing but its own clock (`local` in its configuration). */
const chronyLocal = "7F7F0101";

/**
 * Reads `chronyc -c tracking`: fourteen fields, first the reference's id, last the leap status, which is
 * "Not synchronised" until a source has been selected. A box may be without D-Bus, and so without timedatectl.
 */
export function chronySynchronized(tracking: string): boolean {
  const fields = tracking.trim().split(",");
  const leap = fields.at(-1) ?? "";
  return fields.length >= 14 && fields[0] !== chronyLocal && leap !== "" && !leap.startsWith("Not");
}

/** 2^48: as many values as six bytes have, and exact in a double. */
const sixByteValues = 2 ** 48;

/** Asking the kernel costs a microsecond whatever the amount; ids of a thousand events share a question. */
const poolBytes = 16 * 1024;
let pool = Buffer.alloc(0);
let poolUsed = 0;

/** Bytes that nobody else gets; a view of the pool, which is never written again. */
function fromPool(count: number): Buffer {
  if (count > poolBytes) return randomBytes(count);
  if (poolUsed + count > pool.length) {
    pool = randomBytes(poolBytes);
    poolUsed = 0;
  }
  poolUsed += count;
  return pool.subarray(poolUsed - count, poolUsed);
}

/** The machine's random generator, good for secrets. */
export const systemRandom: Random = {
  fraction: () => fromPool(6).readUIntBE(0, 6) / sixByteValues,
  bytes: (count) => new Uint8Array(fromPool(count)),
};

/** Names this boot of the machine, to which monotonic times belong; one id per process where Linux tells none. */
export function bootId(path = "/proc/sys/kernel/random/boot_id"): string {
  try {
    return readFileSync(path, "utf8").trim() || processBoot;
  } catch {
    return processBoot;
  }
}
const processBoot = randomUUID();

/** The version in package.json, found above this file whether it runs from the sources or from dist/. */
export const packageVersion: string = readVersion();

function readVersion(): string {
  for (const above of ["../package.json", "../../package.json"]) {
    const path = new URL(above, import.meta.url);
    if (!existsSync(path)) continue;
    const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
    return version;
  }
  throw new Error("package.json is missing from this installation");
}
