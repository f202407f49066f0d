import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { Allowance } from "../../../gateway/console/allowance.ts";
import type { Console } from "../../../gateway/console/console.ts";
import { consoleLimits } from "../../../gateway/console/limits.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { waitUntil } from "../../wait-until.ts";
import { ask, login, openConsole, press, pressId, watch } from "./open-console.ts";

/** Heartbeats, each answered by the screen that reads, until the one that does not is gone. */
async function untilCut(opened: Console, port: number, { snapshots }: Watched, clock: ManualClock) {
  const beats = Math.ceil(consoleLimits.screenDrainMsMax / consoleLimits.heartbeatEveryMs) + 3;
  for (let beat = 0; beat < beats && opened.counts.cut === 0; beat += 1) {
    const before = snapshots.length;
    await clock.turn(consoleLimits.heartbeatEveryMs);
    await waitUntil("the other has heard", () => snapshots.length > before);
    // Its pong was sent before this.
    await ask(port, "/nothing");
  }
}
type Watched = ReturnType<typeof watch>;

describe("a screen", () => {
  test("is told the whole at once, and again with each change", async () => {
    const { opened, port, clock } = await openConsole();
    const board = watch(port, "/board");
    await waitUntil("it knows everything", () => board.snapshots.length === 1);
    expect(board.snapshots[0]).toEqual({
      version: "1",
      atMs: clock.wallMs(),
      view: { screen: "board", taken: 0 },
    });
    await press(port, { id: pressId(1) });
    opened.changed();
    await clock.turn(consoleLimits.snapshotEveryMs);
    await waitUntil("it knows of the press", () => board.snapshots.length === 2);
    expect(board.snapshots[1]?.view).toEqual({ screen: "board", taken: 1 });
  });

  test("is told of a hundred changes in one moment once, and of none that it cannot see", async () => {
    let shown = 0;
    const { opened, port, clock } = await openConsole({ views: { shown: () => ({ shown }) } });
    const board = watch(port, "/board");
    await waitUntil("it knows everything", () => board.snapshots.length === 1);
    for (let change = 0; change < 100; change += 1) {
      shown += 1;
      opened.changed();
    }
    await clock.turn(consoleLimits.snapshotEveryMs);
    opened.changed();
    await clock.turn(consoleLimits.snapshotEveryMs);
    shown += 1;
    opened.changed();
    await clock.turn(consoleLimits.snapshotEveryMs);
    await waitUntil("it knows of the last", () => board.snapshots.length >= 3);
    expect(board.snapshots.map(({ view }) => view)).toEqual([{ shown: 0 }, { shown: 100 }, { shown: 101 }]);
  });

  test("hears that it is still told everything, where nothing happens", async () => {
    const { port, clock } = await openConsole();
    const board = watch(port, "/board");
    await waitUntil("it knows everything", () => board.snapshots.length === 1);
    await clock.turn(consoleLimits.heartbeatEveryMs);
    await waitUntil("it hears the heartbeat", () => board.snapshots.length === 2);
    expect(board.snapshots[1]?.view).toEqual(board.snapshots[0]?.view);
    expect(board.snapshots[1]?.atMs).toBe(clock.wallMs());
  });

  test("that speaks is shown out, briefly or at length", async () => {
    const { opened, port } = await openConsole();
    for (const words of ["hello", "x".repeat(consoleLimits.screenMessageBytesMax + 1)]) {
      const board = watch(port, "/board");
      expect(await board.outcome).toBe(101);
      board.socket.send(words);
      await board.closed;
    }
    await waitUntil("nobody is there", () => opened.counts.screens === 0);
    expect(opened.counts.cut).toBe(2);
  });

  test("that sends what is no WebSocket's is shown out, and the others stay", async () => {
    const { opened, port, clock } = await openConsole();
    const board = watch(port, "/board");
    expect(await board.outcome).toBe(101);
    const raw = connect(port, "127.0.0.1");
    onTestFinished(() => void raw.destroy());
    raw.on("error", () => {});
    raw.write(
      `GET /live/board HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}\r\n\r\n`,
    );
    await waitUntil("both are there", () => opened.counts.screens === 2);
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await waitUntil("one is gone", () => opened.counts.screens === 1);
    const before = board.snapshots.length;
    await clock.turn(consoleLimits.heartbeatEveryMs);
    await waitUntil("the other is told", () => board.snapshots.length > before);
  });

  test("that does not read holds nobody up, costs one snapshot, and is cut off", async () => {
    let shown = 0;
    const filler = "x".repeat(4_000_000);
    const { opened, port, clock } = await openConsole({
      views: {
        shown: (screen) => ({ shown, ...(screen.kind === "kiosk" ? { filler } : {}) }),
      },
    });
    const slow = watch(port, "/kiosk/kiosk");
    const board = watch(port, "/board");
    expect(await slow.outcome).toBe(101);
    slow.socket.pause();
    await waitUntil("the other knows everything", () => board.snapshots.length === 1);
    for (let change = 0; change < 50; change += 1) {
      shown += 1;
      opened.changed();
      await clock.turn(consoleLimits.snapshotEveryMs);
    }
    await waitUntil("the other knows of the last", () => {
      const view = board.snapshots.at(-1)?.view as { readonly shown: number };
      return view.shown === 50;
    });
    // Fifty of its snapshots would be 200 MB; it was sent the first, and what the kernel took of the next.
    expect(opened.counts.snapshots - board.snapshots.length).toBeLessThanOrEqual(2);
    await untilCut(opened, port, board, clock);
    expect(opened.counts).toMatchObject({ screens: 1, cut: 1 });
  });

  test("whose cable was pulled is noticed, though nothing is on its way to it", async () => {
    const { opened, port, clock } = await openConsole();
    const board = watch(port, "/board");
    const quiet = watch(port, "/board");
    expect([await board.outcome, await quiet.outcome]).toEqual([101, 101]);
    quiet.socket.pause();
    await untilCut(opened, port, board, clock);
    expect(opened.counts).toMatchObject({ screens: 1, cut: 1 });
  });

  test("beyond the last place is told to come later", async () => {
    const { opened, port } = await openConsole();
    const screens = Array.from({ length: consoleLimits.screensMax }, () => watch(port, "/board"));
    expect(new Set(await Promise.all(screens.map(({ outcome }) => outcome)))).toEqual(new Set([101]));
    expect(await watch(port, "/board").outcome).toBe(503);
    screens[0]?.socket.terminate();
    await waitUntil("a place is free", () => opened.counts.screens < consoleLimits.screensMax);
    expect(await watch(port, "/board").outcome).toBe(101);
  });
});

