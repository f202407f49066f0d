import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { DeviceConfig } from "../../protocols/config/devices.ts";
import {
  type RecordedFact,
  type RecordingEntry,
  type RecordingHeader,
  recordingVersion,
  withoutSecrets,
} from "../../protocols/recording.ts";
import type { FlightRecorder, TimedFact } from "./flight-recorder.ts";

/** What is saved: a device's recorder, and who and when we are. */
export interface RecordingSource {
  readonly device: DeviceConfig;
  readonly recorder: FlightRecorder;
  readonly clock: Clock;
  readonly boot: string;
  readonly version: string;
}

export interface SaveOptions {
  /** What the ring holds goes first; without it only what comes. */
  readonly past: boolean;
  /** How long to listen on. */
  readonly lastsMs: number;
  readonly say: (line: RecordingHeader | RecordingEntry) => void;
  /** The last line has been said. */
  readonly ended: () => void;
}

/** Says a recording line by line: the header, what is known, then what comes. Cancelled, it says no more. */
export function saveRecording(source: RecordingSource, options: SaveOptions): Cancel {
  const { recorder, clock } = source;
  const { past, lastsMs, say, ended } = options;
  const known = past ? recorder.facts() : [];
  const startMs = known[0]?.timeMs ?? clock.monotonicMs();
  say(headerOf(source, startMs));
  const sayFact = ({ timeMs, fact }: TimedFact): void => say(entryOf(timeMs - startMs, fact));
  for (const each of known) sayFact(each);
  const end = (): void => {
    deaf();
    sayFact({ timeMs: clock.monotonicMs(), fact: { direction: "out", kind: "end" } });
    ended();
  };
  const deaf = lastsMs > 0 ? recorder.listen(sayFact) : () => undefined;
  if (lastsMs <= 0) {
    end();
    return () => undefined;
  }
  const stop = clock.after(lastsMs, end);
  return () => {
    stop();
    deaf();
  };
}

function headerOf({ device, clock, boot, version }: RecordingSource, startMs: number): RecordingHeader {
  const agoMs = clock.monotonicMs() - startMs;
  const start = { monotonicMs: startMs, wallMs: clock.wallMs() - agoMs, boot, clock: clock.quality() };
  return { recording: recordingVersion, device: withoutSecrets(device), start, version };
}

/** To the microsecond: finer than any of our clocks tells the truth. */
function entryOf(sinceMs: number, fact: RecordedFact): RecordingEntry {
  const t = Math.max(0, Math.round(sinceMs * 1_000) / 1_000);
  return { t, ...fact };
}
