import { describe, expect, test } from "vitest";
import { Door, type Guest, hostOf } from "../../gateway/broker/door.ts";
import { brokerLimits } from "../../gateway/broker/limits.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

const { connectionsMax, connectionsPerAddressMax, connectsBurst, connectsPerSecond } = brokerLimits;

class TestGuest implements Guest {
  readonly address: string;
  isUseful: boolean;
  shownOut = false;

  constructor(address: string, isUseful = false) {
    this.address = address;
    this.isUseful = isUseful;
  }

  destroy(): void {
    this.shownOut = true;
  }
}

function enter(door: Door, count: number, guest: (index: number) => TestGuest): TestGuest[] {
  return Array.from({ length: count }, (_, index) => {
    const entering = guest(index);
    expect(door.enter(entering)).toBe(true);
    return entering;
  });
}

describe("the door of the store broker", () => {
  test("shows out who sat there longest without doing anything, when all places are taken", () => {
    const door = new Door(new ManualClock(), brokerLimits);
    const guests = enter(
      door,
      connectionsMax,
      (index) => new TestGuest(`10.0.0.${index}`, index !== 3 && index !== 5),
    );
    for (const address of ["10.0.1.1", "10.0.1.2"]) enter(door, 1, () => new TestGuest(address, true));
    expect(guests.filter(({ shownOut }) => shownOut)).toEqual([guests[3], guests[5]]);
    expect(door.enter(new TestGuest("10.0.1.3"))).toBe(false);
    expect(door.guests.size).toBe(connectionsMax);
  });

  test("gives no host more than its share, and takes a place for it from its own", () => {
    const door = new Door(new ManualClock(), brokerLimits);
    const neighbour = new TestGuest("10.0.0.2");
    expect(door.enter(neighbour)).toBe(true);
    const greedy = enter(door, connectionsPerAddressMax, () => new TestGuest("10.0.0.1"));
    expect(door.enter(new TestGuest("10.0.0.1", true))).toBe(true);
    expect(greedy.map(({ shownOut }) => shownOut).indexOf(true)).toBe(0);
    expect(neighbour.shownOut).toBe(false);
    expect(door.guests.size).toBe(connectionsPerAddressMax + 1);
  });

  test("lets a host come as often as an agent would, and again after a while", async () => {
    const clock = new ManualClock();
    const door = new Door(clock, brokerLimits);
    const comeAndGo = (address: string): boolean => {
      const guest = new TestGuest(address);
      const entered = door.enter(guest);
      door.leave(guest);
      return entered;
    };
    const tries = Array.from({ length: connectsBurst + 10 }, () => comeAndGo("10.0.0.1"));
    expect(tries.filter(Boolean)).toHaveLength(connectsBurst);
    expect(comeAndGo("10.0.0.2")).toBe(true);
    await clock.turn(1_000 / connectsPerSecond);
    expect([comeAndGo("10.0.0.1"), comeAndGo("10.0.0.1")]).toEqual([true, false]);
  });

  test("forgets a guest who left twice only once", () => {
    const door = new Door(new ManualClock(), brokerLimits);
    const [guest] = enter(door, 1, () => new TestGuest("10.0.0.1"));
    enter(door, connectionsPerAddressMax - 1, () => new TestGuest("10.0.0.1", true));
    if (guest === undefined) throw new Error("nobody came in");
    door.leave(guest);
    door.leave(guest);
    expect(door.enter(new TestGuest("10.0.0.1", true))).toBe(true);
    expect(door.enter(new TestGuest("10.0.0.1", true))).toBe(false);
  });

  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:192.168.1.7", "192.168.1.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["::1", "0:0:0:0"],
  ])("takes %s for the host %s", (address, host) => {
    expect(hostOf(address)).toBe(host);
  });
});
