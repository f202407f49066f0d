import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  brokersUnderTest,
  type ConformanceBroker,
  forbiddenFilter,
  hostOfClient,
} from "./conformance-brokers.ts";
import type { Connect, Quality } from "./packets.ts";
import { RawClient } from "./raw-client.ts";

// The cases of the Eclipse Paho interoperability suite for MQTT 3.1.1, in our own words.
const qualities: readonly Quality[] = [0, 1, 2];

describe.each(brokersUnderTest("the control of MQTT conformance"))("$name", ({ start, departs }) => {
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

  async function client(options: Connect = {}): Promise<RawClient> {
    names += 1;
    const host = hostOfClient(clients.length);
    const connected = await RawClient.connect(broker.port, { clientId: `client-${names}`, ...options }, host);
    clients.push(connected);
    return connected;
  }

  /** A client that comes back by the same name, and what its CONNACK said. */
  async function comeBack(options: Connect): Promise<{ again: RawClient; sessionPresent: boolean }> {
    const again = await RawClient.open(broker.port, hostOfClient(clients.length));
    clients.push(again);
    const { returnCode, sessionPresent } = await again.handshake(options);
    expect(returnCode).toBe(0);
    return { again, sessionPresent };
  }

  test("basic: messages of every quality of service arrive once, and in order", async () => {
    const subscriber = await client();
    expect(await subscriber.subscribe(["basic/#", 2])).toEqual([2]);
    const publisher = await client();
    for (const qos of qualities) await publisher.publish({ topic: "basic/a", payload: `qos ${qos}`, qos });
    await publisher.publish({ topic: "basic/end", payload: "end", qos: 1 });
    expect(await subscriber.messagesUntil("end")).toMatchObject(
      qualities.map((qos) => ({
        topic: "basic/a",
        payload: `qos ${qos}`,
        qos,
        retain: false,
        duplicate: false,
      })),
    );
  });

  test("retained messages: kept, replaced, told as such, and taken back by an empty one", async () => {
    const publisher = await client();
    for (const qos of qualities) {
      await publisher.publish({ topic: `retained/${qos}`, payload: "old", qos, retain: true });
      await publisher.publish({ topic: `retained/${qos}`, payload: `of ${qos}`, qos, retain: true });
    }
    const subscriber = await client();
    await subscriber.subscribe(["+/+", 2]);
    const found = [await subscriber.message(), await subscriber.message(), await subscriber.message()];
    expect(found.toSorted((one, other) => one.topic.localeCompare(other.topic))).toMatchObject(
      qualities.map((qos) => ({ topic: `retained/${qos}`, payload: `of ${qos}`, qos, retain: true })),
    );
    // To a subscription that is there already they are messages like all others [MQTT-3.3.1-9].
    await publisher.publish({ topic: "retained/1", payload: "new", qos: 1, retain: true });
    expect(await subscriber.message()).toMatchObject({ payload: "new", retain: false });
    for (const qos of qualities) await publisher.publish({ topic: `retained/${qos}`, qos, retain: true });
    const late = await client();
    await late.subscribe(["retained/+", 2]);
    await publisher.publish({ topic: "retained/end", payload: "end", qos: 1 });
    expect(await late.messagesUntil("end")).toEqual([]);
  });

  test("offline message queueing: what came meanwhile is there when the client comes back", async () => {
    const options = { clientId: "absent", clean: false };
    const { again: absent, sessionPresent } = await comeBack(options);
    expect(sessionPresent).toBe(false);
    await absent.subscribe(["offline/+", 2]);
    absent.cut();
    const publisher = await client();
    for (const qos of qualities) await publisher.publish({ topic: `offline/${qos}`, payload: "missed", qos });
    const back = await comeBack(options);
    expect(back.sessionPresent).toBe(true);
    await publisher.publish({ topic: "offline/end", payload: "end", qos: 2 });
    const missed = await back.again.messagesUntil("end");
    // Whether QoS 0 is kept is the broker's choice (section 3.1.2.4).
    expect(missed.filter(({ qos }) => qos > 0)).toMatchObject([
      { topic: "offline/1", qos: 1, duplicate: false },
      { topic: "offline/2", qos: 2, duplicate: false },
    ]);
  });

  test("a clean session forgets what was kept", async () => {
    const { again: kept } = await comeBack({ clientId: "forgotten", clean: false });
    await kept.subscribe(["forgotten/#", 1]);
    kept.cut();
    const publisher = await client();
    await publisher.publish({ topic: "forgotten/a", payload: "missed", qos: 1 });
    const clean = await comeBack({ clientId: "forgotten", clean: true });
    expect(clean.sessionPresent).toBe(false);
    clean.again.cut();
    const back = await comeBack({ clientId: "forgotten", clean: false });
    expect(back.sessionPresent).toBe(false);
    await back.again.subscribe(["forgotten/#", 1]);
    await publisher.publish({ topic: "forgotten/end", payload: "end", qos: 1 });
    expect(await back.again.messagesUntil("end")).toEqual([]);
  });

  test("will: spoken when the client is cut off, and not when it says goodbye", async () => {
    const heir = await client();
    await heir.subscribe(["will/+", 2]);
    const will = { topic: "will/spoken", payload: "gone", qos: 1, retain: true } as const;
    (await client({ will })).cut();
    expect(await heir.message()).toMatchObject({
      topic: "will/spoken",
      payload: "gone",
      qos: 1,
      retain: false,
    });
    const polite = await client({ will: { ...will, topic: "will/kept" } });
    polite.send(Buffer.from([0xe0, 0]));
    await polite.untilClosed();
    const late = await client();
    await late.subscribe(["will/+", 0]);
    expect(await late.message()).toMatchObject({ topic: "will/spoken", retain: true });
    const publisher = await client();
    await publisher.publish({ topic: "will/spoken", retain: true, qos: 1 });
    await publisher.publish({ topic: "will/end", payload: "end", qos: 1 });
    expect(await heir.messagesUntil("end")).toMatchObject([{ topic: "will/spoken", payload: "" }]);
  });

  test.each([
    { name: "2 and 1", wanted: [2, 1] },
    { name: "1 and 2", wanted: [1, 2] },
    { name: "0 and 2", wanted: [0, 2] },
  ])(
    "overlapping subscriptions of QoS $name: the highest counts [MQTT-3.3.5-1]",
    async ({ name, wanted }) => {
      const [first = 0, second = 0] = wanted;
      const topic = `overlap-${first}${second}`;
      const subscriber = await client();
      expect(await subscriber.subscribe([`${topic}/#`, first], [`${topic}/+`, second])).toEqual(wanted);
      const publisher = await client();
      await publisher.publish({ topic: `${topic}/a`, payload: "once or twice", qos: 2 });
      await publisher.publish({ topic: `${topic}/end`, payload: "end", qos: 2 });
      const heard = await subscriber.messagesUntil("end");
      // One copy, or one for each subscription (section 3.3.5).
      const qos = heard.map((message) => message.qos).toSorted((one, other) => one - other);
      if (!departs.includes(`overlap ${name}`))
        expect(qos).toEqual(heard.length === 1 ? [2] : wanted.toSorted((one, other) => one - other));
    },
  );

  test("keep alive: a client that falls silent is cut off, and its will is spoken", async () => {
    const heir = await client();
    await heir.subscribe(["silent", 0]);
    const silent = await client({ keepaliveSeconds: 1, will: { topic: "silent", payload: "gone" } });
    expect(await heir.message()).toMatchObject({ topic: "silent", payload: "gone" });
    await silent.untilClosed();
  });

  test("redelivery: what was not acknowledged comes again, marked, under its identifier", async () => {
    const options = { clientId: "forgetful", clean: false };
    const { again: forgetful } = await comeBack(options);
    await forgetful.subscribe(["again/+", 2]);
    const publisher = await client();
    await publisher.publish({ topic: "again/1", payload: "one", qos: 1 });
    await publisher.publish({ topic: "again/2", payload: "two", qos: 2 });
    const first = [await forgetful.unanswered(), await forgetful.unanswered()];
    forgetful.cut();
    const { again } = await comeBack(options);
    await publisher.publish({ topic: "again/end", payload: "end", qos: 2 });
    const second = await again.messagesUntil("end");
    expect(second).toMatchObject(
      first.map(({ topic, payload, qos, id }) => ({ topic, payload, qos, id, duplicate: true })),
    );
  });

  test("zero-length client id: for clean sessions alone", async () => {
    const nameless = await RawClient.open(broker.port, hostOfClient(clients.length));
    expect(await nameless.handshake({ clientId: "", clean: false })).toEqual({
      returnCode: 2,
      sessionPresent: false,
    });
    await nameless.untilClosed();
    const [one, other] = [await client({ clientId: "" }), await client({ clientId: "" })];
    await one.ping();
    await other.ping();
  });

  test("subscribe failure: a filter that is refused does not take the others with it", async () => {
    const subscriber = await client();
    const granted = await subscriber.subscribe(["failure/a", 1], [forbiddenFilter, 2], ["failure/b", 2]);
    expect(granted).toEqual([1, departs.includes("refusal") ? 2 : 0x80, 2]);
    const publisher = await client();
    await publisher.publish({ topic: forbiddenFilter, payload: "not for you", qos: 1 });
    await publisher.publish({ topic: "failure/b", payload: "end", qos: 1 });
    expect(await subscriber.messagesUntil("end")).toEqual([]);
  });

  test("$-topics: no wildcard in front reaches them", async () => {
    const subscriber = await client();
    await subscriber.subscribe(["+/dollar", 2], ["#", 2]);
    const publisher = await client();
    await publisher.publish({ topic: "$TopicA/dollar", payload: "hidden", qos: 1 });
    await publisher.publish({ topic: "a/dollar", payload: "end", qos: 1 });
    expect((await subscriber.messagesUntil("end")).filter(({ topic }) => topic.startsWith("$"))).toEqual([]);
  });

  test("unsubscribe: what was given up does not come any more", async () => {
    const subscriber = await client();
    await subscriber.subscribe(["leave/a", 2], ["leave/b", 2], ["leave/c", 2]);
    await subscriber.unsubscribe("leave/a", "leave/never-had");
    const publisher = await client();
    for (const topic of ["leave/a", "leave/b", "leave/c"])
      await publisher.publish({ topic, payload: topic, qos: 1 });
    expect(await subscriber.messagesUntil("leave/c")).toMatchObject([{ topic: "leave/b" }]);
  });
});