describe("the door", () => {
  test("lets in so many of one address, and a stranger goes for a screen that is known", async () => {
    const { opened, port, clock } = await openConsole({ withAccounts: true });
    const clerk = await login(port, "clerk-1");
    expect(await watch(port, "/counter/counter-1", clerk).outcome).toBe(101);
    const strangers = Array.from({ length: consoleLimits.connectionsPerAddressMax + 10 }, () => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      onTestFinished(() => void socket.destroy());
      return socket;
    });
    await waitUntil("the first had to go", () => strangers.filter(({ closed }) => closed).length >= 10);
    await clock.turn(1_000);
    // Those who did nothing made room; the screen is where it was, and the clerk's request is answered.
    expect(opened.counts.screens).toBe(1);
    expect((await ask(port, "/api/session", { headers: clerk })).status).toBe(200);
  });

  test("has so many places in all, whatever address they are taken from", async () => {
    const { port } = await openConsole();
    const sockets: Socket[] = [];
    const perAddress = consoleLimits.connectionsMax / 2;
    for (const localAddress of ["127.0.0.2", "127.0.0.3"]) {
      for (let count = 0; count < perAddress; count += 1) {
        const socket = connect({ port, host: "127.0.0.1", localAddress });
        socket.on("error", () => {});
        onTestFinished(() => void socket.destroy());
        socket.resume();
        sockets.push(socket);
        await new Promise<void>((resolve) => socket.on("connect", () => resolve()));
      }
    }
    // Whoever has said nothing for longest makes room, so that a newcomer is never locked out by sleepers.
    const [first] = sockets;
    expect((await ask(port, "/nothing")).status).toBe(404);
    await waitUntil("the first had to go", () => first?.closed === true);
    expect(sockets.filter(({ closed }) => closed)).toHaveLength(1);
  });

  test("is shut to whoever comes too often, and open again a moment later", async () => {
    const { opened, port, clock } = await openConsole();
    for (let count = 0; count < consoleLimits.connectsBurst; count += 1) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.destroy());
        socket.on("close", () => resolve());
      });
    }
    await expect(ask(port, "/board")).rejects.toThrow();
    expect(opened.counts.refusedConnections).toBe(1);
    await clock.turn(1_000);
    expect((await ask(port, "/nothing")).status).toBe(404);
  });

  test("shows out who begins a request and does not end it", async () => {
    const { port } = await openConsole();
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write("POST /api/press HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n");
    await new Promise<void>((resolve) => {
      socket.on("close", () => resolve());
      socket.resume();
    });
  });
});

describe("an allowance", () => {
  test("forgets whoever has rested, and lets a stranger wait while all names are at work", async () => {
    const clock = new ManualClock();
    const allowance = new Allowance({ perSecond: 1, burst: 2, namesMax: 2 }, clock);
    expect([allowance.take("a"), allowance.take("a"), allowance.take("a")]).toEqual([true, true, false]);
    expect([allowance.take("b"), allowance.take("c")]).toEqual([true, false]);
    await clock.turn(1_000);
    expect([allowance.take("c"), allowance.take("a"), allowance.take("a")]).toEqual([true, true, false]);
  });
});
