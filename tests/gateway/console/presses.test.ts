import { describe, expect, test } from "vitest";
import { consoleLimits } from "../../../gateway/console/limits.ts";
import { PressDesk } from "../../../gateway/console/press-desk.ts";
import { readingSchema } from "../../../protocols/readings.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { waitUntil } from "../../wait-until.ts";
import { jsonOf, openConsole, press, pressId } from "./open-console.ts";

/** Readings that are not on disk before the test says so. */
function gatedDisk() {
  const waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  return {
    waiting,
    accept: () => new Promise<void>((resolve, reject) => void waiting.push({ resolve, reject })),
  };
}

describe("a press", () => {
  test("is a reading under its own id, which the intake's marks know again after a restart", async () => {
    const { port, taken } = await openConsole();
    await press(port, { id: pressId(1) });
    const [reading] = taken;
    expect(readingSchema.parse(reading)).toEqual(reading);
    expect(reading).toMatchObject({
      id: pressId(1),
      agent: "console",
      epoch: pressId(1),
      sequence: 1,
      device: "console",
      readPoint: "kiosk",
      observation: { kind: "action", action: { kind: "issue", service: "returns" } },
    });
  });

  test("is answered when it is on disk, and not before", async () => {
    const disk = gatedDisk();
    const { port } = await openConsole({ accept: disk.accept });
    let answered = false;
    const answer = press(port, { id: pressId(1) }).finally(() => {
      answered = true;
    });
    await waitUntil("the disk is asked", () => disk.waiting.length === 1);
    // A second press's refusal comes after this, and the first one's answer would be there by then.
    expect((await press(port, { id: "none" })).status).toBe(400);
    expect(answered).toBe(false);
    disk.waiting[0]?.resolve();
    expect((await answer).status).toBe(200);
  });

  test("that comes again has the same answer, word for word, and is done once", async () => {
    const { port, taken } = await openConsole();
    const first = await press(port, { id: pressId(1) });
    await press(port, { id: pressId(2) });
    const again = await press(port, { id: pressId(1) });
    expect(jsonOf(first)).toEqual({ pressed: pressId(1), taken: 1 });
    expect(again.text).toBe(first.text);
    expect(taken).toHaveLength(2);
  });

  test("that comes twice at once is done once, and both are answered", async () => {
    const disk = gatedDisk();
    const { port, taken } = await openConsole({ accept: disk.accept });
    const both = [press(port, { id: pressId(1) }), press(port, { id: pressId(1) })];
    await waitUntil("the disk is asked", () => disk.waiting.length > 0);
    expect((await press(port, { id: "none" })).status).toBe(400);
    disk.waiting[0]?.resolve();
    const [first, second] = await Promise.all(both);
    expect(first?.status).toBe(200);
    expect(second?.text).toBe(first?.text);
    expect(taken).toHaveLength(1);
  });

  test("under an id that meant something else is refused", async () => {
    const { port, taken } = await openConsole();
    await press(port, { id: pressId(1) });
    const other = await press(port, { id: pressId(1), action: { kind: "issue", service: "advice" } });
    expect(other.status).toBe(409);
    expect(taken).toHaveLength(1);
  });

  test("that the disk refused is asked for again, and taken then", async () => {
    const disk = gatedDisk();
    const { port, taken } = await openConsole({ accept: disk.accept });
    const first = press(port, { id: pressId(1) });
    await waitUntil("the disk is asked", () => disk.waiting.length === 1);
    disk.waiting[0]?.reject(new Error("disk full"));
    expect(await first).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    const again = press(port, { id: pressId(1) });
    await waitUntil("the disk is asked again", () => disk.waiting.length === 2);
    disk.waiting[1]?.resolve();
    expect((await again).status).toBe(200);
    expect(taken).toHaveLength(1);
  });
});

describe("what is too much", () => {
  test("a screen that presses faster than anybody can is told to wait; its neighbour is not", async () => {
    const { port, taken, clock } = await openConsole();
    const counter = { screen: "counter", readPoint: "counter-1", action: { kind: "recall" } };
    for (let count = 0; count < consoleLimits.pressesBurst; count += 1)
      expect((await press(port, { id: pressId(count), ...counter })).status).toBe(200);
    expect((await press(port, { id: pressId(90), ...counter })).status).toBe(429);
    expect((await press(port, { id: pressId(91), ...counter, readPoint: "counter-2" })).status).toBe(200);
    await clock.turn(1_000);
    for (let count = 0; count < consoleLimits.pressesPerSecond; count += 1)
      expect((await press(port, { id: pressId(100 + count), ...counter })).status).toBe(200);
    expect((await press(port, { id: pressId(92), ...counter })).status).toBe(429);
    expect(taken).toHaveLength(consoleLimits.pressesBurst + 1 + consoleLimits.pressesPerSecond);
  });

  test("presses that wait for a disk that hangs are so many, and the next come again", async () => {
    const disk = gatedDisk();
    const { port, clock } = await openConsole({ accept: disk.accept });
    const waiting: Promise<unknown>[] = [];
    for (let count = 0; count < consoleLimits.pressesInFlightMax; count += 1) {
      waiting.push(press(port, { id: pressId(count) }));
      await waitUntil("the disk is asked", () => disk.waiting.length === count + 1);
      await clock.turn(200);
    }
    expect((await press(port, { id: pressId(90) })).status).toBe(503);
    for (const { resolve } of disk.waiting) resolve();
    await Promise.all(waiting);
  });

  test("answers are remembered so long that nobody asks again after it", async () => {
    let asked = 0;
    const desk = new PressDesk({
      accept: async () => {
        asked += 1;
      },
      answer: (_screen, { id }) => id,
      clock: new ManualClock(),
      boot: "boot1",
    });
    const pressed = (count: number) =>
      desk.take({
        id: pressId(count),
        screen: "kiosk",
        readPoint: "kiosk",
        action: { kind: "issue", service: "returns", priorityClass: "regular" },
      });
    for (let count = 0; count <= consoleLimits.answersKept; count += 1) await pressed(count);
    await pressed(1);
    expect(asked).toBe(consoleLimits.answersKept + 1);
    // The first one is forgotten here; the intake's marks still know it.
    await pressed(0);
    expect(asked).toBe(consoleLimits.answersKept + 2);
  });
});
