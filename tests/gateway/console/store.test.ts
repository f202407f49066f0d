import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { MemoryDisk, openMemoryOutbox } from "../../../outbox/memory-outbox.ts";
import type { Observation } from "../../../protocols/readings.ts";
import type { BoardView, CounterView, KioskView, PressAnswer } from "../../../protocols/screens.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { waitUntil } from "../../wait-until.ts";
import { GatedOutbox } from "../gated-outbox.ts";
import { eventsOf, readingsOf } from "../store.ts";
import { type GatewayStore, type RunningStore, startStore } from "../store-gateway.ts";
import { type Answered, ask, consoleConfiguration, jsonOf, press, pressId, watch } from "./open-console.ts";

const running: RunningStore[] = [];
afterEach(async () => {
  for (const { gateway, outbox } of running.splice(0)) {
    outbox.release();
    await gateway.close();
  }
});

/** A whole gateway with its console, on a disk in memory and a clock that is turned by hand. */
async function start(store: GatewayStore = {}) {
  const started = await startStore({ configuration: consoleConfiguration(false), ...store });
  running.push(started);
  return { ...started, port: started.gateway.consolePort ?? 0 };
}

const answerOf = (answered: Answered): PressAnswer => jsonOf(answered);
const counter = (readPoint: string, kind: string) => ({ screen: "counter", readPoint, action: { kind } });
const latest = <View>({ snapshots }: ReturnType<typeof watch>): View => snapshots.at(-1)?.view as View;

