import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { commandsCollection } from "../../gateway/commands.ts";
import { deadLettersCollection, keptLetters } from "../../gateway/dead-letters.ts";
import { envelopes } from "../../gateway/envelope.ts";
import { type Committed, Intake } from "../../gateway/intake.ts";
import type { StoreService } from "../../gateway/service.ts";
import { nothing } from "../../gateway/service.ts";
import { storeServices } from "../../gateway/services.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import type { Clock } from "../../protocols/clock.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { GatedOutbox } from "./gated-outbox.ts";
import { arrived, eventsOf, pressed, readingsOf, silentLog, storeConfiguration } from "./store.ts";

const press = (button = "returns") => ({
  device: "kiosk1",
  readPoint: "kiosk",
  observation: pressed(button),
});

async function openStore(
  disk = new MemoryDisk("epoch-of-gateway"),
  services?: readonly StoreService[],
  log = silentLog,
) {
  const clock = new ManualClock();
  const outbox = new GatedOutbox(await openMemoryOutbox({ clock, disk }));
  const random = seededRandom(1);
  const committed: Committed[] = [];
  const intake = await Intake.open({
    outbox,
    services: services ?? storeServices(storeConfiguration()),
    envelope: envelopes({
      name: { site: "store-0042", gateway: "gw1" },
      epoch: outbox.epoch,
      clock,
      random,
      boot: "boot1",
    }),
    clock: withPassingMoments(clock),
    random,
    boot: "boot1",
    holdMsMax: 0,
    log,
    committed: (commit) => committed.push(commit),
  });
  return { intake, outbox, disk, committed };
}

/** A wait of no length ends by itself, for nobody turns this clock. */
function withPassingMoments(clock: ManualClock): Clock {
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs(),
    quality: () => clock.quality(),
    after(delayMs, task) {
      if (delayMs > 0) return clock.after(delayMs, task);
      const moment = setImmediate(task);
      return () => clearImmediate(moment);
    },
  };
}

const numbers = async (outbox: GatedOutbox) =>
  (await eventsOf(outbox))
    .filter(({ type }) => type === "storewire.queue.ticket.issued")
    .map(({ data }) => (data as { number: string }).number);

/** Lets every promise that can settle do so. */
const breathe = () => new Promise((resolve) => setImmediate(resolve));

describe("a reading", () => {
  test("becomes state, mark, events and commands in one commit", async () => {
    const { intake, outbox, committed } = await openStore();
    const reading = readingsOf()(press());
    await intake.accept([reading]);
    expect(outbox.commits).toHaveLength(1);
    const [commit] = outbox.commits;
    expect(commit?.marks).toEqual([{ source: "agent1", epoch: "epoch1", sequence: 1 }]);
    expect(commit?.entries?.map(({ stream, category }) => `${stream} ${category}`)).toEqual(["evt queue"]);
    expect(new Set(commit?.documents?.map(({ collection }) => collection))).toEqual(
      new Set(["time", "devices", "queue", "commands"]),
    );
    const events = await eventsOf(outbox);
    expect(events[0]).toMatchObject({
      source: "/store-0042/gw1/kiosk1",
      type: "storewire.queue.ticket.issued",
      gateway: "gw1",
      epoch: "epoch-of-gateway",
      sequence: "1",
      clock: "synced",
      reading: reading.id,
      time: "2026-01-05T08:00:00.001Z",
      dataschema: "urn:storewire:schema:v1:storewire.queue.ticket.issued",
    });
    expect(events).toHaveLength(1);
    expect(committed).toMatchObject([{ eventCount: 1, agents: new Set(["agent1"]) }]);
    expect(committed[0]?.commands.map(({ device }) => device)).toEqual(["printer1"]);
    expect(intake.documents(commandsCollection).size).toBe(1);
  });

  test("that comes again is dropped, also in the same call, and after a start", async () => {
    const { intake, outbox, disk } = await openStore();
    const reading = readingsOf();
    const [first, second] = [reading(press()), reading(press())];
    await intake.accept([first, first]);
    await intake.accept([first, second]);
    expect(await numbers(outbox)).toEqual(["A-001", "A-002"]);
    expect(intake.counts).toMatchObject({ readings: 2, repeatedReadings: 2, events: 2 });
    const again = await openStore(disk);
    await again.intake.accept([first, second]);
    expect(again.outbox.commits).toHaveLength(0);
    expect(again.intake.counts.repeatedReadings).toBe(2);
    await again.intake.accept([reading(press())]);
    expect(await numbers(again.outbox)).toEqual(["A-001", "A-002", "A-003"]);
  });

  test("of another epoch or another agent is not mistaken for an old one", async () => {
    const { intake, outbox } = await openStore();
    await intake.accept([readingsOf("agent1", "epoch1")(press())]);
    await intake.accept([readingsOf("agent1", "epoch2")(press()), readingsOf("agent2", "epoch1")(press())]);
    await intake.accept([readingsOf("agent1", "epoch1")(press())]);
    expect(await numbers(outbox)).toEqual(["A-001", "A-002", "A-003"]);
  });
});

