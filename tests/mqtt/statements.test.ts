import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { brokersUnderTest, type ConformanceBroker, hostOfClient } from "./conformance-brokers.ts";
import {
  type Connect,
  connect,
  disconnect,
  field,
  number,
  packet,
  packetType,
  pingreq,
  puback,
  publish,
  pubrec,
  pubrel,
  readPublish,
  subscribe,
  unsubscribe,
} from "./packets.ts";
import { RawClient } from "./raw-client.ts";

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
const level = "00044d515454 04";

/** What comes first on a connection, and how it ends: closed, or CONNACK with this code and closed. */
const firstPackets: readonly { statement: string; name: string; sent: Buffer; code?: number }[] = [
  { statement: "[MQTT-3.1.0-1]", name: "PINGREQ before CONNECT", sent: pingreq() },
  { statement: "[MQTT-3.1.0-1]", name: "PUBLISH before CONNECT", sent: publish({ topic: "a" }) },
  { statement: "[MQTT-3.1.0-1]", name: "SUBSCRIBE before CONNECT", sent: subscribe(1, ["a", 0]) },
  { statement: "[MQTT-3.1.2-1]", name: "another protocol", sent: connect({ name: "HTTP", clientId: "x" }) },
  { statement: "[MQTT-3.1.2-2]", name: "level 0", sent: connect({ level: 0, clientId: "x" }), code: 1 },
  { statement: "[MQTT-3.1.2-2]", name: "level 6", sent: connect({ level: 6, clientId: "x" }), code: 1 },
  { statement: "[MQTT-3.1.2-3]", name: "reserved flag", sent: connect({ flip: 1, clientId: "x" }) },
  {
    statement: "[MQTT-3.1.2-14]",
    name: "will of QoS 3",
    sent: connect({ clientId: "x", will: { topic: "a", payload: "b" }, flip: 0x18 }),
  },
  { statement: "[MQTT-3.1.2-13]", name: "QoS of no will", sent: connect({ flip: 0x08, clientId: "x" }) },
  { statement: "[MQTT-3.1.2-15]", name: "retain of no will", sent: connect({ flip: 0x20, clientId: "x" }) },
  {
    statement: "[MQTT-3.1.2-22]",
    name: "password without user name",
    sent: connect({ clientId: "x", password: "secret" }),
  },
  {
    statement: "[MQTT-3.1.3-8]",
    name: "no client id, no clean session",
    sent: connect({ clean: false }),
    code: 2,
  },
  {
    statement: "[MQTT-1.5.3-1]",
    name: "client id that is no UTF-8",
    sent: connect({ clientId: bytes("ff fe") }),
  },
  { statement: "[MQTT-1.5.3-2]", name: "client id with U+0000", sent: connect({ clientId: "a\0b" }) },
  {
    statement: "[MQTT-1.5.3-1]",
    name: "client id with a surrogate",
    sent: connect({ clientId: bytes("ed a0 80") }),
  },
  {
    statement: "[MQTT-2.2.2-2]",
    name: "flags of CONNECT",
    sent: packet(0x11, bytes(`${level} 02 003c 0001 61`)),
  },
  {
    statement: "[MQTT-3.1.4-1]",
    name: "CONNECT that ends early",
    sent: packet(0x10, bytes(`${level} 02 003c 0005 61`)),
  },
  { statement: "2.2.3", name: "length of five bytes", sent: bytes("10 ff ff ff ff 7f") },
];

