import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { brokerLimits } from "../../gateway/broker/limits.ts";
import { StoreBroker } from "../../gateway/broker/store-broker.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { silentLog } from "../gateway/store.ts";
import { connect, pingreq, publish } from "../mqtt/packets.ts";
import { RawClient } from "../mqtt/raw-client.ts";
import { waitUntil } from "../wait-until.ts";
import { AttackedStore, loginOf, withAccounts } from "./attacked-store.ts";

const commands = "local/v1/agent1/cmd/#";
let attacked: AttackedStore;
let honest: RawClient;

beforeEach(async () => {
  attacked = await AttackedStore.start();
  honest = await attacked.connect({ clientId: "agent-agent1" });
  expect(await honest.subscribe([commands, 1])).toEqual([1]);
});

afterEach(() => attacked.stop());

/** Others may go; the honest agent is served, and in the end it is alone again. */
async function honestIsServed(): Promise<void> {
  const before = await attacked.tickets();
  await attacked.serve(honest);
  expect(await attacked.tickets()).toBe(before + 1);
  expect(honest.closed).toBe(false);
}

/** Without a gateway behind it. */
const openBroker = (): Promise<StoreBroker> =>
  StoreBroker.open({
    configuration: { enabled: true, host: "127.0.0.1", port: 0, accounts: [] },
    take: () => Promise.resolve(),
    agentAppeared: () => {},
    clock: new ManualClock(),
    log: silentLog,
  });

