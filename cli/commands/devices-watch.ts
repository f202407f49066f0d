import type { DeviceReport, DoorLine } from "../../protocols/door.ts";
import type { Reading } from "../../protocols/readings.ts";
import { configuredDevice } from "../devices/configured-device.ts";
import { openDesk } from "../devices/desk.ts";
import { observationWords } from "../devices/observation-words.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Language } from "../language.ts";
import { firstSignal } from "../signals.ts";

export interface WatchOptions {
  readonly config: string;
  readonly json: boolean;
  /** Everything that is observed, before it is smoothed. */
  readonly raw: boolean;
  readonly language: Language;
}

/** `storewire devices watch ID`: what the device says, as it says it, until Ctrl-C or the agent's end. */
export async function watchDevice(id: string, options: WatchOptions): Promise<number> {
  const configured = configuredDevice(options.config, id);
  if (configured === undefined) return exitCodes.configuration;
  const stopped = firstSignal();
  const desk = await openDesk(configured.configuration, configured.device);
  if (!desk.agentRuns) console.error(`no agent has ${id}: it is opened for this command alone`);
  // Nobody reads on: `| head` has what it wanted.
  process.stdout.on("error", () => process.exit(exitCodes.done));
  let refused = false;
  const asked = await desk.ask({ ask: "watch", device: id, raw: options.raw }, (line) => {
    if ("refused" in line) refused = true;
    const words = options.json ? JSON.stringify(line) : lineWords(line, options.language);
    if (words !== undefined) console.log(words);
  });
  const how = await Promise.race([stopped, asked.ended.then(() => "ended" as const)]);
  asked.stop();
  await desk.close();
  if (how === "ended" && !refused) console.error("the agent has ended");
  return how === "ended" ? exitCodes.unavailable : exitCodes.done;
}

function lineWords(line: DoorLine, language: Language): string | undefined {
  if ("reading" in line) return readingWords(line.reading, language);
  if ("observed" in line) return `          ${observationWords(line.observed, language)}`;
  if ("condition" in line) return conditionWords(line.condition, language);
  return "refused" in line ? line.refused : undefined;
}

function readingWords({ at, observation }: Reading, language: Language): string {
  const time = new Date(at.wallMs).toTimeString().slice(0, 8);
  return `${time}  ${observationWords(observation, language)}`;
}

/** As its health says it, for that is what changes it later. */
function conditionWords({ state, fault, noiseBytes, ...rest }: DeviceReport, language: Language): string {
  const code = fault === undefined ? {} : { fault: fault.code };
  const health = { kind: "health", state, ...code, noiseBytes, droppedReadings: 0 } as const;
  return `${rest.device} (${rest.driver}, ${rest.readPoint})  ${observationWords(health, language)}`;
}
