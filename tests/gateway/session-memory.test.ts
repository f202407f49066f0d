import type { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { sessionLimits } from "../../gateway/broker/limits.ts";
import { SessionMemory } from "../../gateway/broker/session-memory.ts";

const { sessionsMax, queuedMessagesMax, queuedBytesMax, retainedMax } = sessionLimits;
const client = (id: string) => ({ id });
const all = async (stream: Readable): Promise<readonly Record<string, unknown>[]> => stream.toArray();

let counter = 0;
const message = (topic: string, payload = "x", qos = 1) => {
  counter += 1;
  return { cmd: "publish", topic, payload: Buffer.from(payload), qos, brokerId: "b", brokerCounter: counter };
};

/** With one client that is away and wants everything below `a`. */
async function memoryWithAbsent(): Promise<SessionMemory> {
  const memory = new SessionMemory(() => true);
  await memory.addSubscriptions(client("absent"), [
    { topic: "a/#", qos: 1 },
    { topic: "a/+", qos: 0 },
  ]);
  return memory;
}

async function deliver(memory: SessionMemory, sent: ReturnType<typeof message>): Promise<void> {
  await memory.outgoingEnqueueCombi(await memory.subscriptionsByTopic(sent.topic), sent);
}

describe("what the broker keeps for clients", () => {
  test("is a bounded number of sessions, the oldest of which makes room", async () => {
    const memory = new SessionMemory(() => true);
    for (let index = 0; index <= sessionsMax; index += 1) {
      await memory.addSubscriptions(client(`c${index}`), [{ topic: "a", qos: 1 }]);
    }
    expect(memory.counts.droppedSessions).toBe(1);
    const receivers = await memory.subscriptionsByTopic("a");
    expect(receivers.map(({ clientId }) => clientId)).toEqual(
      Array.from({ length: sessionsMax }, (_, index) => `c${index + 1}`),
    );
  });

  test("is a bounded number of messages and bytes for each who is away", async () => {
    const many = await memoryWithAbsent();
    for (let index = 0; index < queuedMessagesMax + 5; index += 1)
      await deliver(many, message("a/b", `${index}`));
    const kept = await all(many.outgoingStream(client("absent")));
    expect([kept.length, many.counts.droppedMessages]).toEqual([queuedMessagesMax, 5]);
    expect(String(kept.at(-1)?.["payload"])).toBe(`${queuedMessagesMax - 1}`);
    const large = await memoryWithAbsent();
    for (let index = 0; index < 5; index += 1)
      await deliver(large, message("a/b", "x".repeat(queuedBytesMax / 4)));
    expect(await all(large.outgoingStream(client("absent")))).toHaveLength(4);
    // What was acknowledged makes room again.
    await large.outgoingUpdate(client("absent"), {
      ...message("a/b"),
      brokerCounter: counter - 5,
      messageId: 7,
    });
    await large.outgoingClearMessageId(client("absent"), { ...message("a/b"), messageId: 7 });
    await deliver(large, message("a/b", "x".repeat(queuedBytesMax / 4)));
    expect(await all(large.outgoingStream(client("absent")))).toHaveLength(4);
  });

  test("is a bounded number of retained messages, whose topics may still change", async () => {
    const memory = new SessionMemory(() => true);
    for (let index = 0; index < retainedMax + 3; index += 1)
      await memory.storeRetained(message(`r/${index}`));
    await memory.storeRetained(message("r/0", "new"));
    const kept = await all(memory.createRetainedStreamCombi(["r/#"]));
    expect([kept.length, memory.counts.droppedRetained]).toEqual([retainedMax, 3]);
    expect(String(kept[0]?.["payload"])).toBe("new");
  });

  test("holds nothing of a client that only ever acknowledges", async () => {
    const memory = new SessionMemory(() => true);
    for (let index = 0; index < 1_000; index += 1) {
      const stranger = client(`stranger-${index}`);
      expect(
        await memory.outgoingClearMessageId(stranger, { ...message("a"), messageId: 1 }),
      ).toBeUndefined();
      await memory.outgoingUpdate(stranger, { ...message("a"), messageId: 1 });
      await memory.incomingDelPacket(stranger, { ...message("a"), messageId: 1 });
    }
    expect(await memory.subscriptionsByTopic("a")).toEqual([]);
    expect(memory.counts).toEqual({ droppedSessions: 0, droppedMessages: 0, droppedRetained: 0 });
  });

  test("[MQTT-2.3.1-2] gives no identifier twice", async () => {
    const memory = await memoryWithAbsent();
    const [one, other] = [message("a/b"), message("a/c")];
    await deliver(memory, one);
    await deliver(memory, other);
    await memory.outgoingUpdate(client("absent"), { ...one, messageId: 5 });
    await expect(memory.outgoingUpdate(client("absent"), { ...other, messageId: 5 })).rejects.toThrow(
      "in use",
    );
    await memory.outgoingUpdate(client("absent"), { ...other, messageId: 6 });
    const kept = await all(memory.outgoingStream(client("absent")));
    expect(kept.map(({ messageId }) => messageId)).toEqual([5, 6]);
  });

  test("is no subscription that was refused", async () => {
    const memory = new SessionMemory((_client, filter) => filter !== "secret");
    await memory.addSubscriptions(client("c"), [
      { topic: "open", qos: 1 },
      { topic: "secret", qos: 1 },
    ]);
    expect(await memory.subscriptionsByTopic("secret")).toEqual([]);
    expect(await memory.subscriptionsByTopic("open")).toEqual([{ clientId: "c", qos: 1, topic: "open" }]);
  });
});
