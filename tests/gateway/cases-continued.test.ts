import { describe, expect, test } from "vitest";
import { hearContinuedCases, readContinuedCases } from "../../gateway/uplink/continued-cases.ts";
import type { MessageLink, MessageReceiver } from "../../protocols/message-link.ts";
import {
  type ContinuedCase,
  continueBytesMax,
  continueReplySchema,
} from "../../protocols/returns/continue-case.ts";
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
  let receiver: MessageReceiver = () => undefined;
  const filters: string[] = [];
  const link: MessageLink = {
    up: true,
    publish: (topic, payload) => {
      published.push([topic, JSON.parse(String(payload))]);
      return Promise.resolve();
    },
    subscribe: (wanted, receive) => {
      filters.push(...wanted);
      receiver = receive;
      return Promise.resolve();
    },
    onUp: () => () => undefined,
    onDown: () => () => undefined,
    close: () => Promise.resolve(),
  };
  const hear = (payload: Uint8Array) => receiver({ topic: filters[0] ?? "", payload, retained: false });
  return { link, published, filters, hear };
}

const name = { site: "depot-1", gateway: "gw1" };

describe("cases that HQ tells of", () => {
  test("are answered when they are on disk, and not before", async () => {
    const { link, published, filters, hear } = ear();
    let onDisk: () => void = () => undefined;
    const taken: (readonly ContinuedCase[])[] = [];
    const take = (cases: readonly ContinuedCase[]) => {
      taken.push(cases);
      return new Promise<void>((resolve) => {
        onDisk = resolve;
      });
    };
    hearContinuedCases({ link, name, take, log: silentLog });
    expect(filters).toEqual(["storewire/v1/depot-1/gw1/cmd/returns-continue"]);
    void hear(bytes({ id: "m1", cases: [told] }));
    expect(taken).toEqual([[told]]);
    await Promise.resolve();
    expect(published).toEqual([]);
    onDisk();
    await new Promise((resolve) => setImmediate(resolve));
    expect(published.map(([topic]) => topic)).toEqual([
      "storewire/v1/depot-1/gw1/cmd/returns-continue/reply",
    ]);
    expect(continueReplySchema.parse(published[0]?.[1])).toEqual({ id: "m1", outcome: "done" });
  });

  test("are not answered where the disk refused them, nor where they make no sense", async () => {
    const { link, published, hear } = ear();
    const take = () => Promise.reject(new Error("disk full"));
    hearContinuedCases({ link, name, take, log: silentLog });
    for (const payload of [
      bytes({ id: "m1", cases: [told] }),
      bytes({ id: "m2" }),
      bytes("x"),
      new Uint8Array([1]),
    ])
      void hear(payload);
    await new Promise((resolve) => setImmediate(resolve));
    expect(published).toEqual([]);
  });
});

describe("a message", () => {
  test("is not read where it is longer than any of ours", () => {
    const whole = bytes({ id: "m1", cases: [told] });
    expect(readContinuedCases({ payload: whole })?.cases).toEqual([told]);
    const padded = new Uint8Array(continueBytesMax + 1).fill(32);
    padded.set(whole);
    expect(readContinuedCases({ payload: padded })).toBeUndefined();
    expect(readContinuedCases({ payload: padded.subarray(0, continueBytesMax) })?.id).toBe("m1");
  });
});