describe("a client that", () => {
  test("opens more connections than there are places takes them from its own, and the honest one stays", async () => {
    const strangers: RawClient[] = [];
    for (let index = 0; index < 3 * brokerLimits.connectionsPerAddressMax; index += 1) {
      await attacked.store.clock.turn(1_000 / brokerLimits.connectsPerSecond);
      strangers.push(await attacked.open());
    }
    await waitUntil(
      "those without a place are gone",
      () => strangers.filter(({ closed }) => !closed).length === brokerLimits.connectionsPerAddressMax - 1,
    );
    expect(attacked.counts.connections).toBe(brokerLimits.connectionsPerAddressMax);
    expect(strangers.at(-1)?.closed).toBe(false);
    await honestIsServed();
    for (const stranger of strangers) stranger.cut();
    await attacked.peace(1);
  });

  test("comes too often is turned away at the door", async () => {
    const strangers: RawClient[] = [];
    for (let index = 0; index < brokerLimits.connectsBurst + 20; index += 1) {
      const stranger = await attacked.open();
      stranger.cut();
      strangers.push(stranger);
    }
    await waitUntil("the door was shut", () => attacked.counts.refusedConnections > 0);
    await honestIsServed();
    await attacked.peace(1);
  });

  test("says nothing after connecting is cut off in time, and so is one that begins to say something", async () => {
    const silent = await attacked.open();
    const slow = await attacked.open();
    await attacked.peace(3);
    const words = connect({ clientId: "slow" });
    for (let at = 0; at < 9; at += 1) {
      slow.send(words.subarray(at, at + 1));
      await attacked.store.clock.turn(brokerLimits.connectMsMax / 10);
      await honest.ping();
    }
    expect([silent.closed, slow.closed]).toEqual([false, false]);
    await attacked.store.clock.turn(brokerLimits.connectMsMax / 10);
    await silent.untilClosed();
    await slow.untilClosed();
    expect(attacked.counts.cutConnections).toBe(2);
    await honestIsServed();
    await attacked.peace(1);
  });

  test("calls itself endlessly is refused with words of the protocol", async () => {
    const long = await attacked.open();
    const clientId = "x".repeat(brokerLimits.clientIdBytesMax + 1);
    expect(await long.handshake({ clientId })).toEqual({ returnCode: 2, sessionPresent: false });
    await long.untilClosed();
    await attacked.connect({ clientId: clientId.slice(1) });
  });

  test("never ends a packet is cut off, however it goes on byte by byte", async () => {
    const half = await attacked.connect({ clientId: "half" });
    const message = publish({ topic: "local/v1/half/reading", payload: "x".repeat(1_000), qos: 1 });
    let at = 0;
    await attacked.turnUntil(
      "it is cut off",
      () => {
        half.send(message.subarray(at, at + 1));
        at += 1;
        return half.closed;
      },
      500,
    );
    expect(at).toBeLessThan(200);
    expect(attacked.counts.cutConnections).toBe(1);
    await honestIsServed();
    await attacked.peace(1);
  });

  test("announces a giant is not given the room for it", async () => {
    // PUBLISH of 268,435,455 bytes; CONNECT of as many ends the connection at once.
    const giant = await attacked.connect({ clientId: "giant" });
    giant.send(Buffer.from("32ffffff7f", "hex"), Buffer.alloc(100_000, "y"));
    const other = await attacked.open();
    other.send(Buffer.from("10ffffff7f", "hex"));
    await other.untilClosed();
    await honestIsServed();
    giant.cut();
    await attacked.peace(1);
  });

  test("leaves in the middle of being let in is forgotten", async () => {
    const broker = await openBroker();
    for (let index = 0; index < brokerLimits.connectsBurst; index += 1) {
      const stranger = await RawClient.open(broker.port);
      stranger.send(connect({ clientId: `stranger-${index}` }));
      if (index % 2 === 0) stranger.socket.resetAndDestroy();
      else stranger.cut();
    }
    await waitUntil("all are gone", () => broker.counts.connections === 0);
    // What aedes does about a client takes it some turns more.
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(broker.clients).toBe(0);
    await broker.close();
  });

  test("takes an honest agent's client id has its place, and the agent's next message is not lost by it", async () => {
    // Without accounts nobody can be told from anybody else [MQTT-3.1.4-2].
    const thief = await attacked.connect({ clientId: "agent-agent1" });
    await honest.untilClosed();
    honest = await attacked.connect({ clientId: "agent-agent1" });
    await thief.untilClosed();
    await honestIsServed();
  });

  test("asks for everything gets nothing, and for too much no more than its share", async () => {
    const curious = await attacked.connect({ clientId: "curious" });
    const filters = ["#", "+/#", "local/#", "$SYS/#", "local/v1/+/cmd/#", "local/v1/agent1/reading"] as const;
    for (const filter of filters) expect(await curious.subscribe([filter, 2])).toEqual([0x80]);
    const wanted = Array.from({ length: brokerLimits.subscriptionsPerClientMax + 2 }, (_, index) => index);
    const greedy = await attacked.connect({ clientId: "greedy" });
    const granted = await greedy.subscribe(
      ...wanted.map((index) => [`local/v1/a${index}/cmd/#`, 1] as const),
    );
    expect(granted).toEqual(
      wanted.map((index) => (index < brokerLimits.subscriptionsPerClientMax ? 1 : 0x80)),
    );
    const endless = await attacked.connect({ clientId: "endless" });
    const id = Buffer.from([0, 1]);
    const filter = Buffer.from("0003612f6201", "hex");
    const length = 2 + (brokerLimits.filtersPerPacketMax + 1) * filter.length;
    const many = Array.from({ length: brokerLimits.filtersPerPacketMax + 1 }, () => filter);
    endless.send(Buffer.from([0x82, (length & 0x7f) | 0x80, length >> 7]), id, ...many);
    await endless.untilClosed();
    await honestIsServed();
  });

  test("pings without end is slowed down, and cut off when it goes on", async () => {
    const pinging = await attacked.connect({ clientId: "pinging" });
    const pings = Buffer.concat(Array.from({ length: 10_000 }, () => pingreq()));
    pinging.send(pings);
    await honest.ping();
    await honestIsServed();
    expect(pinging.waiting.length).toBeLessThan(100);
    await attacked.turnUntil("it is cut off", () => pinging.closed, 1_000);
    expect(pinging.waiting.length).toBeLessThan(1_000);
    await attacked.peace(1);
  });

  test("does not read what it is sent is cut off, and what waits for it is bounded", async () => {
    const broker = await openBroker();
    const deaf = await RawClient.connect(broker.port, { clientId: "deaf" });
    await deaf.subscribe([commands, 1]);
    deaf.socket.pause();
    const text = "x".repeat(10_000);
    await waitUntil("it is cut off", () => {
      for (let count = 0; count < 20; count += 1) {
        broker.send("agent1", { id: "c", device: "d", agent: "a", task: { kind: "print", text } } as never);
      }
      return broker.counts.cutConnections === 1;
    });
    await waitUntil("it is gone", () => broker.clients === 0 && broker.counts.connections === 0);
    deaf.cut();
    await broker.close();
  });
});

describe("with accounts, a client that", () => {
  test("takes an honest agent's client id takes nobody's place", async () => {
    const { configuration, remove } = withAccounts();
    const store = await AttackedStore.start({ configuration });
    try {
      const agent = await store.connect({ clientId: "agent-agent1", ...loginOf("agent1") });
      const other = await store.connect({ clientId: "agent-agent1", ...loginOf("agent2") });
      const guesser = await store.open();
      expect(
        await guesser.handshake({ clientId: "agent-agent1", username: "user-agent1", password: "guess" }),
      ).toEqual({ returnCode: 4, sessionPresent: false });
      await guesser.untilClosed();
      await store.serve(agent);
      await other.ping();
      // Its own account may.
      const successor = await store.connect({ clientId: "agent-agent1", ...loginOf("agent1") });
      await agent.untilClosed();
      await store.serve(successor);
      expect(store.counts).toMatchObject({ refusedLogins: 1, connections: 2 });
    } finally {
      await store.stop();
      remove();
    }
  });
});
