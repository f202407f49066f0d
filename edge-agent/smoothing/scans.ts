import type { Observation } from "../../protocols/readings.ts";

export type ScanObservation = Extract<Observation, { kind: "scan" }>;

export interface ScanSettings {
  readonly scanRepeatMs: number;
}

/** Different codes remembered at a time: more than a scanner reads within the longest repeat time. */
export const scansMax = 200;

/** The same code read again and again while it is held before the window is one scan. */
export interface Scans {
  scanned(scan: ScanObservation, nowMs: number): readonly ScanObservation[];
}

export function scans(settings: ScanSettings): Scans {
  /** When each code was last read, the longest ago first; two labels on one box are read in turn. */
  const lastMs = new Map<string, number>();
  const forget = (nowMs: number): void => {
    for (const [code, seenMs] of lastMs) {
      if (nowMs - seenMs < settings.scanRepeatMs && lastMs.size < scansMax) break;
      lastMs.delete(code);
    }
  };
  return {
    scanned(scan, nowMs) {
      const code = `${scan.aim ?? ""} ${scan.bytesHex}`;
      const seenMs = lastMs.get(code);
      const isRepeat = seenMs !== undefined && nowMs - seenMs < settings.scanRepeatMs;
      lastMs.delete(code);
      forget(nowMs);
      lastMs.set(code, nowMs);
      return isRepeat ? [] : [scan];
    },
  };
}
