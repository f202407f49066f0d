import { FlightRecorder } from "../../edge-agent/recorder/flight-recorder.ts";
import { ringBytesMax, ringEntriesMax } from "../../edge-agent/recorder/flight-ring.ts";
import type { Clock } from "../../protocols/clock.ts";
import type { Connection, Transport, TransportListener } from "../../protocols/transport.ts";
import { serialLine } from "./codecs.ts";
import { atMost, rounded, type Target } from "./figures.ts";

export interface RecorderFigures {
  readonly microsecondsPerChunk: Target;
  /** Of one core, for a serial line that is full all the time, in chunks of one R2000 tag packet. */
  readonly shareOfCoreAtFullLine: Target;
  readonly memoryKilobytesPerDevice: Target;
}

const chunkBytes = 21;
const measuredMs = 400;
const chunksPerRound = 10_000;

/** What it costs that a flight recorder listens to each device, always: the tapped transport against the bare one. */
export async function measureRecorder(clock: Clock): Promise<RecorderFigures> {
  const tapped = await secondsPerChunk(clock, (transport) => new FlightRecorder(clock).tap(transport));
  const bare = await secondsPerChunk(clock, (transport) => transport);
  const seconds = Math.max(0, tapped - bare);
  return {
    microsecondsPerChunk: atMost(seconds * 1e6, 5),
    shareOfCoreAtFullLine: atMost(rounded((seconds * serialLine.bytesPerSecond) / chunkBytes), 0.003),
    // Three typed arrays of thirteen bytes an entry beside the bytes.
    memoryKilobytesPerDevice: atMost((ringBytesMax + 13 * ringEntriesMax) / 1_024, 256),
  };
}

async function secondsPerChunk(clock: Clock, wrap: (transport: Transport) => Transport): Promise<number> {
  let device: TransportListener | undefined;
  const done = (): Promise<void> => Promise.resolve();
  const connection: Connection = { send: done, sendFeature: done, setLine: done, close: done };
  const transport = wrap({
    open(listener) {
      device = listener;
      return Promise.resolve({ ok: true, connection });
    },
  });
  let heardBytes = 0;
  const bytes = (chunk: Uint8Array): void => void (heardBytes += chunk.length);
  await transport.open({ bytes, edge: () => {}, closed: () => {} });
  const chunk = new Uint8Array(chunkBytes).fill(0xa0);
  const round = (): void => {
    for (let at = 0; at < chunksPerRound; at += 1) device?.bytes(chunk);
  };
  round();
  const before = process.cpuUsage();
  const startedMs = clock.monotonicMs();
  let rounds = 0;
  while (clock.monotonicMs() - startedMs < measuredMs) {
    round();
    rounds += 1;
  }
  const { user, system } = process.cpuUsage(before);
  if (heardBytes !== (rounds + 1) * chunksPerRound * chunkBytes) throw new Error("chunks were lost");
  return (user + system) / 1e6 / (rounds * chunksPerRound);
}
