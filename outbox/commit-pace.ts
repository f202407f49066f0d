/** What the disk is to be spared: how much may be written a day, and how long a commit may be held for that. */
export interface PaceRules {
  /** Longest time that a commit is held so that others can come along; 0 never holds one. */
  readonly waitMsMax: number;
  /** Bytes on the medium that a day may cost; Infinity never holds a commit. */
  readonly bytesPerDayMax: number;
}

/** An account in bytes: the day's budget flows in evenly, each commit takes what commits cost lately. */
export interface PaceState {
  readonly creditBytes: number;
  readonly bytesPerCommit: number;
  readonly commitsUnmeasured: number;
  readonly atMs: number;
  /** The account was overdrawn and has not recovered yet. */
  readonly sparing: boolean;
}

export type PaceInput =
  | { readonly kind: "committed"; readonly atMs: number }
  /** The kernel says that this process wrote so much since the last time that it was asked. */
  | { readonly kind: "measured"; readonly bytes: number; readonly atMs: number };

const dayMs = 86_400_000;
/** What is not used up is saved for no more than this part of a day, so that a quiet month excuses nothing. */
const savedDaysMax = 1 / 4;
/** A debt grows no further than this part of a day's budget: an hour after the rush commits are quick again. */
const debtDaysMax = 1 / 24;
/** Sparing ends when so much is saved again; between it and an empty account nothing changes (hysteresis). */
const recoveredDays = 1 / 96;
/** Before anything was measured: six pages of 4 KiB in the log, and once more at the checkpoint. */
const bytesPerCommitAtFirst = 49_152;
/** A measurement moves the price of a commit by this part, so that one odd minute does not decide. */
const measurementShare = 1 / 4;
/** Below half a sector or above a whole log no measurement can be right. */
const bytesPerCommitMin = 256;
const bytesPerCommitMax = 64 * 1024 * 1024;

export function newPace(rules: PaceRules, atMs: number): PaceState {
  return {
    creditBytes: rules.bytesPerDayMax * savedDaysMax,
    bytesPerCommit: bytesPerCommitAtFirst,
    commitsUnmeasured: 0,
    atMs,
    sparing: false,
  };
}

export function stepPace(state: PaceState, input: PaceInput, rules: PaceRules): PaceState {
  if (!Number.isFinite(rules.bytesPerDayMax)) return state;
  const refilled = refill(state, input.atMs, rules);
  if (input.kind === "measured") return priced(refilled, input.bytes);
  const debtMax = rules.bytesPerDayMax * debtDaysMax;
  const creditBytes = Math.max(-debtMax, refilled.creditBytes - refilled.bytesPerCommit);
  return {
    ...refilled,
    creditBytes,
    sparing: refilled.sparing || creditBytes < 0,
    commitsUnmeasured: refilled.commitsUnmeasured + 1,
  };
}

/** How long the next commit is held: from nothing at recovery up to the whole wait at the deepest debt. */
export function commitWaitMs({ creditBytes, sparing }: PaceState, rules: PaceRules): number {
  if (!sparing) return 0;
  const top = rules.bytesPerDayMax * recoveredDays;
  const depth = (top - creditBytes) / (top + rules.bytesPerDayMax * debtDaysMax);
  return Math.ceil(rules.waitMsMax * Math.min(1, Math.max(0, depth)));
}

function refill(state: PaceState, atMs: number, { bytesPerDayMax }: PaceRules): PaceState {
  const earned = (bytesPerDayMax * Math.max(0, atMs - state.atMs)) / dayMs;
  const creditBytes = Math.min(bytesPerDayMax * savedDaysMax, state.creditBytes + earned);
  const sparing = state.sparing && creditBytes < bytesPerDayMax * recoveredDays;
  return { ...state, creditBytes, sparing, atMs };
}

function priced(state: PaceState, bytes: number): PaceState {
  if (state.commitsUnmeasured === 0) return state;
  const measured = bytes / state.commitsUnmeasured;
  const next = state.bytesPerCommit + (measured - state.bytesPerCommit) * measurementShare;
  return {
    ...state,
    bytesPerCommit: Math.min(bytesPerCommitMax, Math.max(bytesPerCommitMin, next)),
    commitsUnmeasured: 0,
  };
}
