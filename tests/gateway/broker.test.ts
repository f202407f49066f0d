import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { brokerLimits } from "../../gateway/broker/limits.ts";
import { deviceCommandSchema } from "../../protocols/commands.ts";
import { waitUntil } from "../wait-until.ts";
import { eventsOf, pressed, readingsOf, scanned, storeConfiguration } from "./store.ts";
import { type GatewayStore, type RunningStore, startStore } from "./store-gateway.ts";

const topic = "local/v1/agent1/reading";
const press = { device: "kiosk1", readPoint: "kiosk", observation: pressed("returns") };

const running: RunningStore[] = [];
const clients: MqttClient[] = [];
const directories: string[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  for (const { gateway, outbox } of running.splice(0)) {
    outbox.release();
    await gateway.close();
  }
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
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

/** Two accounts with passwords in files, as a site has them. */
function accountsConfiguration() {
  const directory = mkdtempSync(join(tmpdir(), "storewire-accounts-"));
  directories.push(directory);
  return storeConfiguration((site) => {
    if (site.gateway.broker === undefined) throw new Error("no broker");
    site.gateway.broker.accounts = ["agent1", "agent2"].map((agent) => {
      const passwordFile = join(directory, agent);
      writeFileSync(passwordFile, `secret of ${agent}\n`);
      return { username: `user-${agent}`, passwordFile, agent };
    });
  });
}

const login = (agent: string, password = `secret of ${agent}`): IClientOptions => ({
  username: `user-${agent}`,
  password,
});

/** Turns the clock until `awaited` is fulfilled. */
async function turning<Value>({ clock }: RunningStore, awaited: Promise<Value>): Promise<Value> {
  let over = false;
  const settled = awaited.finally(() => {
    over = true;
  });
  await waitUntil("it is over", async () => {
    await clock.turn(10);
    return over;
  });
  return settled;
}

const issued = async ({ outbox }: RunningStore) =>
  (await eventsOf(outbox)).filter(({ type }) => type === "storewire.queue.ticket.issued").length;

describe("PUBACK", () => {
  test("comes after the commit and not before", async () => {
    const store = await start();
    const agent = await client(store.port);
    await store.clock.turn(0);
    store.outbox.hold();
    const before = store.outbox.commits.length;
    let acknowledged = false;
    const published = agent
      .publishAsync(topic, JSON.stringify([readingsOf()(press)]), { qos: 1 })
      .then(() => {
        acknowledged = true;
      });
    await waitUntil("the message reached the commit", () => store.outbox.commits.length > before);
    // Two whole round trips on another connection: had the PUBACK been sent, it would be here.
    const other = await client(store.port);
    await other.subscribeAsync("local/v1/agent1/cmd/#", { qos: 1 });
    expect(acknowledged).toBe(false);
    expect(await issued(store)).toBe(0);
    store.outbox.release();
    await published;
    expect(await issued(store)).toBe(1);
  });

  test("does not come when the disk fails; the same message is taken once when it works again", async () => {
    const store = await start();
    const agent = await client(store.port);
    const message = JSON.stringify([readingsOf()(press)]);
    store.outbox.failure = new Error("no space left");
    const closed = new Promise<void>((resolve) => agent.once("close", resolve));
    const publishing = agent.publishAsync(topic, message, { qos: 1 }).then(
      () => "acknowledged",
      () => "refused",
    );
    await turning(store, closed);
    store.outbox.failure = undefined;
    agent.end(true);
    expect(await publishing).toBe("refused");
    expect(store.gateway.status().broker?.unacknowledged).toBe(1);
    const again = await client(store.port);
    await again.publishAsync(topic, message, { qos: 1 });
    await again.publishAsync(topic, message, { qos: 1 });
    expect(await issued(store)).toBe(1);
    expect(store.gateway.deadLetters()).toEqual([]);
  });
});

describe("bad input", () => {
  const reading = readingsOf()(press);
  const cases: readonly {
    name: string;
    topic?: string;
    payload: string | Buffer;
    reason: RegExp;
    form?: string;
  }[] = [
    { name: "an unknown topic", topic: "factory/line/3", payload: "[]", reason: /nobody listens/ },
    { name: "malformed JSON", payload: "[{", reason: /malformed JSON/ },
    { name: "no text at all", payload: Buffer.from([0xff, 0xfe, 0x00]), reason: /not UTF-8/, form: "hex" },
    { name: "no array", payload: "{}", reason: /not a JSON array/ },
    { name: "an empty array", payload: "[]", reason: /not a JSON array/ },
    {
      name: "a schema violation",
      payload: JSON.stringify([{ ...reading, sequence: 0 }]),
      reason: /reading 0 of 1: sequence: /,
    },
    {
      name: "another agent's reading",
      payload: JSON.stringify([{ ...reading, agent: "agent2" }]),
      reason: /another agent than agent1/,
    },
    {
      name: "too many readings",
      payload: JSON.stringify(Array.from({ length: 257 }, () => reading)),
      reason: /257 readings; at most 256/,
    },
    {
      name: "an oversized payload",
      payload: `["${"x".repeat(brokerLimits.messageBytesMax)}"]`,
      reason: /longer than 262144 bytes/,
    },
  ];

  test.each(cases)(
    "$name is acknowledged and kept readable",
    async ({ topic: wanted, payload, reason, form }) => {
      const store = await start();
      const agent = await client(store.port, { clientId: "agent-under-test" });
      await turning(store, agent.publishAsync(wanted ?? topic, payload, { qos: 1 }));
      expect(agent.connected).toBe(true);
      const [letter, ...others] = store.gateway.deadLetters();
      expect(others).toEqual([]);
      expect(letter?.reason).toMatch(reason);
      expect(letter).toMatchObject({
        topic: wanted ?? topic,
        client: "agent-under-test",
        form: form ?? "text",
      });
      expect(letter?.content.length).toBeLessThanOrEqual(4_096);
      expect(store.gateway.status().broker).toMatchObject({ deadLetters: 1, unacknowledged: 0 });
      await turning(store, agent.publishAsync(topic, JSON.stringify([reading]), { qos: 1 }));
      expect(await issued(store)).toBe(1);
    },
  );

  test("does not take its good neighbours with it", async () => {
    const store = await start();
    const agent = await client(store.port);
    const make = readingsOf();
    const readings = [make(press), { ...make(press), device: "" }, make(press)];
    await agent.publishAsync(topic, JSON.stringify(readings), { qos: 1 });
    expect(await issued(store)).toBe(2);
    expect(store.gateway.deadLetters()).toMatchObject([
      { reason: expect.stringContaining("reading 1 of 3: device") },
    ]);
  });

  test("in a flood is one alert and a bounded list", async () => {
    const configuration = storeConfiguration((site) => {
      site.limits = { deadLettersMax: 10 };
    });
    const store = await start({ configuration });
    const agent = await client(store.port);
    const flood = Array.from({ length: 50 }, () => agent.publishAsync(topic, "?", { qos: 1 }));
    await turning(store, Promise.all(flood));
    expect(store.gateway.deadLetters()).toHaveLength(10);
    await store.clock.turn(70_000);
    const alerts = (await eventsOf(store.outbox)).filter(({ type }) => type !== "storewire.queue.length");
    const counts = alerts.map(({ type, data }) => {
      expect(type).toBe("storewire.alert.gateway");
      return Number((data as { count?: number }).count);
    });
    expect(counts.length).toBeLessThanOrEqual(2);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(50);
  });

  test("longer than a packet may be is read past, acknowledged, and kept by its start", async () => {
    const store = await start();
    const agent = await client(store.port, { clientId: "agent-under-test" });
    const payload = Buffer.alloc(brokerLimits.publishBytesMax + 1, "x");
    await turning(store, agent.publishAsync(topic, payload, { qos: 1 }));
    const good = JSON.stringify([readingsOf()(press)]);
    await turning(store, agent.publishAsync(topic, good, { qos: 1 }));
    expect(await issued(store)).toBe(1);
    expect(store.gateway.deadLetters()).toMatchObject([
      {
        topic,
        client: "agent-under-test",
        reason: `longer than ${brokerLimits.messageBytesMax} bytes`,
        form: "text",
        content: "x".repeat(2_048),
        byteCount: payload.length,
      },
    ]);
    expect(store.gateway.status().broker).toMatchObject({ oversizedPackets: 1, deadLetters: 1 });
  });

  test("longer than a packet may be and no QoS 1 message ends the connection", async () => {
    const store = await start();
    const agent = await client(store.port);
    const closed = new Promise<void>((resolve) => agent.once("close", resolve));
    agent.publish(topic, Buffer.alloc(brokerLimits.publishBytesMax + 1, 0x20), { qos: 2 });
    await closed;
    expect(store.gateway.status().broker?.oversizedPackets).toBe(1);
    expect(store.gateway.deadLetters()).toEqual([]);
  });

  test("that is no MQTT at all does not disturb the others", async () => {
    const store = await start();
    const agent = await client(store.port);
    const stranger = connectSocket(store.port, "127.0.0.1");
    const closed = new Promise<void>((resolve) => stranger.once("close", () => resolve()));
    stranger.on("error", () => {});
    stranger.write("GET / HTTP/1.1\r\n\r\n");
    await closed;
    await agent.publishAsync(topic, JSON.stringify([readingsOf()(press)]), { qos: 1 });
    expect(await issued(store)).toBe(1);
  });
});

describe("rights", () => {
  test("a login needs its password", async () => {
    const store = await start({ configuration: accountsConfiguration() });
    await expect(client(store.port, login("agent1", "wrong"))).rejects.toThrow(
      /Bad username or password|Connection refused/i,
    );
    await expect(client(store.port)).rejects.toThrow(/refused/i);
    await expect(client(store.port, { username: "nobody", password: "x" })).rejects.toThrow(/refused/i);
    expect(store.gateway.status().broker?.refusedLogins).toBe(3);
    await client(store.port, login("agent1"));
  });

  test("an account publishes its own agent's readings and no others", async () => {
    const store = await start({ configuration: accountsConfiguration() });
    const agent2 = await client(store.port, login("agent2"));
    await agent2.publishAsync(topic, JSON.stringify([readingsOf("agent1")(press)]), { qos: 1 });
    expect(await issued(store)).toBe(0);
    expect(store.gateway.deadLetters()).toMatchObject([
      { topic, reason: expect.stringContaining("may not publish") },
    ]);
    await agent2.publishAsync("local/v1/agent2/reading", JSON.stringify([readingsOf("agent2")(press)]), {
      qos: 1,
    });
    expect(await issued(store)).toBe(1);
  });

  test("an account listens to its own agent's commands and to nothing else", async () => {
    const store = await start({ configuration: accountsConfiguration() });
    const agent2 = await client(store.port, login("agent2"));
    for (const filter of [
      "#",
      "local/#",
      "local/v1/agent1/cmd/#",
      "local/v1/+/cmd/#",
      "local/v1/agent2/reading",
      "$SYS/#",
    ]) {
      const [granted] = await agent2.subscribeAsync(filter, { qos: 1 }).catch(() => [{ qos: 128 }]);
      expect([filter, granted?.qos]).toEqual([filter, 128]);
    }
    const granted = await agent2.subscribeAsync("local/v1/agent2/cmd/#", { qos: 1 });
    expect(granted).toMatchObject([{ qos: 1 }]);
    expect(store.gateway.status().broker?.refusedSubscriptions).toBe(6);
  });

  test("nobody without a name leaves a session behind", async () => {
    const store = await start();
    const refused = connectSocket(store.port, "127.0.0.1");
    const answer: Buffer[] = [];
    refused.on("data", (bytes) => answer.push(bytes));
    const closed = new Promise<void>((resolve) => refused.once("close", () => resolve()));
    // CONNECT, MQTT 3.1.1, clean session 0, keep alive 60 s, empty client id: identifier rejected [MQTT-3.1.3-8].
    refused.write(Buffer.from("100c00044d51545404000" + "03c0000", "hex"));
    await closed;
    expect(Buffer.concat(answer).toString("hex")).toBe("20020002");
    const kept = await client(store.port, { clientId: "agent1", clean: false });
    await kept.subscribeAsync("local/v1/agent1/cmd/#", { qos: 1 });
    await kept.endAsync();
    const again = await client(store.port, { clientId: "agent1", clean: false });
    const present = await new Promise<boolean>((resolve) => {
      const probe = again;
      probe.once("connect", ({ sessionPresent }) => resolve(sessionPresent));
      probe.reconnect();
    });
    expect(present).toBe(false);
  });
});

describe("commands", () => {
  test("reach the agent that owns the device, again until it answers, and when it comes anew", async () => {
    const store = await start();
    const make = readingsOf();
    const taken: string[] = [];
    const listen = async () => {
      const agent = await client(store.port);
      agent.on("message", (heard, payload) => {
        expect(heard).toBe("local/v1/agent1/cmd/print");
        taken.push(deviceCommandSchema.parse(JSON.parse(payload.toString())).id);
      });
      await agent.subscribeAsync("local/v1/agent1/cmd/#", { qos: 1 });
      return agent;
    };
    const agent = await listen();
    const status = { kind: "printer", online: true, paper: "ok", cover: "closed", error: false } as const;
    const printer = { device: "printer1", readPoint: "kiosk" };
    await agent.publishAsync(
      topic,
      JSON.stringify([make({ ...printer, observation: status }), make(press)]),
      { qos: 1 },
    );
    await waitUntil("the command came", () => taken.length === 1);
    await store.clock.turn(5_000);
    await waitUntil("the command came again", () => taken.length === 2);
    await agent.endAsync();
    const back = await listen();
    await waitUntil("the command came to the new connection", () => taken.length === 3);
    expect(new Set(taken).size).toBe(1);
    const answer = { kind: "answer", command: taken[0] ?? "", outcome: "done" } as const;
    await back.publishAsync(topic, JSON.stringify([make({ ...printer, observation: answer })]), { qos: 1 });
    expect(store.gateway.status().pendingCommands).toBe(0);
    await store.clock.turn(20_000);
    await back.publishAsync(topic, JSON.stringify([make({ ...printer, observation: scanned("x") })]), {
      qos: 1,
    });
    expect(taken).toHaveLength(3);
  });
});
