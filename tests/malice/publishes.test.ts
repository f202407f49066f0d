import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { brokerLimits, workLimits } from "../../gateway/broker/limits.ts";
import { pressed, readingsOf, storeConfiguration } from "../gateway/store.ts";
import { publish } from "../mqtt/packets.ts";
import type { RawClient } from "../mqtt/raw-client.ts";
import { waitUntil } from "../wait-until.ts";
import { AttackedStore } from "./attacked-store.ts";

let attacked: AttackedStore;
let honest: RawClient;

beforeEach(async () => {
  const configuration = storeConfiguration((site) => {
    site.limits = { deadLettersMax: 10 };
  });
  attacked = await AttackedStore.start({ configuration });
  honest = await attacked.connect({ clientId: "agent-agent1" });
  await attacked.serve(honest);
});

afterEach(() => attacked.stop());

async function honestIsServed(): Promise<void> {
  const before = await attacked.tickets();
  await attacked.serve(honest);
  expect(await attacked.tickets()).toBe(before + 1);
  expect(honest.closed).toBe(false);
}

describe("a client that", () => {
  test("floods with nonsense is slowed down to little, and cut off when it goes on", async () => {
    const flooder = await attacked.connect({ clientId: "flooder" });
    const flood = Array.from({ length: 5_000 }, () => publish({ topic: "nobody/listens", payload: "?" }));
    flooder.send(...flood);
    await honestIsServed();
    // Its own share, at a packet and the fine a message; not the pool.
    const atOnce = workLimits.ownUnitsBurst / workLimits.deadLetterUnits + brokerLimits.publishesInFlightMax;
    expect(attacked.counts.deadLetters).toBeLessThanOrEqual(atOnce);
    await attacked.turnUntil("it is cut off", () => flooder.closed, 1_000);
    expect(attacked.counts.deadLetters).toBeLessThan(200);
    expect(attacked.letters).toHaveLength(10);
    expect(attacked.counts.cutConnections).toBe(1);
    await honestIsServed();
    await attacked.peace(1);
  });

  test("floods with readings that were taken long ago waits for the pool, and the honest one does not", async () => {
    const flooder = await attacked.connect({ clientId: "flooder" });
    const old = publish({
      topic: "local/v1/agent2/reading",
      payload: JSON.stringify([
        readingsOf("agent2")({ device: "d", readPoint: "r", observation: pressed("x") }),
      ]),
    });
    flooder.send(...Array.from({ length: 5_000 }, () => old));
    await honestIsServed();
    const { ownUnitsBurst, poolUnitsBurst } = workLimits;
    expect(attacked.counts.messages).toBeLessThan(ownUnitsBurst + poolUnitsBurst + 10);
    for (let count = 0; count < 20; count += 1) {
      await attacked.store.clock.turn(100);
      await honestIsServed();
    }
    flooder.cut();
    await attacked.peace(1);
  });

  test("makes topics without end is acknowledged, and they are kept short", async () => {
    const stranger = await attacked.connect({ clientId: "stranger" });
    const levels = "a/".repeat(brokerLimits.topicLevelsMax);
    const long = "y".repeat(60_000);
    await stranger.publish({ topic: levels, payload: "deep", qos: 1 });
    await stranger.publish({ topic: long, payload: "long", qos: 1 });
    expect(attacked.letters.slice(-2)).toMatchObject([
      { topic: levels, reason: "a topic of more than 16 levels", content: "deep", client: "stranger" },
      { topic: "y".repeat(512), reason: "a topic longer than 512 bytes", content: "long", byteCount: 4 },
    ]);
    await honestIsServed();
  });

  test("leaves a will behind speaks it as any other message, and a giant one is not let in", async () => {
    const dying = await attacked.connect({
      clientId: "dying",
      will: { topic: "$SYS/x/new/clients", payload: "agent-agent1", qos: 1, retain: true },
    });
    dying.cut();
    await waitUntil("the will is a dead letter", () => attacked.letters.length === 1);
    expect(attacked.letters).toMatchObject([{ topic: "$SYS/x/new/clients", client: "dying" }]);
    const giant = await attacked.open();
    await expect(
      giant.handshake({ clientId: "giant", will: { topic: "a", payload: "x".repeat(60_000) } }),
    ).rejects.toThrow("closed");
    await honestIsServed();
    await attacked.peace(1);
  });

  test("wants everything to be retained finds nothing kept", async () => {
    const stranger = await attacked.connect({ clientId: "stranger" });
    await stranger.publish({ topic: "local/v1/agent1/cmd/print", payload: "forged", qos: 1, retain: true });
    const agent = await attacked.connect({ clientId: "agent" });
    await agent.subscribe(["local/v1/agent1/cmd/#", 1]);
    await agent.ping();
    expect(agent.waiting).toEqual([]);
    expect(attacked.letters).toMatchObject([{ topic: "local/v1/agent1/cmd/print" }]);
  });

  test("begins QoS 2 and never ends it is cut off at a bound", async () => {
    const halfOpen = await attacked.connect({ clientId: "half-open" });
    const payload = attacked.nextReadings();
    const topic = "local/v1/agent1/reading";
    for (let id = 1; id <= brokerLimits.qos2InFlightMax + 1; id += 1) {
      halfOpen.send(publish({ topic, payload, qos: 2, id }));
    }
    await attacked.turnUntil("it is cut off", () => halfOpen.closed, 100);
    await honestIsServed();
    await attacked.peace(1);
  });

  test("sends a megabyte of brackets holds nobody up", async () => {
    const stranger = await attacked.connect({ clientId: "stranger" });
    const brackets = "[".repeat(brokerLimits.messageBytesMax / 2);
    const nested = brackets + "]".repeat(brackets.length);
    await attacked.turnUntilDone(stranger.publish({ topic: "local/v1/a/reading", payload: nested, qos: 1 }));
    const keys = JSON.stringify([
      Object.fromEntries(Array.from({ length: 15_000 }, (_, key) => [`k${key}`, key])),
    ]);
    await attacked.turnUntilDone(stranger.publish({ topic: "local/v1/a/reading", payload: keys, qos: 1 }));
    expect(attacked.letters).toHaveLength(2);
    for (const { reason, content } of attacked.letters)
      expect(reason.length + content.length).toBeLessThan(5_000);
    await honestIsServed();
  });
});
