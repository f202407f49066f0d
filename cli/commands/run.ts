import { openDoor } from "../../edge-agent/door/door.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { cardGauge } from "../card-gauge.ts";
import type { Demand } from "../configuration-file.ts";
import { exitCodes } from "../exit-codes.ts";
import { openLog } from "../log.ts";
import { readingPrinter } from "../reading-printer.ts";
import {
  type Store,
  type Surroundings,
  startAgentAlone,
  startGatewayAlone,
  startWholeStore,
} from "../store.ts";
import { serve } from "../supervision/service.ts";
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

/** `storewire run|agent|gateway`: runs until it is told to end, or cannot go on. */
export async function runStore(part: StorePart, file: string, printReadings: boolean): Promise<void> {
  const configuration = configurationOrComplain(file, part === "agent" ? brokerDemanded : undefined);
  if (configuration === undefined) return;
  const clock = systemClock();
  const log = openLog(configuration.logLevel, part, clock);
  const startedMs = clock.monotonicMs();
  const start = async (restart: () => void): Promise<Store | undefined> => {
    const store = await starts[part](configuration, {
      clock,
      random: systemRandom,
      boot: bootId(),
      version: packageVersion,
      log,
      restart,
      openCardGauge: (database) => cardGauge(database, startedMs),
      ...(printReadings ? { onCommitted: readingPrinter(process.stdout) } : {}),
    }).catch((error: unknown) => {
      log.fatal({ event: "start-failed", reason: error instanceof Error ? error.message : String(error) });
      process.exitCode = exitCodes.unavailable;
    });
    if (store === undefined) return undefined;
    const { brokerPort, consolePort } = store.gateway ?? {};
    log.info({ event: "started", version: packageVersion, brokerPort, consolePort });
    return await withDoor(store, configuration, { clock, log });
  };
  await serve({ start, clock, log });
}

/** A store with an agent can be asked by commands on the same box. */
async function withDoor(
  store: Store,
  { agent: { door: path } }: Configuration,
  { clock, log }: Pick<Surroundings, "clock" | "log">,
): Promise<Store> {
  const { agent } = store;
  if (agent === undefined) return store;
  const who = { random: systemRandom, boot: bootId(), version: packageVersion };
  const door = await openDoor({ agent, clock, log, path, ...who });
  return {
    ...store,
    async close() {
      await door?.close();
      await store.close();
    },
  };
}
