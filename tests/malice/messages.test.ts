import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { pressed, readingsOf } from "../gateway/store.ts";
import { type GatewayStore, type RunningStore, startStore } from "../gateway/store-gateway.ts";

const topic = "local/v1/agent1/reading";
const press = { device: "kiosk1", readPoint: "kiosk", observation: pressed("returns") };
const reading = readingsOf()(press);

const running: RunningStore[] = [];
const clients: MqttClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  for (const { gateway } of running.splice(0)) await gateway.close();
});

async function start(store: GatewayStore = {}): Promise<RunningStore> {
  const started = await startStore(store);
  running.push(started);
  return started;
}

async function client(port: number, options: IClientOptions = {}): Promise<MqttClient> {
  const connected = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options });
  clients.push(connected);
  connected.on("error", () => {});
  return connected;
}

describe("a message", () => {
  test("nested deeper than anything can write it is one letter, and the gateway lives", async () => {
    const store = await start();
    const agent = await client(store.port);
    const depth = 100_000;
    await agent.publishAsync(topic, "[".repeat(depth) + "]".repeat(depth), { qos: 1 });
    expect(store.gateway.deadLetters()).toMatchObject([
      { reason: "nested more than 16 levels deep", content: "[".repeat(2_048) },
    ]);
  });

  test("with endless names is shown in few words", async () => {
    const store = await start();
    const agent = await client(store.port);
    const message = JSON.stringify([{ ...reading, observation: { kind: "x".repeat(50_000) } }]);
    await agent.publishAsync(topic, message, { qos: 1 });
    expect(store.gateway.deadLetters()[0]?.reason.length).toBeLessThan(300);
  });

  test("on the broker's own topics throws nobody out", async () => {
    const store = await start();
    const honest = await client(store.port, { clientId: "agent-agent1" });
    const attacker = await client(store.port);
    await attacker.publishAsync("$SYS/other/new/clients", "agent-agent1", { qos: 1 });
    await attacker.publishAsync("$SYS/other/heartbeat", "another broker", { qos: 1 });
    // A round trip behind it on both connections: what was to be closed would be.
    await attacker.publishAsync(topic, "[]", { qos: 1 });
    await honest.publishAsync(topic, JSON.stringify([reading]), { qos: 1 });
    expect(honest.connected).toBe(true);
    expect(store.gateway.deadLetters().map((letter) => letter.topic)).toEqual([
      "$SYS/other/new/clients",
      "$SYS/other/heartbeat",
      topic,
    ]);
  });
});
