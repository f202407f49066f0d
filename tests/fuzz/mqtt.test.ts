import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock, systemRandom } from "../../cli/system.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import { sleep } from "../../protocols/clock.ts";
import { itemUri, scanOf } from "../durability/caused.ts";
import { eventsOf, type Observed, readingsOf, scanned } from "../gateway/store.ts";
import { packetType } from "../mqtt/packets.ts";
import { RawClient } from "../mqtt/raw-client.ts";
import { siteConfiguration } from "../site.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";
import type { HealthReport } from "./gateway-process.ts";
import { drawScript } from "./mqtt-grammar.ts";
import { fuzzRound } from "./rounds.ts";

// STOREWIRE_FUZZ_SECONDS: how long. STOREWIRE_FUZZ_SEED, STOREWIRE_FUZZ_ROUND: one round again.
const { STOREWIRE_FUZZ_SECONDS = "10", STOREWIRE_FUZZ_SEED, STOREWIRE_FUZZ_ROUND } = process.env;
const seconds = Number(STOREWIRE_FUZZ_SECONDS);
const seed = Number(STOREWIRE_FUZZ_SEED ?? Math.floor(systemRandom.fraction() * 1e9));
const clock = systemClock();

/** After a full collection; the compiled code of what was not run before is in it. */
const heapGrowthMegabytesMax = 24;
/** Of processor time in one turn: two readings of 256 faults each, on a slow machine. */
const blockedMsMax = 400;

let directory = "";
let gateway: StorewireProcess;
let port = 0;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "storewire-fuzz-"));
  gateway = new StorewireProcess([siteWithAccounts()], {
    program: "tests/fuzz/gateway-process.js",
    nodeFlags: ["--expose-gc"],
  });
  await waitUntil("the gateway listens", () => gateway.stdoutLines.length > 0 || !gateway.running);
  port = (JSON.parse(gateway.stdoutLines.shift() ?? "{}") as { port: number }).port;
});

afterEach(async () => {
  await gateway.kill();
  rmSync(directory, { recursive: true, force: true });
});

function siteWithAccounts(): string {
  const site = siteConfiguration({ directory, headquartersUrl: "mqtt://127.0.0.1:9" });
  const accounts = ["agent1", "agent2"].map((agent) => {
    const passwordFile = join(directory, agent);
    writeFileSync(passwordFile, `secret of ${agent}`);
    return { username: `user-${agent}`, passwordFile, agent };
  });
  const file = join(directory, "storewire.yaml");
  const written = { ...site, gateway: { ...site.gateway, broker: { port: 0, accounts } } };
  writeFileSync(file, JSON.stringify(written));
  return file;
}

const itemUriStart = itemUri(0).slice(0, -1);
const loginOf = (agent: string) => ({ username: `user-${agent}`, password: `secret of ${agent}` });

async function health(): Promise<HealthReport> {
  gateway.tell("report");
  await waitUntil("the gateway reports", () => gateway.stdoutLines.length > 0 || !gateway.running);
  const line = gateway.stdoutLines.shift();
  if (line === undefined) throw new Error("the gateway has ended");
  return JSON.parse(line) as HealthReport;
}

/** The item that the honest agent hands in at its so-many-th reading. */
function handedIn(serial: number): Observed {
  const { text, aim } = scanOf(serial);
  return { device: "desk-scanner", readPoint: "desk", observation: scanned(text, aim) };
}

/** Publishes one reading after the other, each as soon as the one before is acknowledged, until it is told to stop. */
function honestAgent(client: RawClient) {
  const make = readingsOf();
  let acknowledged = 0;
  let stopped = false;
  const done = (async () => {
    while (!stopped) {
      const answered = client.untilNext(packetType.puback);
      const publication = {
        topic: "local/v1/agent1/reading",
        payload: JSON.stringify([make(handedIn(acknowledged + 1))]),
        qos: 1,
      } as const;
      client.sendPublish(publication);
      await answered;
      acknowledged += 1;
      await sleep(clock, 25);
    }
  })();
  return {
    acknowledged: () => acknowledged,
    async stop(): Promise<number> {
      stopped = true;
      await done;
      return acknowledged;
    },
  };
}

test(
  `whatever comes over the port, the gateway lives and serves its agent (seed ${seed})`,
  async () => {
    const client = await RawClient.connect(port, { clientId: "agent-agent1", ...loginOf("agent1") });
    const agent = honestAgent(client);
    const target = {
      port,
      draw: (chance: Parameters<typeof drawScript>[0]) =>
        drawScript(chance, chance.oneIn(4) ? undefined : loginOf("agent2")),
    };
    let round = Number(STOREWIRE_FUZZ_ROUND ?? 0);
    let blockedMs = 0;
    const atPeace = async (): Promise<HealthReport> => {
      let report = await health();
      await waitUntil(
        "all others are gone",
        async () => {
          report = await health();
          blockedMs = Math.max(blockedMs, report.blockedMs);
          return report.connections === 1;
        },
        60_000,
      );
      return report;
    };
    try {
      // What is compiled and cached on the way is no growth.
      for (let warmUp = 0; warmUp < 5; warmUp += 1) await fuzzRound(target, 0, warmUp);
      const before = await atPeace();
      const endMs = clock.monotonicMs() + seconds * 1_000;
      do {
        const served = agent.acknowledged();
        await fuzzRound(target, seed, round);
        await waitUntil("the honest agent is served", () => agent.acknowledged() > served);
        round += 1;
      } while (clock.monotonicMs() < endMs && STOREWIRE_FUZZ_ROUND === undefined);
      const after = await atPeace();
      const acknowledged = await agent.stop();
      console.log(JSON.stringify({ seed, rounds: round, acknowledged, blockedMs, before, after }));
      expect(client.closed).toBe(false);
      expect(gateway.said()).toBe("");
      expect(after.heapMegabytes - before.heapMegabytes).toBeLessThan(heapGrowthMegabytesMax);
      expect(blockedMs).toBeLessThan(blockedMsMax);
      client.cut();
      gateway.tellEnd();
      expect(await gateway.exit()).toBe(0);
      const serials = Array.from({ length: acknowledged }, (_, index) => index + 1);
      expect(await itemsOnDisk()).toEqual(serials.map(itemUri));
    } catch (error) {
      const replay = `STOREWIRE_FUZZ_SEED=${seed} STOREWIRE_FUZZ_ROUND=${round} npx vitest run tests/fuzz`;
      throw new Error(`${String(error)}\nin round ${round}; again: ${replay}\n${gateway.said()}`, {
        cause: error,
      });
    }
  },
  (seconds + 120) * 1_000,
);

/** Those of the honest agent, in the order in which they are on their way to HQ. */
async function itemsOnDisk(): Promise<readonly string[]> {
  const path = join(directory, "gateway.db");
  const { outbox } = await openSqliteOutbox({ path, clock, random: systemRandom });
  try {
    const subjects = (await eventsOf(outbox)).map(({ subject }) => subject ?? "");
    return subjects.filter((subject) => subject.startsWith(itemUriStart));
  } finally {
    await outbox.close();
  }
}
