import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { recordMsMax } from "../../protocols/door.ts";
import { recordingBytesMax } from "../../protocols/recording.ts";
import { configuredDevice } from "../devices/configured-device.ts";
import { openDesk } from "../devices/desk.ts";
import { progressBar } from "../devices/progress-bar.ts";
import { exitCodes } from "../exit-codes.ts";
import { firstSignal } from "../signals.ts";
import { systemClock } from "../system.ts";
import { UsageError } from "../usage-error.ts";

export interface RecordOptions {
  readonly config: string;
  /** How long to listen on; absent: what the running agent remembers, or ten seconds where none runs. */
  readonly seconds?: number;
  readonly output?: string;
  /** False: only what comes from now on. */
  readonly past: boolean;
}

/** Where nobody remembers anything, some time of it has to do. */
const secondsAlone = 10;

/** `storewire record DEVICE`: saves what passed between a device and us; the result is the exit code. */
export async function recordDevice(id: string, options: RecordOptions): Promise<number> {
  const { seconds, past } = options;
  if (seconds !== undefined && seconds * 1_000 > recordMsMax)
    throw new UsageError(`at most ${recordMsMax / 1_000} seconds`);
  const configured = configuredDevice(options.config, id);
  if (configured === undefined) return exitCodes.configuration;
  const stopped = firstSignal();
  const out = options.output === undefined ? process.stdout : createWriteStream(options.output);
  const failed = failureOf(out);
  const desk = await openDesk(configured.configuration, configured.device);
  const lastsMs = Math.round((seconds ?? (desk.agentRuns ? 0 : secondsAlone)) * 1_000);
  const saver = new Saver(out);
  const bar = progressBar(systemClock(), lastsMs);
  const asked = await desk.ask({ ask: "record", device: id, past, lastsMs }, (line) => saver.take(line));
  await Promise.race([asked.ended, stopped, saver.full, failed]);
  asked.stop();
  bar();
  await desk.close();
  return await saver.close(out === process.stdout ? undefined : options.output);
}

/** A folder that is not there, a disk that is full, a reader that has left. */
function failureOf(out: Writable): Promise<void> {
  return new Promise((resolve) => {
    out.on("error", (error) => {
      console.error(`storewire: ${error.message}`);
      resolve();
    });
  });
}

/** Writes lines until the file is as large as a recording may be. */
class Saver {
  readonly full: Promise<void>;
  readonly #out: Writable;
  #lines = 0;
  #bytes = 0;
  #refused = false;
  #setFull: () => void = () => undefined;

  constructor(out: Writable) {
    this.#out = out;
    this.full = new Promise((resolve) => {
      this.#setFull = resolve;
    });
  }

  take(line: object): void {
    if ("refused" in line) {
      this.#refused = true;
      console.error(`storewire: ${String(line.refused)}`);
      return;
    }
    const text = `${JSON.stringify(line)}\n`;
    if (this.#bytes + text.length > recordingBytesMax) return this.#setFull();
    this.#bytes += text.length;
    this.#lines += 1;
    this.#out.write(text);
  }

  async close(file: string | undefined): Promise<number> {
    if (file !== undefined) {
      this.#out.end();
      await finished(this.#out).catch(() => undefined);
    }
    if (this.#out.errored !== null && this.#out.errored !== undefined) return exitCodes.unavailable;
    if (this.#refused) return exitCodes.unavailable;
    console.error(`${Math.max(0, this.#lines - 1)} entries${file === undefined ? "" : ` in ${file}`}`);
    return exitCodes.done;
  }
}