describe("a group", () => {
  test("gathers what comes while a commit is on its way, and acknowledges only what is on disk", async () => {
    const { intake, outbox } = await openStore();
    const reading = readingsOf();
    const acknowledged: number[] = [];
    const accept = (number: number) =>
      intake.accept([reading(press())]).then(() => acknowledged.push(number));
    outbox.hold();
    const all = [accept(1), accept(2)];
    await breathe();
    all.push(accept(3), accept(4), accept(5));
    await breathe();
    expect(outbox.commits).toHaveLength(1);
    expect(acknowledged).toEqual([]);
    outbox.release();
    await Promise.all(all);
    expect(outbox.commits.map(({ entries }) => entries?.length)).toEqual([2, 3]);
    expect(acknowledged).toEqual([1, 2, 3, 4, 5]);
    expect(await numbers(outbox)).toEqual(["A-001", "A-002", "A-003", "A-004", "A-005"]);
  });

  test("writes a document that changed often once", async () => {
    const { intake, outbox } = await openStore();
    const reading = readingsOf();
    await intake.accept(Array.from({ length: 50 }, () => reading(press())));
    const tallies = outbox.commits[0]?.documents?.filter(({ key }) => key === "tally");
    expect(tallies).toMatchObject([{ collection: "queue", value: expect.stringContaining('"order":50') }]);
  });

  test("is bounded", async () => {
    const { intake, outbox } = await openStore();
    const reading = readingsOf();
    const tag = { device: "reader1", readPoint: "dock", observation: arrived("3034") };
    const calls = Array.from({ length: 20 }, () =>
      intake.accept(Array.from({ length: 256 }, () => reading(tag))),
    );
    await Promise.all(calls);
    expect(outbox.commits.map(({ marks }) => marks?.[0]?.sequence)).toEqual([
      1_024, 2_048, 3_072, 4_096, 5_120,
    ]);
  });
});

