import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemRandom } from "../../cli/system.ts";
import { type Clock, sleep } from "../../protocols/clock.ts";
import { newId } from "../../protocols/identity.ts";
import { attacks } from "../malice/attacks.ts";
import { packetType, publish } from "../mqtt/packets.ts";
import { RawClient } from "../mqtt/raw-client.ts";
import { freePort, type RealBroker } from "../real-broker.ts";
import { siteConfiguration } from "../site.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";
import { atMost, type Latency, latencyOf, rounded, type Target } from "./figures.ts";

/** A busy agent: what every client may send whatever the others do. */
const readingsPerSecond = 40;
const warmUpMs = 5_000;
const peaceMs = 5_000;
/** 600 samples, so that the 99th percentile is not one of them alone. */
const attackMs = 15_000;

interface UnderAttack extends Latency {
  /** 99th percentile beside that of the peace before and after. */
  readonly p99Ratio: Target;
  /** The same of the twin: what the machine itself did in these seconds. */
  readonly twinP99Ratio: number;
  readonly memoryMegabytes: number;
  readonly openFiles: number;
}

/** Latencies of both in the same seconds. */
interface Samples {
  readonly attacked: readonly number[];
  readonly twin: readonly number[];
}

/**
 * From an honest agent's PUBLISH to its PUBACK, which means "on disk", in peace and under each attack: the
 * production gateway in its own process, with accounts, and the attackers in theirs with one of them. Beside it
 * runs a twin that nobody attacks.
 */
export async function measureMalice(directory: string, broker: RealBroker, clock: Clock): Promise<unknown> {
  const attacked = await startGateway(directory, "attacked", broker);
  const twin = await startGateway(directory, "twin", broker);
  const measure = async (durationMs: number): Promise<Samples> => {
    const [ofAttacked, ofTwin] = await Promise.all(
      [attacked, twin].map(({ honest }) => measureFor(honest, durationMs, clock)),
    );
    return { attacked: ofAttacked ?? [], twin: ofTwin ?? [] };
  };
  const underAttack: Record<string, UnderAttack> = {};
  try {
    await measure(warmUpMs);
    let before = await measure(peaceMs);
    const filesInPeace = openFilesOf(attacked.process);
    for (const name of Object.keys(attacks)) {
      console.error(`under attack: ${name} ...`);
      const attacker = new StorewireProcess([name, String(attacked.port), secretOf("agent2")], {
        program: "tests/malice/attack-process.js",
      });
      await sleep(clock, 1_000);
      const during = await measure(attackMs);
      const memoryMegabytes = rounded(memoryOf(attacked.process));
      await attacker.kill();
      await waitUntil("the attackers are gone", () => openFilesOf(attacked.process) <= filesInPeace, 60_000);
      const after = await measure(peaceMs);
      const ratioOf = (side: keyof Samples): number =>
        latencyOf(during[side]).p99Ms / latencyOf([...before[side], ...after[side]]).p99Ms;
      underAttack[name] = {
        ...latencyOf(during.attacked),
        p99Ratio: atMost(ratioOf("attacked"), 2),
        twinP99Ratio: rounded(ratioOf("twin")),
        memoryMegabytes,
        openFiles: openFilesOf(attacked.process),
      };
      before = after;
    }
    return { inPeace: latencyOf(before.attacked), underAttack };
  } catch (error) {
    throw new Error(`${String(error)}\n${attacked.process.said()}`, { cause: error });
  } finally {
    for (const { honest, process } of [attacked, twin]) {
      honest.cut();
      await process.kill("SIGTERM");
    }
  }
}

async function startGateway(directory: string, name: string, broker: RealBroker) {
  const own = join(directory, name);
  mkdirSync(own);
  const port = await freePort();
  const process = new StorewireProcess(["gateway", "--config", siteWithAccounts(own, broker, port)]);
  return { process, port, honest: await firstConnection(port) };
}

const secretOf = (agent: string): string => `secret of ${agent}`;

function siteWithAccounts(directory: string, broker: RealBroker, brokerPort: number): string {
  const site = siteConfiguration({ directory, headquartersUrl: broker.url, brokerPort });
  const accounts = ["agent1", "agent2"].map((agent) => {
    const passwordFile = join(directory, agent);
    writeFileSync(passwordFile, secretOf(agent));
    return { username: `user-${agent}`, passwordFile, agent };
  });
  const file = join(directory, "storewire.yaml");
  const gateway = { ...site.gateway, broker: { port: brokerPort, accounts } };
  writeFileSync(file, JSON.stringify({ ...site, gateway }));
  return file;
}

async function firstConnection(port: number): Promise<RawClient> {
  const login = { username: "user-agent1", password: secretOf("agent1"), clientId: "agent-agent1" };
  let honest: RawClient | undefined;
  await waitUntil("the gateway listens", async () => {
    honest = await RawClient.connect(port, { ...login, keepaliveSeconds: 0 }).catch(() => undefined);
    return honest !== undefined;
  });
  if (honest === undefined) throw new Error("no connection");
  return honest;
}

let sequence = 0;

/** Publishes at its pace, each one once the one before has been acknowledged. */
async function measureFor(honest: RawClient, durationMs: number, clock: Clock): Promise<readonly number[]> {
  const samples: number[] = [];
  const endMs = clock.monotonicMs() + durationMs;
  while (clock.monotonicMs() < endMs) {
    const dueMs = clock.monotonicMs() + 1_000 / readingsPerSecond;
    const packet = publish({ topic: "local/v1/agent1/reading", payload: nextReading(clock), qos: 1 });
    const acknowledged = honest.untilNext(packetType.puback);
    const startedMs = clock.monotonicMs();
    honest.send(packet);
    await acknowledged;
    samples.push(clock.monotonicMs() - startedMs);
    await sleep(clock, dueMs - clock.monotonicMs());
  }
  return samples;
}

function nextReading(clock: Clock): string {
  sequence += 1;
  const at = {
    wallMs: Math.floor(clock.wallMs()),
    monotonicMs: clock.monotonicMs(),
    boot: "b",
    clock: "synced",
  };
  const observation = {
    kind: "scan",
    text: `item ${sequence}`,
    bytesHex: Buffer.from(`${sequence}`).toString("hex"),
  };
  const named = { agent: "agent1", epoch: "bench", device: "desk-scanner", readPoint: "desk" };
  return JSON.stringify([{ id: newId(clock, systemRandom), ...named, sequence, at, observation }]);
}

const openFilesOf = ({ processId }: StorewireProcess): number => readdirSync(`/proc/${processId}/fd`).length;

function memoryOf({ processId }: StorewireProcess): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${processId}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1_024;
}
