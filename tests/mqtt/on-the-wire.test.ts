import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { systemClock } from "../../cli/system.ts";
import { eventSchema } from "../../protocols/events.ts";
import { readingBatchSchema } from "../../protocols/readings.ts";
import { agentOfReadingTopic, parseUpwardTopic } from "../../protocols/topics.ts";
import { carryOnPty, type PtyDevice } from "../../simulators/carriers/on-pty.ts";
import { createSerialScanner, type ScannerStimulus } from "../../simulators/devices/serial-scanner.ts";
import { itemUri, scanOf } from "../durability/caused.ts";
import { deadlineMs, RunningSite, ready, said } from "../end-to-end/running-site.ts";
import { freePort, realBrokerThere } from "../real-broker.ts";
import { writeSite } from "../site.ts";
import { type Segment, tshark, tsharkThere } from "../tshark.ts";
import { type TappedPort, tapPort } from "./tapped-port.ts";

// What the processes really say, read by a dissector that shares no line with our codecs, client or broker.
const what = "MQTT on the wire against tshark's dissector";
const here = [tsharkThere(what), realBrokerThere(what)].every(Boolean);

/** One MQTT packet as the dissector shows it: everything is text. */
interface Packet {
  readonly from: Segment["from"];
  readonly type: number;
  readonly fields: Readonly<Record<string, string | undefined>>;
}
const packetType = { connect: 1, publish: 3, puback: 4, subscribe: 8, disconnect: 14 } as const;
const port = 1883;

const dissectionSchema = z.array(
  z.object({ _source: z.object({ layers: z.looseObject({ tcp: z.looseObject({}), mqtt: z.unknown() }) }) }),
);

/** The dissector nests fields in trees; a packet's own are told apart by their names. */
function flattened(tree: unknown): Record<string, string> {
  if (typeof tree !== "object" || tree === null) return {};
  return Object.entries(tree).reduce<Record<string, string>>((all, [name, value]) => {
    if (typeof value === "string") return { [name]: value, ...all };
    return { ...flattened(value), ...all };
  }, {});
}

function packetsOf(segments: readonly Segment[]): readonly Packet[] {
  const options = ["-d", `tcp.port==${port},mqtt`, "-Y", "mqtt"];
  const text = tshark(segments, port, [...options, "-T", "json", "--no-duplicate-keys"]);
  return dissectionSchema.parse(JSON.parse(text)).flatMap(({ _source: { layers } }) => {
    const from = flattened(layers.tcp)["tcp.dstport"] === String(port) ? "client" : "server";
    const trees = Array.isArray(layers.mqtt) ? layers.mqtt : [layers.mqtt];
    return trees.map((tree: unknown): Packet => {
      const fields = flattened(tree);
      return { from, type: Number(fields["mqtt.msgtype"]), fields };
    });
  });
}

const malformed = (segments: readonly Segment[]): string =>
  tshark(segments, port, [
    "-d",
    `tcp.port==${port},mqtt`,
    "-Y",
    "_ws.malformed || _ws.expert.severity >= error",
  ]);

const ofType = (packets: readonly Packet[], type: number): readonly Packet[] =>
  packets.filter((packet) => packet.type === type);
const topicOf = ({ fields }: Packet): string => fields["mqtt.topic"] ?? "";
const contentOf = ({ fields }: Packet): unknown =>
  JSON.parse(Buffer.from((fields["mqtt.msg"] ?? "").replaceAll(":", ""), "hex").toString());
const other = { client: "server", server: "client" } as const;

/** What MQTT and our contract ask of any connection of ours, whoever is at its other end. */
function expectSound(packets: readonly Packet[], segments: readonly Segment[]): void {
  expect(malformed(segments)).toBe("");
  expect(packets[0]).toMatchObject({ from: "client", type: packetType.connect });
  const published = ofType(packets, packetType.publish);
  expect(published.filter(({ fields }) => fields["mqtt.qos"] !== "1").map(topicOf)).toEqual([]);
  for (const packet of published) {
    const answers = ofType(packets, packetType.puback).filter(
      ({ from, fields }) =>
        from === other[packet.from] && fields["mqtt.msgid"] === packet.fields["mqtt.msgid"],
    );
    expect({ topic: topicOf(packet), answered: answers.length > 0 }).toEqual({
      topic: topicOf(packet),
      answered: true,
    });
  }
}