describe("the console of a store", () => {
  test("gives a number for a press, and shows each screen what it is to show", async () => {
    const { port, clock } = await start();
    const screens = {
      board: watch(port, "/board"),
      kiosk: watch(port, "/kiosk/kiosk"),
      counter: watch(port, "/counter/counter-1"),
    };
    const first = answerOf(await press(port, { id: pressId(1) }));
    expect(first.ticket).toMatchObject({
      number: "A-001",
      state: "waiting",
      before: 0,
      service: { id: "returns", name: "Returns", nameChinese: "退货" },
    });
    await clock.turn(600);
    const called = answerOf(await press(port, { id: pressId(2), ...counter("counter-1", "call-next") }));
    expect(called.counter?.counter).toMatchObject({
      state: "open",
      current: { number: "A-001", attempt: 1 },
    });
    await clock.turn(1_000);
    await waitUntil("the board knows", () => latest<BoardView>(screens.board)?.counters.length === 1);
    expect(latest<BoardView>(screens.board).counters[0]).toMatchObject({
      id: "counter-1",
      current: { number: "A-001", state: "called" },
    });
    await waitUntil(
      "the counter knows",
      () => latest<CounterView>(screens.counter)?.counter.current !== undefined,
    );
    expect(latest<KioskView>(screens.kiosk)).toMatchObject({
      prints: [{ ticket: first.ticket?.ticket, print: "printing" }],
      notices: [],
    });
    const status = await ask(port, `/api/ticket/${first.ticket?.ticket}`);
    expect(jsonOf(status)).toMatchObject({ number: "A-001", state: "called", counter: "counter-1" });
    await press(port, { id: pressId(3), ...counter("counter-1", "finish") });
    expect((await ask(port, `/api/ticket/${first.ticket?.ticket}`)).status).toBe(404);
  });

  test("knows a press again after the process was killed, though nobody heard its answer", async () => {
    const disk = new MemoryDisk("ours");
    const open = async (clock: ManualClock) =>
      start({ clock, outbox: new GatedOutbox(await openMemoryOutbox({ clock, disk })) });
    const before = await open(new ManualClock());
    await press(before.port, { id: pressId(1) });
    // No goodbye: its clock stands still from here, and the next process finds the disk as it is.
    const clock = new ManualClock();
    const after = await open(clock);
    const again = answerOf(await press(after.port, { id: pressId(1) }));
    expect(again.ticket?.number).toBe("A-001");
    await clock.turn(600);
    expect(answerOf(await press(after.port, { id: pressId(2) })).ticket?.number).toBe("A-002");
    const events = await eventsOf(after.outbox);
    const issued = events.filter(({ type }) => type === "storewire.queue.ticket.issued");
    expect(issued.map(({ data }) => data)).toMatchObject([{ number: "A-001" }, { number: "A-002" }]);
  });

  test("shows nothing that is not on disk, and says nothing of a press that did not get there", async () => {
    const { port, clock, outbox } = await start();
    const board = watch(port, "/board");
    await waitUntil("the board knows everything", () => board.snapshots.length > 0);
    outbox.hold();
    const pressed = press(port, { id: pressId(1) });
    await waitUntil("the disk is asked", () => outbox.commits.some(({ marks = [] }) => marks.length > 0));
    await clock.turn(4_000);
    await waitUntil("the board hears the heartbeat", () => board.snapshots.length > 1);
    expect(latest<BoardView>(board).next).toEqual([]);
    outbox.failure = new Error("disk full");
    outbox.release();
    expect((await pressed).status).toBe(503);
    outbox.failure = undefined;
    await clock.turn(0);
    const again = answerOf(await press(port, { id: pressId(1) }));
    expect(again.ticket?.number).toBe("A-001");
    await clock.turn(1_000);
    await waitUntil("the board knows", () => latest<BoardView>(board).next.length === 1);
  });

  test("says that the queue is full, and refuses nobody twice for it", async () => {
    const configuration = consoleConfiguration(false);
    const full = { ...configuration, queue: { ...configuration.queue, waitingMax: 1 } };
    const { port, clock } = await start({ configuration: full });
    expect(answerOf(await press(port, { id: pressId(1) })).ticket?.number).toBe("A-001");
    await clock.turn(600);
    const refused = await press(port, { id: pressId(2) });
    expect(refused.status).toBe(200);
    expect(answerOf(refused)).toEqual({});
  });

  test("two kiosks in the same half second are two customers", async () => {
    const configuration = consoleConfiguration(false);
    const readPoints = [...configuration.readPoints];
    readPoints.push({ id: "kiosk-2", role: "kiosk", extension: "KIOSK2" });
    const { port } = await start({ configuration: { ...configuration, readPoints } });
    const first = await press(port, { id: pressId(1) });
    const second = await press(port, { id: pressId(2), readPoint: "kiosk-2" });
    expect([first, second].map((answer) => answerOf(answer).ticket?.number)).toEqual(["A-001", "A-002"]);
  });

  test("tells a kiosk's page that its printer has no paper", async () => {
    const { port, gateway, clock } = await start();
    const kiosk = watch(port, "/kiosk/kiosk");
    const reading = readingsOf();
    const observation = {
      kind: "printer",
      online: true,
      paper: "end",
      cover: "closed",
      error: false,
    } as const;
    await gateway.sink.accept([reading({ device: "printer1", readPoint: "kiosk", observation })]);
    await clock.turn(1_000);
    await waitUntil("the page knows", () => latest<KioskView>(kiosk)?.notices.length === 1);
    const [notice] = latest<KioskView>(kiosk).notices;
    expect(notice).toMatchObject({ code: "paper-end", words: expect.stringMatching(/^[A-Z].*paper/) });
    expect(notice?.wordsChinese).toMatch(/\p{Script=Han}/u);
  });

  test("calls staff to a shelf on the board, and shows there how many stand in a queue without tickets", async () => {
    const configuration = consoleConfiguration(false);
    const shelf = { readPoint: "bench", seconds: 20, name: "Cameras", nameChinese: "相机" };
    const crowd = { id: "till", entrances: ["cage"], exits: [], missedShare: 0.03, emptyAfterMinutes: 30 };
    const queue = { ...configuration.queue, shelves: [shelf], crowds: [crowd] };
    const { port, gateway, clock } = await start({ configuration: { ...configuration, queue } });
    const board = watch(port, "/board");
    const reading = readingsOf();
    const observed = (readPoint: string, observation: Observation) =>
      gateway.sink.accept([reading({ device: `sensor-${readPoint}`, readPoint, observation })]);
    await observed("bench", { kind: "presence", present: true });
    await observed("cage", { kind: "passage", direction: "in" });
    await clock.turn(25_000);
    await waitUntil("the board calls staff", () => latest<BoardView>(board)?.notices.length === 1);
    expect(latest<BoardView>(board)).toMatchObject({
      notices: [{ words: "Staff please to Cameras", wordsChinese: "请工作人员到相机" }],
      services: [{ id: "returns" }, { id: "advice" }, { id: "till", waiting: 1 }],
    });
    await observed("bench", { kind: "presence", present: false });
    await clock.turn(1_000);
    await waitUntil("somebody has come", () => latest<BoardView>(board).notices.length === 0);
  });

  test("ends in order: whoever looks is let go, and the port is free", async () => {
    const started = await start();
    const board = watch(started.port, "/board");
    expect(await board.outcome).toBe(101);
    running.splice(0);
    await started.gateway.close();
    await board.closed;
    await expect(ask(started.port, "/board")).rejects.toThrow("ECONNREFUSED");
    onTestFinished(() => board.socket.terminate());
  });

  test("does not listen where it is not asked for", async () => {
    const configuration = consoleConfiguration(false);
    const { gateway } = configuration;
    const off = {
      ...configuration,
      gateway: { ...gateway, console: { ...gateway.console, enabled: false } },
    };
    expect((await start({ configuration: off })).gateway.consolePort).toBeUndefined();
  });
});
