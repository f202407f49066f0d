import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MqttLinkOptions, openMqttLink } from "../../cli/mqtt-link.ts";
import { systemClock, systemRandom } from "../../cli/system.ts";
import { headquartersName } from "../../hq/items/transit-watch.ts";
import type { MessageLink } from "../../protocols/message-link.ts";
import { continueCommand } from "../../protocols/returns/continue-case.ts";
import { headquartersFilters, uplinkTopics } from "../../protocols/topics.ts";
import { announceCommand } from "../../protocols/weighing/announce-parcels.ts";
import { type RealBroker, realBrokerThere, startRealBroker } from "../real-broker.ts";
import { waitUntil } from "../wait-until.ts";

const folder = "deploy/mosquitto";
const there = realBrokerThere("the Mosquitto set-up of deploy/mosquitto");
const opensslThere = spawnSync("openssl", ["version"]).status === 0;
if (!opensslThere) console.warn("skipped: certificates of deploy/mosquitto (no openssl here)");

const open = async (options: Partial<MqttLinkOptions> & { url: string; clientId: string }) => {
  const link = openMqttLink({ clock: systemClock(), random: systemRandom, ...options });
  const reasons: string[] = [];
  link.onDown((reason) => reasons.push(reason));
  await waitUntil(`${options.clientId} is up (${reasons.join("; ")})`, () => link.up);
  return link;
};

describe.skipIf(!there)("the loopback set-up", () => {
  it("starts as it is, and takes and gives", async () => {
    const whole = (port: number): string =>
      `user root\n${readFileSync(join(folder, "storewire-loopback.conf"), "utf8").replace("listener 1883", `listener ${port}`)}`;
    const broker = await startRealBroker({ whole });
    const link = await open({ url: broker.url, clientId: "anybody" });
    const received: string[] = [];
    await link.subscribe(["storewire/v1/#"], (message) => {
      received.push(message.topic);
    });
    await link.publish("storewire/v1/s/g/evt/queue", "x".repeat(128 * 1024));
    await waitUntil("it is back", () => received.length === 1);
    await link.close();
    await broker.stop();
  });
});

