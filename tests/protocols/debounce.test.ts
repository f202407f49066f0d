import { beforeEach, describe, expect, test } from "vitest";
import type { Debounce } from "../../protocols/debounce.ts";
import { debounce } from "../../protocols/debounce.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

describe("debounce", () => {
  let clock: ManualClock;
  let level: boolean;
  let edges: boolean[];
  let contact: Debounce;
  beforeEach(() => {
    clock = new ManualClock();
    level = false;
    edges = [];
    contact = debounce(
      { clock, quietMs: 20 },
      false,
      () => level,
      (active) => void edges.push(active),
    );
  });
  const move = (active: boolean): void => {
    level = active;
    contact.moved();
  };

  test("an edge is reported once the line has been quiet, and not a moment sooner", async () => {
    move(true);
    await clock.turn(19);
    expect(edges).toEqual([]);
    await clock.turn(1);
    expect(edges).toEqual([true]);
  });

  test("chatter puts it off and is one edge", async () => {
    for (const active of [true, false, true]) {
      move(active);
      await clock.turn(15);
    }
    await clock.turn(5);
    expect(edges).toEqual([true]);
  });

  test("a line that settles where it was is no edge", async () => {
    move(true);
    move(false);
    await clock.turn(100);
    expect(edges).toEqual([]);
  });

  test("a check finds an edge that was not heard", async () => {
    level = true;
    contact.check();
    await clock.turn(20);
    expect(edges).toEqual([true]);
  });

  test("a check does not put off what is about to be read", async () => {
    move(true);
    await clock.turn(15);
    contact.check();
    await clock.turn(5);
    expect(edges).toEqual([true]);
  });

  test("after a stop nothing is reported", async () => {
    move(true);
    contact.stop();
    await clock.turn(100);
    expect(edges).toEqual([]);
  });
});
