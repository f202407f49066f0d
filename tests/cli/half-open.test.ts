import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { Aedes } from "aedes";
import { afterEach, describe, expect, it } from "vitest";
import type { ConnectionListener } from "../../cli/mqtt-connection.ts";
import { type MqttLinkOptions, openMqttLink } from "../../cli/mqtt-link.ts";
import { systemClock, systemRandom } from "../../cli/system.ts";
import type { MessageLink } from "../../protocols/message-link.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { CuttableProxy } from "../../simulators/network/cuttable-proxy.ts";
import { realBrokerThere, startRealBroker } from "../real-broker.ts";
import { waitUntil } from "../wait-until.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

let links = 0;
function open(port: number, options: Partial<MqttLinkOptions> = {}): MessageLink {
  links += 1;
  const link = openMqttLink({
    url: `mqtt://127.0.0.1:${port}`,
    clientId: `half-open-${links}`,
    mqttVersion: "3.1.1",
    // One second is the shortest that MQTT knows.
    keepalive: 1,
    clock: systemClock(),
    random: systemRandom,
    reconnect: { minMs: 10, maxMs: 50, firstMsMax: 50 },
    ...options,
  });
  endings.push(() => link.close());
  return link;
}

async function listening(accept: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    accept(socket);
  }).listen(0, "127.0.0.1");
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function embeddedBroker(change: Partial<Aedes> = {}): Promise<number> {
  const broker = await Aedes.createBroker();
  endings.push(() => broker.close());
  Object.assign(broker, change);
  return listening((socket) => broker.handle(socket));
}

async function realBroker(): Promise<number> {
  const broker = await startRealBroker();
  endings.push(() => broker.stop());
  return broker.port;
}

async function cable(port: number): Promise<CuttableProxy> {
  const proxy = await CuttableProxy.open(port);
  endings.push(() => proxy.close());
  return proxy;
}

function reasonsOf(link: MessageLink): string[] {
  const reasons: string[] = [];
  link.onDown((reason) => reasons.push(reason));
  return reasons;
}

const brokers = { aedes: embeddedBroker, mosquitto: realBroker } as const;
for (const [name, start] of Object.entries(brokers)) {
  const there = name === "aedes" || realBrokerThere("half-open links at a real Mosquitto");
  describe.skipIf(!there)(`a half-open link to ${name}`, () => {
    it("is noticed by who only listens, and made anew", async () => {
      const proxy = await cable(await start());
      const link = open(proxy.port);
      const reasons = reasonsOf(link);
      await link.subscribe(["heard/+"], () => undefined);
      await waitUntil("up", () => link.up);
      proxy.stall();
      await waitUntil("the silence is noticed", () => reasons.length > 0);
      expect(reasons[0]).toBe("Keepalive timeout");
      await waitUntil("up again", () => link.up);
      await link.publish("heard/once", "more");
    });

    it("is noticed by who goes on sending", async () => {
      const proxy = await cable(await start());
      const link = open(proxy.port);
      const reasons = reasonsOf(link);
      await waitUntil("up", () => link.up);
      proxy.stall();
      const refused: string[] = [];
      // Each sends a byte before a ping would be due: a client that counts those as life waits for ever.
      const sending = setInterval(() => {
        link.publish("load", "x").catch((error: unknown) => refused.push(String(error)));
      }, 100);
      endings.push(() => clearInterval(sending));
      await waitUntil("the silence is noticed", () => reasons.length > 0);
      expect(reasons[0]).toBe("Keepalive timeout");
      await waitUntil("what was not acknowledged is given back", () => refused.length > 0);
    });

    it("is noticed by the broker, which then speaks the last will", async () => {
      const port = await start();
      const proxy = await cable(port);
      const heard: string[] = [];
      const watcher = open(port);
      await watcher.subscribe(["will"], ({ payload }) => {
        heard.push(new TextDecoder().decode(payload));
      });
      await waitUntil("the watcher is up", () => watcher.up);
      let wills = 0;
      // The client itself would wait for longer than the broker.
      const link = open(proxy.port, {
        keepalive: 2,
        will: () => {
          wills += 1;
          return { topic: "will", payload: `of connection ${wills}`, retain: false };
        },
      });
      await waitUntil("up", () => link.up);
      proxy.stall();
      await waitUntil("the will is spoken", () => heard.length > 0, 15_000);
      expect(heard[0]).toBe("of connection 1");
      await waitUntil("up again, with a will of its own", () => link.up && wills > 1);
    });
  });
}

