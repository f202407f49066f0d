import { describe, expect, test } from "vitest";
import { hearOrders, readOrder } from "../../gateway/uplink/orders.ts";
import type { MessageLink, MessageReceiver } from "../../protocols/message-link.ts";
import { orderBytesMax, orderReplySchema } from "../../protocols/orders.ts";
import { type ContinuedCase, continueCommand } from "../../protocols/returns/continue-case.ts";
import { announceCommand, announceParcelsMax } from "../../protocols/weighing/announce-parcels.ts";
import { silentLog } from "./store.ts";

const told: ContinuedCase = {
  item: "https://id.gs1.org/01/09521141123454/21/1",
  case: "c1",
  openedMs: 1,
  step: "shipped",
  waits: { solved: { fromMs: 1, warned: false } },
};
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A link that hands over by hand. */
function ear() {
  const published: (readonly [string, unknown])[] = [];
  const receivers = new Map<string, MessageReceiver>();
  const link: MessageLink = {
    up: true,
    publish: (topic, payload) => {
      published.push([topic, JSON.parse(String(payload))]);
      return Promise.resolve();
    },
    subscribe: (filters, receive) => {
      for (const filter of filters) receivers.set(filter, receive);
      return Promise.resolve();
    },
    onUp: () => () => undefined,
    onDown: () => () => undefined,
    close: () => Promise.resolve(),
  };
  const hear = (command: string, payload: Uint8Array) => {
    const topic = `storewire/v1/depot-1/gw1/cmd/${command}`;
    return receivers.get(topic)?.({ topic, payload, retained: false });
  };
  return { link, published, receivers, hear };
}

const name = { site: "depot-1", gateway: "gw1" };
const soon = () => new Promise((resolve) => setImmediate(resolve));
const parcels = [{ sscc: "095211411234567892", kilograms: "12.500" }];

describe("what HQ orders", () => {
  test.each([
    [continueCommand, { id: "m1", cases: [told] }, { kind: "cases-continued", cases: [told] }],
    [
      announceCommand,
      { id: "m1", untilMs: 5, parcels },
      { kind: "parcels-announced", announced: { untilMs: 5, parcels } },
    ],
  ])("by %s is answered when it is on disk, and not before", async (command, message, input) => {
    const { link, published, receivers, hear } = ear();
    let onDisk: () => void = () => undefined;
    const taken: unknown[] = [];
    const take = (words: unknown) => {
      taken.push(words);
      return new Promise<void>((resolve) => {
        onDisk = resolve;
      });
    };
    hearOrders({ link, name, take, log: silentLog });
    expect([...receivers.keys()]).toContain(`storewire/v1/depot-1/gw1/cmd/${command}`);
    void hear(command, bytes(message));
    expect(taken).toEqual([input]);
    await Promise.resolve();
    expect(published).toEqual([]);
    onDisk();
    await soon();
    expect(published.map(([topic]) => topic)).toEqual([`storewire/v1/depot-1/gw1/cmd/${command}/reply`]);
    expect(orderReplySchema.parse(published[0]?.[1])).toEqual({ id: "m1", outcome: "done" });
  });

  test("is not answered where the disk refused it, nor where it makes no sense", async () => {
    const { link, published, hear } = ear();
    const take = () => Promise.reject(new Error("disk full"));
    hearOrders({ link, name, take, log: silentLog });
    const messages = [
      bytes({ id: "m1", cases: [told] }),
      bytes({ id: "m2" }),
      bytes("x"),
      new Uint8Array([1]),
    ];
    for (const payload of messages) void hear(continueCommand, payload);
    await soon();
    expect(published).toEqual([]);
  });

  test.each([
    ["-1.5", false],
    ["0.000", false],
    ["0.001", true],
    ["many", false],
  ])("of a parcel of %s kg is sense: %s", (kilograms, isSense) => {
    const message = { id: "m", untilMs: 5, parcels: [{ ...parcels[0], kilograms }] };
    expect(readOrder(announceCommand, { payload: bytes(message) }) !== undefined).toBe(isSense);
  });

  test("of parcels is at most 256 of them, and all fit", () => {
    const most = (count: number) => {
      const many = Array.from({ length: count }, () => ({
        ...parcels[0],
        kilograms: "123456789012.123456789",
      }));
      return { payload: bytes({ id: "m".repeat(64), untilMs: Number.MAX_SAFE_INTEGER, parcels: many }) };
    };
    expect(readOrder(announceCommand, most(announceParcelsMax))).toBeDefined();
    expect(readOrder(announceCommand, most(announceParcelsMax + 1))).toBeUndefined();
  });
});

describe("a message", () => {
  test("is not read where it is longer than any of ours", () => {
    const whole = bytes({ id: "m1", cases: [told] });
    const input = { kind: "cases-continued", cases: [told] };
    expect(readOrder(continueCommand, { payload: whole })?.input).toEqual(input);
    const padded = new Uint8Array(orderBytesMax + 1).fill(32);
    padded.set(whole);
    expect(readOrder(continueCommand, { payload: padded })).toBeUndefined();
    expect(readOrder(continueCommand, { payload: padded.subarray(0, orderBytesMax) })?.id).toBe("m1");
  });
});
