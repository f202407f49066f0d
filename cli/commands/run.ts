import type { Configuration } from "../../protocols/config/configuration.ts";
import { cardGauge } from "../card-gauge.ts";
import type { Demand } from "../configuration-file.ts";
import { exitCodes } from "../exit-codes.ts";
import { openLog } from "../log.ts";
import { readingPrinter } from "../reading-printer.ts";
import { firstSignal } from "../signals.ts";
import {
  type Store,
  type Surroundings,
  startAgentAlone,
  startGatewayAlone,
  startWholeStore,
} from "../store.ts";
import { bootId, packageVersion, systemClock, systemRandom } from "../system.ts";
import { configurationOrComplain } from "./check.ts";

export type StorePart = "run" | "agent" | "gateway";

const starts: {
  readonly [Part in StorePart]: (configuration: Configuration, around: Surroundings) => Promise<Store>;
} = {
  run: startWholeStore,
  agent: startAgentAlone,
  gateway: startGatewayAlone,
};

/** An agent of its own has a gateway elsewhere. */
const brokerDemanded: Demand = ({ agent }) =>
  agent.brokerUrl === undefined
    ? [
        {
          path: ["agent", "brokerUrl"],
          found: "nothing",
          allowed: "mqtt://host:port of the gateway's store broker",
        },
      ]
    : [];

/** `storewire run|agent|gateway`: runs until SIGTERM or SIGINT, then ends in order. */
export async function runStore(part: StorePart, file: string, printReadings: boolean): Promise<void> {
  const configuration = configurationOrComplain(file, part === "agent" ? brokerDemanded : undefined);
  if (configuration === undefined) return;
  const clock = systemClock();
  const log = openLog(configuration.logLevel, part, clock);
  const signal = firstSignal();
  let askForRestart = (): void => {};
  const restart = new Promise<"restart">((resolve) => {
    askForRestart = () => resolve("restart");
  });
  const startedMs = clock.monotonicMs();
  const store = await starts[part](configuration, {
    clock,
    random: systemRandom,
    boot: bootId(),
    version: packageVersion,
    log,
    restart: () => askForRestart(),
    openCardGauge: (database) => cardGauge(database, startedMs),
    ...(printReadings ? { onCommitted: readingPrinter(process.stdout) } : {}),
  }).catch((error: unknown) => {
    log.fatal({ event: "start-failed", reason: error instanceof Error ? error.message : String(error) });
    process.exitCode = exitCodes.unavailable;
  });
  if (store === undefined) return;
  log.info({ event: "started", version: packageVersion, brokerPort: store.gateway?.brokerPort });
  await endInOrder(store, await Promise.race([signal, restart]), log);
}

/** A store that wants a new start ends with a code, for whoever watches over it starts it again. */
async function endInOrder(
  store: Store,
  signal: NodeJS.Signals | "restart",
  log: Surroundings["log"],
): Promise<void> {
  log.info({ event: "ending", signal });
  try {
    await store.close();
    process.exit(signal === "restart" ? exitCodes.unavailable : exitCodes.done);
  } catch (error) {
    log.error({ event: "end-failed", reason: String(error) });
    process.exit(exitCodes.failed);
  }
}
