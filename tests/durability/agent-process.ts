// `storewire agent` with push buttons in its own process, because no GPIO line reaches into another one:
// the production agent, its real spool and links; `PANEL LINE` on stdin presses a button. Each reading is
// printed once it is on disk, which is the agent's commit point.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { readConfiguration } from "../../cli/configuration-file.ts";
import { openLog } from "../../cli/log.ts";
import { startAgentAlone } from "../../cli/store.ts";
import { bootId, packageVersion, systemClock, systemRandom } from "../../cli/system.ts";
import { carryInProcess } from "../../simulators/carriers/in-process.ts";
import { createButtons } from "../../simulators/devices/gpio-buttons.ts";

const [file = ""] = process.argv.slice(2);
const reading = readConfiguration(readFileSync(file, "utf8"), file);
if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
const clock = systemClock();
const buttons = () => carryInProcess(createButtons({ bounces: 2 }), { clock, kind: "gpio" });
const panels = new Map([
  ["kiosk", buttons()],
  ["counter", buttons()],
]);
await startAgentAlone(reading.configuration, {
  clock,
  random: systemRandom,
  boot: bootId(),
  version: packageVersion,
  log: openLog("warn", "agent", clock),
  simulated: new Map([...panels].map(([name, { transport }]) => [name, transport])),
  onCommitted: (readings) => {
    for (const each of readings) process.stdout.write(`${JSON.stringify(each)}\n`);
  },
});
createInterface({ input: process.stdin }).on("line", (line) => {
  const [panel = "", name = ""] = line.split(" ");
  panels.get(panel)?.stimulate({ kind: "press", line: name, holdMs: 20 });
});
