// The production gateway, which says how it is whenever a line comes on stdin. Needs --expose-gc.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { readConfiguration } from "../../cli/configuration-file.ts";
import { openLog } from "../../cli/log.ts";
import { startGatewayAlone } from "../../cli/store.ts";
import { bootId, packageVersion, systemClock, systemRandom } from "../../cli/system.ts";

/** What the gateway says of itself. */
export interface HealthReport {
  readonly connections: number;
  readonly messages: number;
  readonly deadLetters: number;
  readonly cutConnections: number;
  readonly heapMegabytes: number;
  readonly sockets: number;
  /** The longest time since the last report that nobody was served while this process was at work. */
  readonly blockedMs: number;
}

const [file = ""] = process.argv.slice(2);
const reading = readConfiguration(readFileSync(file, "utf8"), file);
if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
const clock = systemClock();
const store = await startGatewayAlone(reading.configuration, {
  clock,
  random: systemRandom,
  boot: bootId(),
  version: packageVersion,
  log: openLog("error", "gateway", clock),
});
const broker = () => {
  const counts = store.gateway?.status().broker;
  if (counts === undefined) throw new Error("no store broker");
  return counts;
};

const lookEveryMs = 20;
let blockedMs = 0;
let lookedAtMs = clock.monotonicMs();
let processorMs = usedMs();

/** Time without a turn counts as blocked as far as it was worked in: a busy machine makes waits as well. */
function look(): void {
  const nowMs = clock.monotonicMs();
  const nowUsedMs = usedMs();
  const lateMs = nowMs - lookedAtMs - lookEveryMs;
  blockedMs = Math.max(blockedMs, Math.min(lateMs, nowUsedMs - processorMs));
  lookedAtMs = nowMs;
  processorMs = nowUsedMs;
  clock.after(lookEveryMs, look);
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function report(): HealthReport {
  const { connections, messages, deadLetters, cutConnections } = broker();
  const said = { connections, messages, deadLetters, cutConnections, blockedMs };
  globalThis.gc?.();
  // Collecting everything is the report's own doing.
  lookedAtMs = clock.monotonicMs();
  processorMs = usedMs();
  blockedMs = 0;
  const sockets = process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length;
  return { ...said, heapMegabytes: process.memoryUsage().heapUsed / 1e6, sockets };
}

look();
createInterface({ input: process.stdin })
  .on("line", () => console.log(JSON.stringify(report())))
  .on("close", () => void store.close().then(() => process.exit(0)));
console.log(JSON.stringify({ port: store.gateway?.brokerPort }));