describe.skipIf(!there || !opensslThere)("the set-up with certificates", () => {
  const certificates = mkdtempSync(join(tmpdir(), "storewire-certificates-"));
  const own = { site: "store-1001", gateway: "gw-001" };
  const neighbour = { site: "store-1002", gateway: "gw-001" };
  const links: MessageLink[] = [];
  let broker: RealBroker;

  const make = (...words: string[]): void => {
    execFileSync(join(folder, "make-certificates.sh"), [certificates, ...words]);
  };
  const openAs = async (name: string, clientId: string, mqttVersion: "3.1.1" | "5"): Promise<MessageLink> => {
    const file = join(certificates, name.replace("/", "_"));
    const tls = { caFile: join(certificates, "ca.pem"), certFile: `${file}.pem`, keyFile: `${file}.key` };
    const url = `mqtts://127.0.0.1:${broker.port}`;
    const link = await open({ url, clientId, mqttVersion, tls });
    links.push(link);
    return link;
  };

  beforeAll(async () => {
    make("authority");
    make("broker", "127.0.0.1");
    for (const name of ["store-1001/gw-001", "store-1002/gw-001", "hq-receiver", "hq-announcer"])
      make("client", name);
    broker = await startRealBroker({
      whole(port, directory) {
        cpSync(join(folder, "storewire.acl"), join(directory, "storewire.acl"));
        return `user root\n${readFileSync(join(folder, "storewire-hq.conf"), "utf8")}`
          .replace("listener 8883", `listener ${port} 127.0.0.1`)
          .replaceAll("/etc/mosquitto/certs", certificates)
          .replaceAll("/etc/mosquitto", directory);
      },
    });
  });
  afterAll(async () => {
    await Promise.all(links.map((link) => link.close()));
    await broker.stop();
    rmSync(certificates, { recursive: true });
  });

  it.each(["3.1.1", "5"] as const)(
    "carries a gateway's events to the receiver, and its watermark back, on MQTT %s",
    async (version) => {
      const receiver = await openAs("hq-receiver", `receiver-${version}`, version);
      const gateway = await openAs("store-1001/gw-001", `gateway-${version}`, version);
      const [up, down]: [string[], string[]] = [[], []];
      await receiver.subscribe(headquartersFilters, (message) => {
        up.push(message.topic);
      });
      await gateway.subscribe([uplinkTopics.acknowledgement(own), uplinkTopics.resend(own)], (message) => {
        down.push(message.topic);
      });
      await gateway.publish(uplinkTopics.batch(own, "return"), "[]");
      await gateway.publish(uplinkTopics.batch(own, "device"), "[]");
      await gateway.publish(uplinkTopics.state(own), "{}");
      await receiver.publish(uplinkTopics.acknowledgement(own), "{}", { retain: true });
      await waitUntil("three up, one down", () => up.length === 3 && down.length >= 1);
      expect(up).toEqual([
        "storewire/v1/store-1001/gw-001/evt/return",
        "storewire/v1/store-1001/gw-001/tel/device",
        "storewire/v1/store-1001/gw-001/state",
      ]);
      expect(down[0]).toBe("storewire/v1/store-1001/gw-001/ack");
    },
  );

  it.each([
    ["hq-receiver", continueCommand],
    ["hq-announcer", announceCommand],
  ])("lets %s order %s, and hear the answer", async (account, command) => {
    const orderer = await openAs(account, `${account}-orders`, "5");
    const gateway = await openAs("store-1001/gw-001", `gateway-${command}`, "5");
    const heard: string[] = [];
    const hear = ({ topic }: { readonly topic: string }): void => void heard.push(topic);
    await gateway.subscribe([uplinkTopics.command(own, command)], hear);
    await orderer.subscribe([uplinkTopics.commandReply(own, command)], hear);
    await orderer.publish(uplinkTopics.command(own, command), "{}");
    await gateway.publish(uplinkTopics.commandReply(own, command), "{}");
    await waitUntil("order and answer", () => heard.length === 2);
    expect(heard).toEqual([uplinkTopics.command(own, command), uplinkTopics.commandReply(own, command)]);
    const isReceiver = account === "hq-receiver";
    const alert = orderer.publish(uplinkTopics.batch(headquartersName, "alert"), "[]");
    await (isReceiver ? alert : expect(alert).rejects.toThrow(/Not authorized/));
    const other = command === announceCommand ? continueCommand : announceCommand;
    await expect(orderer.publish(uplinkTopics.command(own, other), "{}")).rejects.toThrow(/Not authorized/);
  });

  it("lets no gateway speak for another, nor hear it, nor give itself watermarks", async () => {
    const gateway = await openAs("store-1002/gw-001", "stranger", "5");
    const heard: string[] = [];
    await gateway
      .subscribe(["storewire/v1/#"], (message) => {
        heard.push(message.topic);
      })
      .catch(() => {});
    const receiver = await openAs("hq-receiver", "receiver-2", "5");
    const refused = /Not authorized/;
    await expect(gateway.publish(uplinkTopics.batch(own, "return"), "[]")).rejects.toThrow(refused);
    await expect(gateway.publish(uplinkTopics.acknowledgement(neighbour), "{}")).rejects.toThrow(refused);
    await receiver.publish(uplinkTopics.resend(own), "{}");
    await receiver.publish(uplinkTopics.resend(neighbour), "{}");
    await waitUntil("its own word", () => heard.length > 0);
    expect(heard).toEqual(["storewire/v1/store-1002/gw-001/resend"]);
  });

  it("lets nobody in without a certificate, and a client in to no other broker's certificate", async () => {
    const reasons: string[] = [];
    const caFile = join(certificates, "ca.pem");
    const stranger = openMqttLink({
      url: `mqtts://127.0.0.1:${broker.port}`,
      clientId: "nobody",
      clock: systemClock(),
      random: systemRandom,
    });
    stranger.onDown((reason) => reasons.push(reason));
    await waitUntil("it is refused", () => reasons.length > 0);
    await stranger.close();
    expect(reasons[0]).toMatch(/certificate/);
    expect(readFileSync(caFile, "utf8")).toContain("BEGIN CERTIFICATE");
  });
});