describe.skipIf(!here)("MQTT on the wire", () => {
  describe.each([
    ["3.1.1", "4"],
    ["5", "5"],
  ] as const)("with HQ on %s", (mqttVersion, level) => {
    let site: RunningSite;
    let scanner: PtyDevice<ScannerStimulus>;
    let upwards: TappedPort;
    let inStore: TappedPort;
    const items = [1, 2, 3];

    beforeAll(async () => {
      site = await RunningSite.open();
      upwards = await tapPort(site.broker.port);
      const brokerPort = await freePort();
      inStore = await tapPort(brokerPort);
      const framing = { suffix: "cr", aimPrefix: true } as const;
      scanner = carryOnPty(createSerialScanner(framing), {
        clock: systemClock(),
        link: join(site.directory, "desk-scanner"),
      });
      const file = writeSite({
        directory: site.directory,
        headquartersUrl: `mqtt://127.0.0.1:${upwards.port}`,
        mqttVersion,
        brokerPort,
        agentBrokerUrl: `mqtt://127.0.0.1:${inStore.port}`,
        devices: [
          {
            id: "desk-scanner",
            readPoint: "desk",
            driver: "serial-scanner",
            transport: { kind: "serial", path: scanner.path },
            settings: framing,
          },
        ],
      });
      const gateway = site.start("gateway", "--config", file);
      await said(gateway, /"event":"started"/, "the gateway has started");
      const agent = site.start("agent", "--readings", "--config", file);
      await ready(agent, "desk-scanner");
      for (const item of items) scanner.stimulate({ kind: "scan", ...scanOf(item) });
      await site.untilHeld("the last item", ({ subject }) => subject === itemUri(items.length));
      for (const process of [agent, gateway]) expect(await process.kill("SIGTERM")).toBe(0);
    }, 2 * deadlineMs);

    afterAll(async () => {
      await site.close();
      await Promise.all([scanner.close(), upwards.close(), inStore.close()]);
    }, deadlineMs);

    it("carries batches of events up, each acknowledged, on our topics and nothing else", () => {
      expect(upwards.connections).toHaveLength(1);
      const [segments = []] = upwards.connections;
      const packets = packetsOf(segments);
      expectSound(packets, segments);
      expect(packets[0]?.fields).toMatchObject({ "mqtt.ver": level });
      const batches = ofType(packets, packetType.publish).filter(({ from }) => from === "client");
      const events = batches.flatMap((packet) => {
        const topic = parseUpwardTopic(topicOf(packet));
        expect(topic).toMatchObject({ name: { site: "store-0042", gateway: "gw1" } });
        return topic?.kind === "batch" ? z.array(eventSchema).parse(contentOf(packet)) : [];
      });
      const subjects = events.flatMap(({ type, subject }) =>
        type === "storewire.return.handed-in" ? [subject] : [],
      );
      expect([...new Set(subjects)]).toEqual(items.map(itemUri));
      expect(ofType(packets, packetType.disconnect)).toHaveLength(1);
    });

    it("hears HQ's watermark down", () => {
      const [segments = []] = upwards.connections;
      const down = ofType(packetsOf(segments), packetType.publish).filter(({ from }) => from === "server");
      expect(down.map(topicOf)).toContain("storewire/v1/store-0042/gw1/ack");
    });

    it("carries readings from the agent to the store's broker, each acknowledged", () => {
      const connections = inStore.connections.map((segments) => ({ segments, packets: packetsOf(segments) }));
      for (const { segments, packets } of connections) expectSound(packets, segments);
      const readings = connections
        .flatMap(({ packets }) => ofType(packets, packetType.publish))
        .filter(({ from }) => from === "client")
        .flatMap((packet) => {
          expect(agentOfReadingTopic(topicOf(packet))).toBe("agent1");
          return readingBatchSchema.parse(contentOf(packet));
        });
      const scans = readings.filter(({ observation }) => observation.kind === "scan");
      expect(new Set(scans.map(({ id }) => id)).size).toBe(items.length);
    });
  });
});
