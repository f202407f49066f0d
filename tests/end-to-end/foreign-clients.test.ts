import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../cli/system.ts";
import { brokerLimits } from "../../gateway/broker/limits.ts";
import { deadLettersCollection, type KeptLetter, keptLetters } from "../../gateway/dead-letters.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import type { StorewireEvent } from "../../protocols/events.ts";
import { batchEventsMax, eventSchema } from "../../protocols/events.ts";
import type { Reading } from "../../protocols/readings.ts";
import { localTopics, parseUpwardTopic } from "../../protocols/topics.ts";
import { itemUri, scanOf } from "../durability/caused.ts";
import { freePort } from "../real-broker.ts";
import { writeSite } from "../site.ts";
import type { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";
import {
  type ForeignSubscriber,
  foreignClientsThere,
  publishForeign,
  subscribeForeign,
} from "./mosquitto-clients.ts";
import { deadlineMs, RunningSite, said } from "./running-site.ts";

const testMs = 2 * deadlineMs;
const topic = localTopics.reading("foreign");

/** A scan as an agent that nobody here wrote would tell it. */
function scanReading(sequence: number, { text, aim } = scanOf(sequence)): Reading {
  return {
    id: `01900000-0000-7000-8000-${String(sequence).padStart(12, "0")}`,
    agent: "foreign",
    epoch: "foreign-epoch",
    sequence,
    device: "foreign-scanner",
    readPoint: "desk",
    at: { wallMs: systemClock().wallMs(), monotonicMs: sequence, boot: "foreign-boot", clock: "synced" },
    observation: { kind: "scan", aim, text, bytesHex: Buffer.from(text).toString("hex") },
  };
}

describe.skipIf(!foreignClientsThere("mosquitto_pub and mosquitto_sub at both ends"))(
  "clients that nobody here wrote",
  () => {
    let site: RunningSite;
    let subscriber: ForeignSubscriber;
    let gateway: StorewireProcess;
    let port: number;
    const publish = (payload: string, at = topic): Promise<number | null> =>
      publishForeign(port, at, payload);
    const handedIn = (serial: number): Promise<unknown> =>
      site.untilHeld(`the hand-in of ${serial}`, ({ subject }) => subject === itemUri(serial));

    beforeAll(async () => {
      site = await RunningSite.open();
      subscriber = subscribeForeign(site.broker.port, "storewire/v1/+/+/evt/+");
      await site.untilSubscribed(new RegExp(subscriber.clientId));
      port = await freePort();
      const file = writeSite({
        directory: site.directory,
        headquartersUrl: site.broker.url,
        mqttVersion: "3.1.1",
        brokerPort: port,
      });
      gateway = site.start("gateway", "--config", file);
      await said(gateway, /"event":"started"/, "the gateway has started");
    }, testMs);

    afterAll(async () => {
      await subscriber.stop();
      await site.close();
    }, testMs);

    it(
      "are acknowledged once their reading is kept, and it becomes an event once, told twice or not",
      async () => {
        // An EAN has no serial number: a second scan of it would be a second hand-in, of another number of the store's own.
        const reading = scanReading(1, { text: "4006381333931", aim: "]E0" });
        const told = JSON.stringify([reading]);
        expect(await publish(told)).toBe(0);
        expect(await publish(told)).toBe(0);
        expect(await publish(JSON.stringify([scanReading(2)]))).toBe(0);
        await handedIn(2);
        // It waits a moment for a tag of its own, the second telling as well.
        const isHandIn = ({ type }: StorewireEvent): boolean => type === "storewire.return.handed-in";
        const own = (event: StorewireEvent): boolean => isHandIn(event) && event.reading === reading.id;
        const numbered = await site.untilHeld("the hand-in under the store's own number", own);
        expect(numbered.subject).toMatch(/^https:\/\/id\.gs1\.org\/8004\/\d+$/);
        const handIns = (await site.events()).filter(isHandIn);
        expect(handIns.map(({ subject }) => subject).toSorted()).toEqual(
          [itemUri(2), numbered.subject].toSorted(),
        );
      },
      testMs,
    );

    it(
      "hear the events as batches that any JSON parser and our schema take",
      async () => {
        await waitUntil(
          "mosquitto_sub has what HQ has",
          () => subscriber.messages.some(({ payload }) => payload.includes(itemUri(2))),
          deadlineMs,
        );
        for (const message of subscriber.messages) {
          const batch: unknown = JSON.parse(message.payload);
          if (!Array.isArray(batch)) throw new Error(`no array: ${message.payload}`);
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(batchEventsMax);
          const upward = parseUpwardTopic(message.topic);
          expect(upward).toMatchObject({
            kind: "batch",
            stream: "evt",
            name: { site: "store-0042", gateway: "gw1" },
          });
          for (const event of batch) expect(eventSchema.parse(event).gateway).toBe("gw1");
        }
      },
      testMs,
    );

    it(
      "are acknowledged whatever they send, which is kept readable and hurts nobody",
      async () => {
        const reading = scanReading(3);
        const nameless = { ...reading, device: "" };
        const stranger = { ...reading, agent: "agent1" };
        const long = `["${"x".repeat(brokerLimits.messageBytesMax)}"]`;
        const nonsense = [
          {
            at: "some/other/topic",
            payload: "hello",
            reason: /nobody listens on this topic/,
            content: "hello",
          },
          { at: topic, payload: '[{"id":', reason: /malformed JSON/, content: '[{"id":' },
          {
            at: topic,
            payload: JSON.stringify([nameless]),
            reason: /reading 0 of 1: device: /,
            content: JSON.stringify(nameless),
          },
          {
            at: topic,
            payload: JSON.stringify([stranger]),
            reason: /another agent than foreign/,
            content: JSON.stringify(stranger),
          },
          { at: topic, payload: long, reason: /longer than 262144 bytes/, content: long.slice(0, 2_048) },
          {
            at: topic,
            // With its topic and a few bytes more, a packet that is too long altogether.
            payload: "x".repeat(brokerLimits.publishBytesMax),
            reason: /longer than 262144 bytes/,
            content: "x".repeat(2_048),
          },
        ];
        for (const { at, payload } of nonsense) expect(await publish(payload, at)).toBe(0);
        expect(await publish(JSON.stringify([reading]))).toBe(0);
        await handedIn(3);
        expect(gateway.running).toBe(true);
        expect(await gateway.kill("SIGTERM")).toBe(0);
        const letters = await lettersIn(join(site.directory, "gateway.db"));
        expect(letters).toMatchObject(
          nonsense.map(({ at, reason, content }, index) => ({
            number: index + 1,
            topic: at,
            reason: expect.stringMatching(reason),
            form: "text",
            content,
          })),
        );
      },
      testMs,
    );
  },
);

async function lettersIn(path: string): Promise<readonly KeptLetter[]> {
  const { outbox } = await openSqliteOutbox({ path, clock: systemClock() });
  const documents = await outbox.documents(deadLettersCollection);
  await outbox.close();
  return keptLetters(new Map([...documents].map(([key, text]) => [key, JSON.parse(text)])));
}
