// The guest's program: `storewire run` with simulated devices in its own process, its database on the disk that is going
// to lose its power, its headquarters outside. Each reading is printed once it is on disk.
import { readFileSync, writeSync } from "node:fs";
import { readConfiguration } from "../../cli/configuration-file.ts";
import { openLog } from "../../cli/log.ts";
import { startWholeStore } from "../../cli/store.ts";
import { bootId, packageVersion, systemClock, systemRandom } from "../../cli/system.ts";
import { carryInProcess } from "../../simulators/carriers/in-process.ts";
import { createButtons } from "../../simulators/devices/gpio-buttons.ts";
import { createSerialScanner } from "../../simulators/devices/serial-scanner.ts";
import { scanOf } from "../durability/caused.ts";
import type { Place } from "./commit-plan.ts";
import { actEveryMs, burstScans, type PlannedAct, plannedActs } from "./store-plan.ts";

/** What the host asks for, in /guest/out/settings.json. */
export interface StoreProcessSettings extends Place {
  /** false: nothing happens any more, only the uplink has work. */
  readonly acts: boolean;
}

const settings = JSON.parse(readFileSync("/guest/out/settings.json", "utf8")) as StoreProcessSettings;
const file = "/guest/out/storewire.json";
const configuration = readConfiguration(readFileSync(file, "utf8"), file);
if (!configuration.ok) throw new Error(JSON.stringify(configuration.errors));
const clock = systemClock();
const scanner = carryInProcess(createSerialScanner({ suffix: "cr", aimPrefix: true }), {
  clock,
  kind: "serial",
});
const kiosk = carryInProcess(createButtons({ bounces: 2 }), { clock, kind: "gpio" });
const counter = carryInProcess(createButtons({ bounces: 2 }), { clock, kind: "gpio" });
await startWholeStore(configuration.configuration, {
  clock,
  random: systemRandom,
  boot: bootId(),
  version: packageVersion,
  log: openLog("warn", "run", clock),
  simulated: new Map([
    ["scanner", scanner.transport],
    ["kiosk", kiosk.transport],
    ["counter", counter.transport],
  ]),
  onCommitted: (readings) => {
    for (const reading of readings) writeSync(1, `committed ${JSON.stringify(reading)}\n`);
  },
});
writeSync(1, "started\n");
if (settings.acts) actOn(plannedActs(settings));

function actOn(acts: readonly PlannedAct[]): void {
  const isBurst = acts[0]?.kind === "scan" && acts[0].serial % 3 === 0;
  const now = acts.slice(0, isBurst ? burstScans : 1);
  for (const each of now) act(each);
  clock.after(actEveryMs, () => actOn(acts.slice(now.length)));
}

function act(planned: PlannedAct): void {
  if (planned.kind === "scan") scanner.stimulate({ kind: "scan", ...scanOf(planned.serial) });
  else if (planned.kind === "issue") kiosk.stimulate({ kind: "press", line: "ticket", holdMs: 20 });
  else counter.stimulate({ kind: "press", line: "call", holdMs: 20 });
}