/** What a client that is connected must not send. */
const violations: readonly { statement: string; name: string; sent: Buffer }[] = [
  { statement: "[MQTT-3.1.0-2]", name: "a second CONNECT", sent: connect({ clientId: "again" }) },
  { statement: "[MQTT-3.3.1-4]", name: "QoS 3", sent: packet(0x36, field("a"), number(1)) },
  { statement: "[MQTT-3.3.1-2]", name: "QoS 0 and DUP", sent: publish({ topic: "a", duplicate: true }) },
  { statement: "[MQTT-3.3.2-2]", name: "# in a topic name", sent: publish({ topic: "a/#" }) },
  { statement: "[MQTT-3.3.2-2]", name: "+ in a topic name", sent: publish({ topic: "a/+/b" }) },
  { statement: "[MQTT-4.7.3-1]", name: "an empty topic name", sent: publish({ topic: "" }) },
  { statement: "[MQTT-4.7.3-2]", name: "U+0000 in a topic name", sent: publish({ topic: "a\0" }) },
  {
    statement: "[MQTT-3.3.2-1]",
    name: "a topic name that is no UTF-8",
    sent: packet(0x30, field(bytes("c3 28"))),
  },
  {
    statement: "[MQTT-2.3.1-1]",
    name: "PUBLISH with identifier 0",
    sent: publish({ topic: "a", qos: 1, id: 0 }),
  },
  { statement: "[MQTT-2.3.1-1]", name: "SUBSCRIBE with identifier 0", sent: subscribe(0, ["a", 0]) },
  { statement: "[MQTT-2.3.1-1]", name: "UNSUBSCRIBE with identifier 0", sent: unsubscribe(0, "a") },
  {
    statement: "[MQTT-3.8.1-1]",
    name: "flags of SUBSCRIBE",
    sent: packet(0x80, number(1), field("a"), bytes("00")),
  },
  { statement: "[MQTT-3.8.3-3]", name: "SUBSCRIBE to nothing", sent: subscribe(1) },
  { statement: "[MQTT-3.8.3-4]", name: "SUBSCRIBE with QoS 3", sent: subscribe(1, ["a", 3]) },
  { statement: "[MQTT-3.8.3-4]", name: "SUBSCRIBE with reserved bits", sent: subscribe(1, ["a", 0x41]) },
  {
    statement: "[MQTT-3.8.3-1]",
    name: "a filter that is no UTF-8",
    sent: packet(0x82, number(1), field(bytes("ff")), bytes("00")),
  },
  { statement: "[MQTT-4.7.1-2]", name: "# within a level", sent: subscribe(1, ["a#", 0]) },
  { statement: "[MQTT-4.7.1-2]", name: "# before the end", sent: subscribe(1, ["a/#/b", 0]) },
  { statement: "[MQTT-4.7.1-3]", name: "+ within a level", sent: subscribe(1, ["a+", 0]) },
  { statement: "[MQTT-4.7.1-3]", name: "+ in front of a level's rest", sent: subscribe(1, ["+b/c", 0]) },
  { statement: "[MQTT-4.7.3-1]", name: "an empty filter", sent: subscribe(1, ["", 0]) },
  { statement: "[MQTT-3.10.1-1]", name: "flags of UNSUBSCRIBE", sent: packet(0xa0, number(1), field("a")) },
  { statement: "[MQTT-3.10.3-2]", name: "UNSUBSCRIBE from nothing", sent: unsubscribe(1) },
  { statement: "[MQTT-3.6.1-1]", name: "flags of PUBREL", sent: packet(0x60, number(1)) },
  { statement: "[MQTT-2.2.2-2]", name: "flags of PUBACK", sent: packet(0x41, number(1)) },
  { statement: "[MQTT-2.2.2-2]", name: "flags of PINGREQ", sent: bytes("c1 00") },
  { statement: "[MQTT-3.14.1-1]", name: "flags of DISCONNECT", sent: bytes("e1 00") },
  { statement: "[MQTT-4.8.0-1]", name: "a packet of the server", sent: bytes("d0 00") },
  { statement: "[MQTT-4.8.0-1]", name: "reserved type 0", sent: bytes("00 00") },
  { statement: "[MQTT-4.8.0-1]", name: "reserved type 15", sent: bytes("f0 00") },
  { statement: "[MQTT-4.8.0-1]", name: "PUBACK without identifier", sent: bytes("40 00") },
  {
    statement: "[MQTT-4.8.0-1]",
    name: "SUBSCRIBE cut off in its filter",
    sent: packet(0x82, number(1), number(9), Buffer.from("a")),
  },
  {
    statement: "[MQTT-4.8.0-1]",
    name: "PUBLISH shorter than its topic",
    sent: packet(0x30, number(50), Buffer.from("a")),
  },
];

