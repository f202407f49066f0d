import { expect, test } from "vitest";
import { brokerLimits } from "../../gateway/broker/limits.ts";
import { MessageTaking } from "../../gateway/broker/message-taking.ts";
import { pressed, readingsOf } from "./store.ts";

const press = { device: "kiosk1", readPoint: "kiosk", observation: pressed("returns") };
const session = () => ({ refused: false });

/** A taking whose disk stands still until it is let go. */
function heldTaking() {
  const released: (() => void)[] = [];
  const taken: number[] = [];
  const counts = { messages: 0, deadLetters: 0, unacknowledged: 0 };
  const taking = new MessageTaking((readings) => {
    taken.push(readings[0]?.sequence ?? 0);
    return new Promise((resolve) => released.push(resolve));
  }, counts);
  return { taking, taken, counts, release: () => released.splice(0).forEach((go) => go()) };
}

const make = readingsOf();
const message = (padding = 0) => ({
  topic: "local/v1/agent1/reading",
  client: "c",
  agent: "agent1",
  payload: Buffer.from(JSON.stringify([make(press)]) + " ".repeat(padding)),
});

test("what waits for the disk is bounded over all clients, and nothing overtakes what was refused", async () => {
  const { taking, taken, counts, release } = heldTaking();
  const padding = brokerLimits.messageBytesMax - 1_000;
  const many = Math.ceil(brokerLimits.inFlightBytesMax / padding);
  const waiting = Array.from({ length: many }, () => taking.takeMessage(session(), message(padding)));
  const late = session();
  expect(await taking.takeMessage(late, message(padding))).toBeInstanceOf(Error);
  release();
  for (const outcome of (await Promise.all(waiting)).slice(0, -1)) expect(outcome).toBeNull();
  // There is room again, but not for a session whose earlier message was refused.
  const before = taken.length;
  expect(await taking.takeMessage(late, message())).toBeInstanceOf(Error);
  expect(taken).toHaveLength(before);
  expect(counts.unacknowledged).toBeGreaterThanOrEqual(2);
  const next = taking.takeMessage(session(), message());
  release();
  expect(await next).toBeNull();
});
