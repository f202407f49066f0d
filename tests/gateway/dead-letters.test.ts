import { describe, expect, test } from "vitest";
import { contentOf, deadLetterService, keptLetters } from "../../gateway/dead-letters.ts";
import { stepper } from "./store.ts";

const letter = (reason: string) => ({
  kind: "dead-letter" as const,
  letter: { topic: "local/v1/agent1/reading", client: "agent1", reason, ...contentOf(Buffer.from("{")) },
});
const tick = { kind: "tick" } as const;

describe("dead letters", () => {
  test("are kept in a ring, the newest ones", () => {
    const store = stepper(deadLetterService(3));
    for (const reason of ["one", "two", "three", "four"]) store.step(letter(reason));
    const kept = keptLetters(store.documents);
    expect(kept.map(({ reason, number }) => `${number} ${reason}`)).toEqual(["2 two", "3 three", "4 four"]);
    expect(kept[0]).toMatchObject({
      client: "agent1",
      form: "text",
      content: "{",
      time: "2026-01-05T08:00:00.000Z",
    });
  });

  test("are one alert, and another a minute later if more came", () => {
    const store = stepper(deadLetterService(10));
    expect(store.step(tick).events).toEqual([]);
    for (const reason of ["one", "two", "three"]) expect(store.step(letter(reason)).events).toEqual([]);
    const [alert] = store.step(tick, { monotonicMs: 1_000 }).events;
    expect(alert).toMatchObject({
      type: "storewire.alert.gateway",
      data: { code: "message-refused", count: 3 },
    });
    expect(JSON.stringify(alert?.data)).toContain("three");
    expect(store.step(tick, { monotonicMs: 61_000 }).events).toEqual([]);
    store.step(letter("four"));
    expect(store.step(tick, { monotonicMs: 62_000 }).events).toMatchObject([{ data: { count: 1 } }]);
    store.step(letter("five"));
    expect(store.step(tick, { monotonicMs: 121_999 }).events).toEqual([]);
    expect(store.step(tick, { monotonicMs: 122_000 }).events).toMatchObject([{ data: { count: 1 } }]);
    store.step(letter("six"));
    expect(store.step(tick, { monotonicMs: 5, boot: "boot2" }).events).toMatchObject([
      { data: { count: 1 } },
    ]);
  });

  test("show the first bytes, as text where they are text", () => {
    expect(contentOf(Buffer.from("退货"))).toEqual({ form: "text", content: "退货", byteCount: 6 });
    expect(contentOf(Uint8Array.of(0xff, 0x00))).toEqual({ form: "hex", content: "ff00", byteCount: 2 });
    const long = contentOf(Buffer.from("a".repeat(2_047) + "退".repeat(10)));
    expect(long).toEqual({ form: "text", content: "a".repeat(2_047), byteCount: 2_077 });
  });
});