describe.each(brokersUnderTest("the control of the statements of MQTT 3.1.1"))(
  "$name",
  ({ start, departs }) => {
    const kept = violations.filter(({ name }) => !departs.includes(name));
    let broker: ConformanceBroker;
    const clients: RawClient[] = [];
    let names = 0;

    beforeAll(async () => {
      broker = await start();
    });
    afterAll(async () => {
      for (const client of clients) client.cut();
      await broker.stop();
    });

    async function opened(): Promise<RawClient> {
      const client = await RawClient.open(broker.port, hostOfClient(clients.length));
      clients.push(client);
      return client;
    }

    async function client(options: Connect = {}): Promise<RawClient> {
      const connected = await opened();
      names += 1;
      const { returnCode } = await connected.handshake({ clientId: `client-${names}`, ...options });
      expect(returnCode).toBe(0);
      return connected;
    }

    describe("before a connection stands", () => {
      test.each(firstPackets)("$statement $name", async ({ sent, code }) => {
        const stranger = await opened();
        stranger.send(sent);
        await stranger.untilClosed();
        const said = stranger.waiting.map(({ type, body }) => [type, ...body]);
        expect(said).toEqual(code === undefined ? [] : [[packetType.connack, 0, code]]);
      });
    });

    describe("on a connection that stands, closes it, and speaks the will", () => {
      test.each(kept)("$statement $name", async ({ name, sent }) => {
        const heir = await client();
        await heir.subscribe(["violated", 1]);
        const violator = await client({ will: { topic: "violated", payload: name, qos: 1 } });
        violator.send(sent);
        await violator.untilClosed();
        // [MQTT-3.1.2-8]; and nothing is answered to what must not be.
        expect(await heir.message()).toMatchObject({ topic: "violated", payload: name });
        expect(violator.waiting).toEqual([]);
        heir.send(disconnect());
      });
    });

    test("[MQTT-3.1.3-5] every client id of 1 to 23 letters and digits is let in, and longer ones are", async () => {
      for (const clientId of ["a", "0123456789abcdefghijklm", "Z".repeat(23), "long-".repeat(20)]) {
        (await client({ clientId })).send(disconnect());
      }
    });

    test("[MQTT-3.1.4-2] a client of the same id takes the place of the one before", async () => {
      const before = await client({ clientId: "same" });
      const after = await client({ clientId: "same" });
      await before.untilClosed();
      await after.ping();
    });

    test("[MQTT-3.8.4-3] the same filter again takes the place of the one before, and retained messages come again", async () => {
      const publisher = await client();
      await publisher.publish({ topic: "again/kept", payload: "kept", qos: 1, retain: true });
      const subscriber = await client();
      expect(await subscriber.subscribe(["again/#", 0])).toEqual([0]);
      expect(await subscriber.message()).toMatchObject({ payload: "kept", qos: 0, retain: true });
      expect(await subscriber.subscribe(["again/#", 1])).toEqual([1]);
      expect(await subscriber.message()).toMatchObject({ payload: "kept", qos: 1, retain: true });
      await publisher.publish({ topic: "again/live", payload: "live", qos: 1 });
      await publisher.publish({ topic: "again/end", payload: "end", qos: 1 });
      expect(await subscriber.messagesUntil("end")).toMatchObject([{ payload: "live", qos: 1 }]);
      await publisher.publish({ topic: "again/kept", qos: 1, retain: true });
    });

    test("[MQTT-3.9.3-1] each filter of a SUBSCRIBE has its return code, also one that stands there twice", async () => {
      const subscriber = await client();
      expect(await subscriber.subscribe(["b", 1], ["a", 0], ["b", 1], ["c", 2], ["a", 0])).toEqual([
        1, 0, 1, 2, 0,
      ]);
      expect(await subscriber.subscribe(["d", 1], ["e", 0])).toEqual([1, 0]);
    });

    test("[MQTT-3.8.4-6] wildcards get no higher quality of service than they were granted", async () => {
      const subscriber = await client();
      await subscriber.subscribe(["granted/+", 1]);
      const publisher = await client();
      for (const qos of [0, 1, 2] as const)
        await publisher.publish({ topic: "granted/a", payload: `${qos}`, qos });
      await publisher.publish({ topic: "granted/end", payload: "end", qos: 1 });
      expect((await subscriber.messagesUntil("end")).map(({ qos }) => qos)).toEqual([0, 1, 1]);
    });

    test("[MQTT-3.3.1-3] a publisher's repetition is none for others", async () => {
      const subscriber = await client();
      await subscriber.subscribe(["repeated", 1]);
      const publisher = await client();
      await publisher.publish({ topic: "repeated", payload: "x", qos: 1, duplicate: true });
      expect(await subscriber.message()).toMatchObject({ payload: "x", duplicate: false });
    });

    test("[MQTT-4.3.3-2] a QoS 2 message that is sent twice before PUBREL is one, also in the same breath", async () => {
      const subscriber = await client();
      await subscriber.subscribe(["twice/#", 2]);
      const publisher = await client();
      const message = { topic: "twice/a", payload: "x", qos: 2, id: 77 } as const;
      publisher.send(publish(message), publish({ ...message, duplicate: true }));
      for (let count = 0; count < 2; count += 1) {
        expect((await publisher.next(packetType.pubrec)).body.readUInt16BE(0)).toBe(77);
      }
      publisher.send(pubrel(77));
      expect((await publisher.next(packetType.pubcomp)).body.readUInt16BE(0)).toBe(77);
      await publisher.publish({ topic: "twice/end", payload: "end", qos: 2 });
      expect(await subscriber.messagesUntil("end")).toHaveLength(1);
    });

    test("[MQTT-4.3.3-2] PUBREL of an unknown identifier is answered with PUBCOMP", async () => {
      const stranger = await client();
      stranger.send(pubrel(4_711));
      expect((await stranger.next(packetType.pubcomp)).body.readUInt16BE(0)).toBe(4_711);
    });

    test("[MQTT-3.12.4-1] PINGREQ, [MQTT-3.10.4-5] UNSUBSCRIBE without subscription: both are answered", async () => {
      const lonely = await client();
      await lonely.ping();
      await lonely.unsubscribe("never/had");
    });

    test("[MQTT-4.6.0-2], [MQTT-4.6.0-6] acknowledgements and messages keep the order of what was sent", async () => {
      const subscriber = await client();
      await subscriber.subscribe(["order/#", 1]);
      const publisher = await client();
      const ids = Array.from({ length: 100 }, (_, index) => 1_000 + index);
      publisher.send(...ids.map((id) => publish({ topic: "order/a", payload: `${id}`, qos: 1, id })));
      for (const id of ids) {
        expect((await publisher.next(packetType.puback)).body.readUInt16BE(0)).toBe(id);
      }
      for (const id of ids) expect(await subscriber.message()).toMatchObject({ payload: `${id}` });
    });

    test("[MQTT-4.3.3-1] PUBREL follows PUBREC, and comes again with the next connection until PUBCOMP", async () => {
      const options = { clientId: "half-way", clean: false };
      const halfWay = await client(options);
      await halfWay.subscribe(["half-way", 2]);
      const publisher = await client();
      await publisher.publish({ topic: "half-way", payload: "x", qos: 2 });
      const { id = 0 } = readPublish(await halfWay.next(packetType.publish));
      halfWay.send(pubrec(id));
      expect((await halfWay.next(packetType.pubrel)).body.readUInt16BE(0)).toBe(id);
      halfWay.cut();
      const again = await client(options);
      // [MQTT-4.4.0-1]
      expect((await again.next(packetType.pubrel)).body.readUInt16BE(0)).toBe(id);
      again.send(packet(0x70, number(id)));
      await again.ping();
      again.cut();
      const last = await client(options);
      await last.ping();
      expect(last.waiting).toEqual([]);
    });

    test("[MQTT-3.2.2-2] a session without subscriptions is one", async () => {
      const options = { clientId: "empty-handed", clean: false };
      (await client(options)).send(disconnect());
      const back = await opened();
      expect(await back.handshake(options)).toEqual({ returnCode: 0, sessionPresent: true });
    });

    test("[MQTT-3.3.1-7] an empty retained message is delivered and not kept", async () => {
      const subscriber = await client();
      await subscriber.subscribe(["void/#", 1]);
      const publisher = await client();
      await publisher.publish({ topic: "void/a", qos: 1, retain: true });
      expect(await subscriber.message()).toMatchObject({ topic: "void/a", payload: "", retain: false });
    });

    test("[MQTT-4.7.1-1] wildcards: the parent of #, empty levels, and topics by case", async () => {
      const cases: readonly [filter: string, heard: readonly string[]][] = [
        ["w/a/#", ["w/a", "w/a/b", "w/a/b/c", "w/a//"]],
        ["w/+", ["w/a", "w/"]],
        ["w/+/+", ["w/a/b", "w/a/"]],
        ["w/A", []],
      ];
      const topics = ["w", "w/", "w/a", "w/a/", "w/a//", "w/a/b", "w/a/b/c"];
      const publisher = await client();
      for (const [filter, heard] of cases) {
        const subscriber = await client();
        await subscriber.subscribe([filter, 1], ["w-end", 1]);
        for (const topic of topics) await publisher.publish({ topic, payload: topic, qos: 1 });
        await publisher.publish({ topic: "w-end", payload: "end", qos: 1 });
        const got = (await subscriber.messagesUntil("end")).map(({ topic }) => topic).toSorted();
        const wanted = filter === "w/a/#" ? [...heard, "w/a/"] : heard;
        expect([filter, got]).toEqual([filter, wanted.toSorted()]);
        subscriber.send(puback(1), disconnect());
      }
    });
  },
);