describe("a commit that fails", () => {
  test("rejects its group and what came behind it, and leaves memory as the disk has it", async () => {
    const { intake, outbox } = await openStore();
    const reading = readingsOf();
    await intake.accept([reading(press())]);
    const [second, third, fourth] = [reading(press()), reading(press()), reading(press("priority"))];
    outbox.hold();
    outbox.failure = new Error("no space left");
    const outcomes: string[] = [];
    const accept = (name: string, ...readings: ReturnType<typeof reading>[]) =>
      intake.accept(readings).then(
        () => outcomes.push(`${name} taken`),
        (error: Error) => outcomes.push(`${name} ${error.message}`),
      );
    const calls = [accept("second", second)];
    await breathe();
    calls.push(accept("third", third));
    outbox.release();
    await Promise.all(calls);
    expect(outcomes).toEqual(["second no space left", "third no space left"]);
    expect(await numbers(outbox)).toEqual(["A-001"]);

    outbox.failure = undefined;
    await intake.accept([second, third]);
    await intake.accept([second, third, fourth]);
    expect(await numbers(outbox)).toEqual(["A-001", "A-002", "A-003", "A-004"]);
    expect(intake.counts).toMatchObject({ readings: 4, repeatedReadings: 2 });
    expect(intake.documents(commandsCollection).size).toBe(4);
  });

  test("rejects also what a sender sends on before it can know", async () => {
    const { intake, outbox } = await openStore();
    const reading = readingsOf();
    const [first, second] = [reading(press()), reading(press())];
    outbox.failure = new Error("no space left");
    let overtaking: Promise<string> | undefined;
    await intake.accept([first]).catch(() => {
      outbox.failure = undefined;
      overtaking = intake.accept([second]).then(
        () => "taken",
        () => "rejected",
      );
    });
    expect(await overtaking).toBe("rejected");
    await intake.accept([first, second]);
    expect(await numbers(outbox)).toEqual(["A-001", "A-002"]);
  });

  test("is logged once, and its end once, however many empty ticks come between", async () => {
    const lines: string[] = [];
    const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line).event) });
    const { intake, outbox } = await openStore(undefined, undefined, log);
    const reading = readingsOf()(press());
    // The first tick tells how long each line is; those of the next minute have nothing to say.
    await intake.take([], [{ kind: "tick" }]);
    outbox.failure = new Error("no space left on device");
    for (let second = 0; second < 3; second += 1) {
      await expect(intake.accept([reading])).rejects.toThrow("no space left");
      await breathe();
      await intake.take([], [{ kind: "tick" }]);
    }
    outbox.failure = undefined;
    await intake.accept([reading]);
    expect(lines).toEqual(["commit-failed", "commit-recovered"]);
  });

  test("between two starts leaves nothing behind that was not acknowledged", async () => {
    const { intake, outbox, disk } = await openStore();
    const reading = readingsOf();
    const [first, second] = [reading(press()), reading(press())];
    await intake.accept([first]);
    // The power goes while the second commit is on its way: its promise never settles.
    outbox.hold();
    void intake.accept([second]);
    await breathe();
    const again = await openStore(disk);
    await again.intake.accept([first, second]);
    expect(await numbers(again.outbox)).toEqual(["A-001", "A-002"]);
  });
});

describe("a service that breaks", () => {
  test("gives up that input, keeps it readable, and takes nothing from the other services", async () => {
    const broken: StoreService = {
      name: "broken",
      step(_documents, input) {
        if (input.kind === "reading" && input.reading.sequence === 1)
          throw new Error("a state that cannot be");
        return nothing;
      },
    };
    const { intake, outbox } = await openStore(undefined, [broken, ...storeServices(storeConfiguration())]);
    const reading = readingsOf();
    await intake.accept([reading(press()), reading(press())]);
    expect(await numbers(outbox)).toEqual(["A-001", "A-002"]);
    expect(intake.counts.brokenSteps).toBe(1);
    const letters = keptLetters(intake.documents(deadLettersCollection));
    expect(letters).toMatchObject([
      { reason: "broken: a state that cannot be", client: "agent1", form: "text" },
    ]);
    await intake.accept([reading(press())]);
    expect(intake.counts.brokenSteps).toBe(1);
  });

  test("also by a time that no calendar has", async () => {
    const { intake } = await openStore();
    await intake.accept([readingsOf()({ ...press(), at: { wallMs: 9e15 } })]);
    expect(intake.counts.brokenSteps).toBe(1);
  });
});

describe("commands", () => {
  test("are forgotten when they are answered, with the event that tells of it", async () => {
    const { intake, outbox, committed } = await openStore();
    const reading = readingsOf();
    await intake.accept([reading(press())]);
    const command = committed[0]?.commands[0]?.id ?? "";
    await intake.accept([
      reading({
        device: "printer1",
        readPoint: "kiosk",
        observation: { kind: "answer", command, outcome: "done" },
      }),
    ]);
    expect(intake.documents(commandsCollection).size).toBe(0);
    expect((await eventsOf(outbox)).at(-1)?.type).toBe("storewire.queue.ticket.printed");
  });
});

test("after closing nothing is taken", async () => {
  const { intake } = await openStore();
  await intake.close();
  await expect(intake.accept([readingsOf()(press())])).rejects.toThrow("closing");
});
