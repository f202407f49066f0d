import type { Occurrence } from "./scenario-schema.ts";

/** Whether what happens to a device at that time may go unnoticed. */
export type IsBlind = (device: string, atMs: number) => boolean;

/** After a fault on the line has ended, the session needs up to three lost answers to find back. */
const recoveryMs = 4_000;
/** After a cable was put back, the agent waits its backoff, opens and greets. */
const reconnectMs = 20_000;
/** Faults that a session bears without losing anything. */
const harmless: ReadonlySet<string> = new Set(["split"]);
/** What happens to a device that takes its sight, by the kind of the stimulus, with what ends it. */
const blinding: Readonly<Record<string, string | undefined>> = {
  "antenna-lost": "antenna-back",
  restart: undefined,
  "power-up": undefined,
  load: "load",
  paper: "paper",
  cover: "cover",
  error: "error",
  hang: "hang",
  "paper-ends-before-cut": "paper",
};
/** Values that take nothing, though their kind may: a closed cover, a new roll. */
const sound: ReadonlySet<unknown> = new Set(["ok", "near-end", "closed", false]);
const isSound = ({ paper, cover, error, hanging }: Record<string, unknown>): boolean =>
  [paper, cover, error, hanging].some((value) => sound.has(value));

interface Window {
  readonly device: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Looks through the timeline for the times in which a device sees badly or not at all. */
export function blindness(timeline: readonly Occurrence[], durationMs: number): IsBlind {
  const windows = timeline.flatMap((occurrence) => windowOf(occurrence, timeline, durationMs));
  return (device, atMs) =>
    windows.some((window) => window.device === device && atMs >= window.fromMs && atMs <= window.toMs);
}

function windowOf(
  occurrence: Occurrence,
  timeline: readonly Occurrence[],
  durationMs: number,
): readonly Window[] {
  const { device, atMs: fromMs } = occurrence;
  switch (occurrence.what) {
    case "line-fault":
      return harmless.has(occurrence.fault)
        ? []
        : [{ device, fromMs, toMs: fromMs + occurrence.lastsMs + recoveryMs }];
    case "unplug":
      return [{ device, fromMs, toMs: (occurrence.replugAtMs ?? durationMs) + reconnectMs }];
    case "stimulus":
      return windowOfStimulus(occurrence, timeline, durationMs);
  }
}

function windowOfStimulus(
  { device, atMs: fromMs, stimulus }: Occurrence & { what: "stimulus" },
  timeline: readonly Occurrence[],
  durationMs: number,
): readonly Window[] {
  const kind = String(stimulus["kind"]);
  if (!Object.hasOwn(blinding, kind) || isSound(stimulus)) return [];
  const opposite = blinding[kind];
  const end = timeline.find(
    (later) =>
      later.what === "stimulus" &&
      later.device === device &&
      later.atMs > fromMs &&
      later.stimulus["kind"] === opposite,
  );
  const toMs = opposite === undefined ? fromMs : (end?.atMs ?? durationMs);
  return [{ device, fromMs, toMs: toMs + reconnectMs }];
}