describe("a broker that answers pings", () => {
  it("and no publish is left for another connection", async () => {
    let asked = 0;
    const port = await embeddedBroker({
      authorizePublish: () => {
        asked += 1;
      },
    });
    const link = open(port, { unacknowledgedMsMax: 300 });
    const reasons = reasonsOf(link);
    await waitUntil("up", () => link.up);
    const outcome = link.publish("never/answered", "").catch((error: Error) => error.message);
    expect(await outcome).toBe("the broker acknowledges nothing");
    expect([asked, reasons]).toEqual([1, ["the broker acknowledges nothing"]]);
    await waitUntil("up again", () => link.up);
  });

  it("but wants them more rarely is found dead in our time", async () => {
    // CONNACK of MQTT 5 with the property Server Keep Alive (section 3.2.2.3.14): ten minutes.
    const port = await listening((socket) => {
      socket.once("data", () => socket.write(Uint8Array.of(0x20, 6, 0, 0, 3, 0x13, 0x02, 0x58)));
    });
    const link = open(port, { mqttVersion: "5" });
    const reasons = reasonsOf(link);
    await waitUntil("up", () => link.up);
    await waitUntil("the silence is noticed", () => reasons.length > 0);
    expect(reasons[0]).toBe("Keepalive timeout");
  });
});

/** A link over a connection that is played by hand, on a clock that is turned by hand. */
function byHand() {
  const clock = new ManualClock();
  const answers: (() => void)[] = [];
  const falls: string[] = [];
  let connections = 0;
  const link = openMqttLink({
    url: "mqtt://nowhere",
    clientId: "by-hand",
    clock,
    random: seededRandom(1),
    reconnect: { minMs: 200, maxMs: 30_000, firstMsMax: 1_000 },
    openConnection: (_address, _will, _clock, listener: ConnectionListener) => {
      connections += 1;
      queueMicrotask(() => listener.connected());
      return {
        publish: () => new Promise<void>((resolve) => answers.push(resolve)),
        subscribe: () => Promise.resolve([]),
        close: () => Promise.resolve(),
        fall: (reason) => {
          falls.push(`${clock.monotonicMs()} ${reason}`);
          listener.fallen(reason);
        },
      };
    },
  });
  return { clock, link, answers, falls, connections: () => connections };
}

describe("the wait for an acknowledgement", () => {
  it("ends after 25 s without one, and begins anew with each", async () => {
    const { clock, link, answers, falls } = byHand();
    await clock.turn(2_000);
    expect(link.up).toBe(true);
    for (let sent = 0; sent < 3; sent += 1) void link.publish("load", "x");
    for (let answered = 0; answered < 2; answered += 1) {
      await clock.turn(20_000);
      answers[answered]?.();
      await clock.turn(0);
    }
    // At 42 s the second of three was answered.
    await clock.turn(24_999);
    expect(falls).toEqual([]);
    await clock.turn(1);
    expect(falls).toEqual(["67000 the broker acknowledges nothing"]);
    await clock.turn(2_000);
    expect(link.up).toBe(true);
  });

  it("is none while nothing is due, however long the link is quiet before and after", async () => {
    const { clock, link, answers, falls } = byHand();
    await clock.turn(100_000);
    void link.publish("load", "x");
    await clock.turn(24_000);
    answers[0]?.();
    await clock.turn(100_000);
    void link.publish("load", "x");
    await clock.turn(24_999);
    expect(falls).toEqual([]);
    await clock.turn(1);
    expect(falls).toEqual(["249000 the broker acknowledges nothing"]);
  });
});

describe("a connection that lives only a moment", () => {
  it("does not make the next wait short again; one that held for half a minute does", async () => {
    const { clock, link, connections } = byHand();
    const waits: number[] = [];
    const fallAfter = async (livedMs: number): Promise<void> => {
      await clock.turn(livedMs);
      void link.publish("load", "x").catch(() => undefined);
      const before = connections();
      const unanswered = 25_000;
      await clock.turn(unanswered);
      let waitMs = 0;
      for (; connections() === before; waitMs += 100) await clock.turn(100);
      waits.push(waitMs);
    };
    await clock.turn(2_000);
    for (let round = 0; round < 12; round += 1) await fallAfter(1_000);
    expect(Math.max(...waits)).toBeGreaterThan(1_000);
    waits.length = 0;
    for (let round = 0; round < 12; round += 1) await fallAfter(10_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
  });
});
