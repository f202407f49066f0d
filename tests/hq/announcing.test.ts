import { describe, expect, test } from "vitest";
import { announceParcels } from "../../hq/announcing.ts";
import type { MessageLink, MessageReceiver } from "../../protocols/message-link.ts";
import { type AnnounceParcels, announceParcelsSchema } from "../../protocols/weighing/announce-parcels.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

const to = { site: "depot", gateway: "gw1" };
const parcels = Array.from({ length: 300 }, (_, serial) => ({
  sscc: String(serial).padStart(18, "0"),
  kilograms: "2.5",
}));

/** A gateway that answers the messages that it is told to, each time it hears them. */
function gatewayThatAnswers(isAnswered: (message: AnnounceParcels, hearing: number) => boolean) {
  const heard: AnnounceParcels[] = [];
  let receiver: MessageReceiver = () => undefined;
  const link: MessageLink = {
    up: true,
    publish(topic, payload) {
      expect(topic).toBe("storewire/v1/depot/gw1/cmd/weighing-announce");
      const message = announceParcelsSchema.parse(JSON.parse(String(payload)));
      heard.push(message);
      if (isAnswered(message, heard.length)) {
        const reply = new TextEncoder().encode(JSON.stringify({ id: message.id, outcome: "done" }));
        queueMicrotask(() => void receiver({ topic: `${topic}/reply`, payload: reply, retained: false }));
      }
      return Promise.resolve();
    },
    subscribe(filters, receive) {
      expect(filters).toEqual(["storewire/v1/depot/gw1/cmd/weighing-announce/reply"]);
      receiver = receive;
      return Promise.resolve();
    },
    onUp: () => () => undefined,
    onDown: () => () => undefined,
    close: () => Promise.resolve(),
  };
  return { link, heard };
}
const common = { to, parcels, origin: "o", untilMs: 5, waitMs: 120_000 };

describe("an announcement of parcels", () => {
  test("is over when the gateway has all of it on disk", async () => {
    const { link, heard } = gatewayThatAnswers(() => true);
    expect(await announceParcels({ ...common, link, clock: new ManualClock() })).toBe(300);
    expect(heard.map((message) => message.parcels.length)).toEqual([256, 44]);
    expect(heard.flatMap((message) => message.parcels)).toEqual(parcels);
  });

  test("is told again where the gateway was deaf, only what it has not answered", async () => {
    const clock = new ManualClock();
    const { link, heard } = gatewayThatAnswers((_, hearing) => hearing !== 2);
    const announced = announceParcels({ ...common, link, clock });
    await clock.turn(30_000);
    expect(await announced).toBe(300);
    expect(heard.map((message) => message.parcels.length)).toEqual([256, 44, 44]);
    expect(heard[2]).toEqual(heard[1]);
  });

  test("is given up where a thousand messages have no answer", async () => {
    const many = Array.from({ length: 1_001 * 256 }, () => ({ sscc: "0".repeat(18), kilograms: "1" }));
    const clock = new ManualClock();
    const { link, heard } = gatewayThatAnswers(() => false);
    const announced = announceParcels({ ...common, parcels: many, link, clock, waitMs: 1_000 });
    await clock.turn(1_000);
    expect(await announced).toBe(0);
    expect(heard).toHaveLength(1_000);
  });

  test("ends when nobody answers for as long as it may wait, and says what is on disk", async () => {
    const clock = new ManualClock();
    const { link, heard } = gatewayThatAnswers(({ parcels: { length } }) => length === 256);
    const announced = announceParcels({ ...common, link, clock });
    for (let second = 0; second < 130; second += 10) await clock.turn(10_000);
    expect(await announced).toBe(256);
    const count = heard.length;
    await clock.turn(60_000);
    expect(heard).toHaveLength(count);
  });
});
