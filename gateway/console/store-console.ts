import type { Logger } from "pino";
import type { Clock } from "../../protocols/clock.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import type { Intake } from "../intake.ts";
import { queueCollection } from "../queue/queue-service.ts";
import { Console } from "./console.ts";
import { StoreViews } from "./store-views.ts";

export interface StoreConsoleOptions {
  readonly configuration: Configuration;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly boot: string;
  readonly version: string;
  readonly log: Logger;
}

/** The console of a running gateway: presses go to its intake, and pages show what that has on disk. */
export function openStoreConsole(options: StoreConsoleOptions): Promise<Console> {
  const { configuration, intake, clock, boot, version, log } = options;
  const views = new StoreViews({
    configuration,
    documents: () => intake.documents(queueCollection),
    isOnDisk: () => intake.isOnDisk,
    now: () => ({
      now: {
        wallMs: Math.floor(clock.wallMs()),
        monotonicMs: clock.monotonicMs(),
        boot,
        clock: clock.quality(),
      },
      time: intake.time,
    }),
  });
  const accept: Intake["accept"] = (readings) => intake.accept(readings);
  return Console.open({
    configuration,
    views,
    accept,
    clock,
    boot,
    version,
    log: log.child({ part: "console" }),
  });
}
