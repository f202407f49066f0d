import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aedes } from "aedes";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MqttLinkOptions, openMqttLink } from "../../cli/mqtt-link.ts";
import { systemClock, systemRandom } from "../../cli/system.ts";
import type { MessageLink } from "../../protocols/message-link.ts";
import { freePort, realBrokerThere, startRealBroker } from "../real-broker.ts";
import { waitUntil } from "../wait-until.ts";

interface Bench {
  readonly broker: Aedes;
  readonly url: string;
  /** Ends every connection, without a farewell. */
  cut(): void;
}

describe("mqtt link", () => {
  const links: MessageLink[] = [];
  const endings: (() => void)[] = [];
  let bench: Bench;

  const open = (options: Partial<MqttLinkOptions> = {}): MessageLink => {
    const link = openMqttLink({
      url: bench.url,
      clientId: `link-${links.length}`,
      mqttVersion: "3.1.1",
      clock: systemClock(),
      random: systemRandom,
      reconnect: { minMs: 10, maxMs: 50, firstMsMax: 50 },
      ...options,
    });
    links.push(link);
    return link;
  };

  beforeEach(async () => {
    const broker = await Aedes.createBroker();
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      broker.handle(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const cut = (): void => {
      for (const socket of sockets) socket.destroy();
    };
    endings.push(() => {
      cut();
      server.close();
      broker.close();
    });
    bench = { broker, url: `mqtt://127.0.0.1:${address.port}`, cut };
  });
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.close()));
    for (const end of endings.splice(0)) end();
  });

  it("rejects everything that was not acknowledged when the link falls, and delivers none of it later", async () => {
    let asked = 0;
    bench.broker.authorizePublish = (_client, _packet, answer) => {
      asked += 1;
      if (asked > 3) answer(null);
    };
    const link = open();
    await waitUntil("up", () => link.up);
    const outcomes = ["a", "b", "c"].map((topic) =>
      link.publish(topic, "words").then(
        () => "acknowledged",
        (error: Error) => error.message,
      ),
    );
    await waitUntil("the broker has them", () => asked > 0);
    bench.cut();
    expect(await Promise.all(outcomes)).toEqual(Array(3).fill("the broker closed the connection"));
    await waitUntil("up again", () => link.up);
    const askedBefore = asked;
    asked = 3;
    await link.publish("d", "words");
    expect([askedBefore, asked]).toEqual([askedBefore, 4]);
  });

  it("holds the broker back while receivers are busy with more than 8 MiB, and loses nothing by it", async () => {
    const payload = "x".repeat(128 * 1024);
    const messages = 160;
    let received = 0;
    let release: () => void = () => {};
    const busy = new Promise<void>((resolve) => {
      release = resolve;
    });
    const receiver = open();
    await waitUntil("up", () => receiver.up);
    await receiver.subscribe(["load"], () => {
      received += 1;
      return busy;
    });
    const sender = open();
    await waitUntil("up", () => sender.up);
    for (let count = 0; count < messages; count += 1) void sender.publish("load", payload).catch(() => {});
    await waitUntil("the limit is reached", () => received >= 65);
    await sender.publish("other", "a round trip, during which more would have come");
    expect(received).toBe(65);
    release();
    await waitUntil("everything", () => received === messages);
  });

  it("goes on when a receiver throws or rejects, and says so", async () => {
    const warnings: string[] = [];
    const link = open({ warn: (words) => warnings.push(words) });
    await waitUntil("up", () => link.up);
    await link.subscribe(["bad/+"], (message) => {
      if (message.topic === "bad/throw") throw new Error("thrown");
      return Promise.reject(new Error("rejected"));
    });
    await link.publish("bad/throw", "");
    await link.publish("bad/reject", "");
    await waitUntil("both are told", () => warnings.length === 2);
    expect(warnings).toEqual([
      "a receiver of bad/throw failed: Error: thrown",
      "a receiver of bad/reject failed: Error: rejected",
    ]);
  });

  it("says that the broker refuses a subscription, and keeps the link", async () => {
    bench.broker.authorizeSubscribe = (_client, subscription, answer) => {
      answer(null, subscription.topic === "secret" ? null : subscription);
    };
    const link = open();
    await waitUntil("up", () => link.up);
    await expect(link.subscribe(["open", "secret"], () => {})).rejects.toThrow(
      "the broker refuses the subscription to secret",
    );
    expect(link.up).toBe(true);
    await link.publish("open", "still here");
  });

  it("is down with the reason when a renewed subscription is refused", async () => {
    const link = open();
    const reasons: string[] = [];
    await waitUntil("up", () => link.up);
    await link.subscribe(["rights/later/withdrawn"], () => {});
    bench.broker.authorizeSubscribe = (_client, _subscription, answer) => answer(null, null);
    link.onDown((reason) => reasons.push(reason));
    bench.cut();
    await waitUntil("two reasons", () => reasons.length >= 2);
    expect(reasons.slice(0, 2)).toEqual([
      "the broker closed the connection",
      "the broker refuses the subscription to rights/later/withdrawn",
    ]);
    expect(link.up).toBe(false);
  });

  it("does not wait for ever for a broker that answers no subscription", async () => {
    bench.broker.authorizeSubscribe = () => {};
    const clock = systemClock();
    const reasons: string[] = [];
    // Time runs a thousand times faster for the link, not for the broker.
    const link = open({ clock: { ...clock, after: (ms, task) => clock.after(ms / 1_000, task) } });
    link.onDown((reason) => reasons.push(reason));
    await waitUntil("up", () => link.up);
    await link.subscribe(["a"], () => undefined);
    await waitUntil("it is tried again", () => reasons.length > 1, 5_000);
    expect([link.up, reasons[0]]).toEqual([false, "the broker does not answer a subscription"]);
  });

  it("reads the password file for every connection, so that a new password is used at once", async () => {
    const directory = mkdtempSync(join(tmpdir(), "storewire-link-"));
    endings.push(() => rmSync(directory, { recursive: true }));
    const passwordFile = join(directory, "password");
    writeFileSync(passwordFile, "old\n");
    bench.broker.authenticate = (_client, username, password, answer) => {
      const good = username === "gw-001" && password?.toString() === "new";
      answer(good ? null : Object.assign(new Error("no"), { returnCode: 4 as const }), good);
    };
    const link = open({ username: "gw-001", passwordFile });
    const reasons: string[] = [];
    link.onDown((reason) => reasons.push(reason));
    await waitUntil("a refusal", () => reasons.length > 0);
    expect(reasons[0]).toBe("Connection refused: Bad username or password");
    writeFileSync(passwordFile, "new\n");
    await waitUntil("up", () => link.up);
  });

  it("keeps trying where a file is missing or nobody listens", async () => {
    const reasons: string[] = [];
    const port = await freePort();
    const nobody = open({ url: `mqtt://127.0.0.1:${port}` });
    nobody.onDown((reason) => reasons.push(reason));
    await waitUntil("two tries", () => reasons.length >= 2);
    expect(reasons[1]).toBe(`connect ECONNREFUSED 127.0.0.1:${port}`);
    const missing: string[] = [];
    const fileless = open({ passwordFile: "/nonexistent/password" });
    fileless.onDown((reason) => missing.push(reason));
    await waitUntil("two tries", () => missing.length >= 2);
    expect(missing[1]).toContain("ENOENT");
  });

  it("ends promptly though the broker has gone dumb", async () => {
    bench.broker.authorizePublish = () => {};
    const link = open();
    await waitUntil("up", () => link.up);
    const outcome = link.publish("never/answered", "").catch((error: Error) => error.message);
    await link.close();
    expect(await outcome).toBe("the link was closed");
  });
});

const mosquittoThere = realBrokerThere("the link's send window and rights on a real Mosquitto");
describe.skipIf(!mosquittoThere)("mqtt link on Mosquitto", () => {
  it("sends no more at once than an MQTT 5 broker allows", async () => {
    const broker = await startRealBroker({ configuration: ["max_inflight_messages 2"] });
    const link = openMqttLink({
      url: broker.url,
      clientId: "windowed",
      mqttVersion: "5",
      clock: systemClock(),
      random: systemRandom,
    });
    let downs = 0;
    link.onDown(() => {
      downs += 1;
    });
    await waitUntil("up", () => link.up);
    await Promise.all(Array.from({ length: 500 }, (_, index) => link.publish(`load/${index}`, "x")));
    expect(downs).toBe(0);
    await link.close();
    await broker.stop();
  });
});
