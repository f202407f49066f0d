import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { type Agent, flushMsMax, startAgent } from "../../edge-agent/agent.ts";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { seededRandom } from "../../protocols/random.ts";
import { type Reading, type ReadingSink, readingBatchSchema } from "../../protocols/readings.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { sequencesOf, upTo } from "./readings.ts";
import { deviceNamed, ScriptedTransport, scriptedSession } from "./scripted-device.ts";

/** A sink that checks what it is given against the schema, and takes it unless the test says otherwise. */
class CheckingSink implements ReadingSink {
  readonly taken: Reading[] = [];
  refuses = false;

  accept(readings: readonly Reading[]): Promise<void> {
    if (this.refuses) return Promise.reject(new Error("no"));
    this.taken.push(...readingBatchSchema.parse(readings));
    return Promise.resolve();
  }
}

const names = ["reader", "scanner", "printer"];

interface Bench {
  readonly clock: ManualClock;
  readonly sink: CheckingSink;
  readonly agent: Agent;
  readonly made: Reading[];
  readonly committed: Reading[];
  readonly cableOf: (device: string) => ScriptedTransport;
}

async function bench(missing: readonly string[] = [], disk = new MemoryDisk("journal")): Promise<Bench> {
  const clock = new ManualClock();
  const sink = new CheckingSink();
  const made: Reading[] = [];
  const committed: Reading[] = [];
  const cables = new Map(names.map((name) => [name, new ScriptedTransport()]));
  const cableOf = (device: string): ScriptedTransport => {
    const cable = cables.get(device);
    if (cable === undefined) throw new Error(`no cable to ${device}`);
    return cable;
  };
  for (const name of missing) cableOf(name).missing = { code: "device-absent", detail: "" };
  const agent = await startAgent({
    agent: "agent1",
    devices: names.map((name) => deviceNamed(name)),
    openTransport: (config) => cableOf(config.kind === "simulated" ? config.name : ""),
    startSession: scriptedSession,
    sink,
    journal: await openMemoryOutbox({ clock, disk }),
    clock,
    random: seededRandom(7),
    boot: "boot1",
    log: pino({ level: "silent" }),
    onReading: (reading) => made.push(reading),
    onCommitted: (readings) => committed.push(...readings),
  });
  await clock.turn(0);
  return { clock, sink, agent, made, committed, cableOf };
}

const worded = ({ device, observation }: Reading): string => {
  if (observation.kind === "tag") return `${device} ${observation.epcHex} ${observation.change}`;
  if (observation.kind === "answer")
    return `${device} ${observation.command} ${observation.outcome} ${observation.fault ?? "-"}`;
  return `${device} ${observation.kind}`;
};
const factsOf = (readings: readonly Reading[]): readonly string[] =>
  readings.filter(({ observation }) => observation.kind !== "health").map(worded);
const statesOf = (agent: Agent): readonly string[] => agent.devices().map(({ state }) => state);

describe("the agent", () => {
  it("starts every device by itself, whoever is missing", async () => {
    const { clock, sink, agent, cableOf } = await bench(["scanner"]);
    expect(statesOf(agent)).toEqual(["ready", "absent", "ready"]);
    cableOf("reader").say("tag aabb;");
    await clock.turn(0);
    expect(factsOf(sink.taken)).toEqual(["reader aabb arrived"]);
  });

  it("gives each reading its name, its place and both times", async () => {
    const { clock, sink, committed, made, cableOf } = await bench();
    await clock.turn(1_500);
    clock.wallOffsetMs += 3_600_000;
    clock.clockQuality = "estimated";
    cableOf("scanner").say("scan 31;");
    await clock.turn(0);
    const reading = sink.taken.at(-1);
    expect(reading).toMatchObject({
      agent: "agent1",
      device: "scanner",
      readPoint: "desk",
      at: { wallMs: clock.wallMs(), monotonicMs: 1_500, boot: "boot1", clock: "estimated" },
      observation: { kind: "scan", text: "31" },
    });
    expect(sequencesOf(sink.taken)).toEqual(upTo(sink.taken.length));
    expect(new Set(sink.taken.map(({ id }) => id)).size).toBe(sink.taken.length);
    expect(new Set(sink.taken.map(({ epoch }) => epoch)).size).toBe(1);
    expect(committed).toEqual(sink.taken);
    expect(made).toEqual(sink.taken);
  });

  it("keeps a device that throws from touching its neighbours", async () => {
    const { clock, sink, agent, cableOf } = await bench();
    cableOf("reader").say("throw;");
    cableOf("scanner").say("scan 31;");
    await clock.turn(0);
    expect(statesOf(agent)).toEqual(["faulted", "ready", "ready"]);
    expect(factsOf(sink.taken)).toEqual(["scanner scan"]);
    await clock.turn(2_000);
    expect(statesOf(agent)).toEqual(["ready", "ready", "ready"]);
  });

  it("tells for each device how it is and what it said last", async () => {
    const { clock, agent, cableOf } = await bench();
    cableOf("reader").say("junk;tag aabb;");
    await clock.turn(0);
    expect(agent.devices()[0]).toMatchObject({
      device: "reader",
      driver: "serial-scanner",
      readPoint: "desk",
      state: "ready",
      fault: undefined,
      noiseBytes: 4,
      droppedReadings: 0,
      connections: 1,
      readings: 2,
      lastReading: { observation: { epcHex: "aabb" } },
    });
  });

  it("calls readings committed only when the sink has taken them", async () => {
    const { clock, sink, agent, made, committed, cableOf } = await bench();
    sink.refuses = true;
    const before = committed.length;
    cableOf("reader").say("tag aabb;");
    await clock.turn(0);
    expect([made.length, committed.length, agent.waiting()]).toEqual([before + 1, before, 1]);
    sink.refuses = false;
    await clock.turn(5_000);
    expect(factsOf(committed).slice(0, 1)).toEqual(["reader aabb arrived"]);
    expect(sequencesOf(committed)).toEqual(upTo(committed.length));
  });
});

describe("commands to the agent", () => {
  const print = (id: string) => ({
    id,
    device: "printer",
    task: { kind: "print" as const, elements: [{ kind: "cut" as const }] },
  });

  it("reach their device once, and their answer is a reading", async () => {
    const { clock, sink, agent, cableOf } = await bench();
    agent.take(print("c1"));
    agent.take(print("c1"));
    await clock.turn(0);
    cableOf("printer").say("done c1;");
    await clock.turn(0);
    agent.take(print("c1"));
    await clock.turn(0);
    expect(cableOf("printer").sent).toEqual(["hello", "print c1"]);
    expect(factsOf(sink.taken)).toEqual(["printer c1 done -", "printer c1 done -"]);
  });

  it("that a killed process left begun are in doubt at the next start, and not repeated", async () => {
    const disk = new MemoryDisk("journal");
    const killed = await bench([], disk);
    killed.agent.take(print("c1"));
    await killed.clock.turn(0);
    expect(killed.cableOf("printer").sent).toEqual(["hello", "print c1"]);

    const next = await bench([], disk);
    next.agent.take(print("c1"));
    await next.clock.turn(0);
    expect(next.cableOf("printer").sent).toEqual(["hello"]);
    expect(factsOf(next.sink.taken)).toEqual(Array(2).fill("printer c1 in-doubt command-interrupted"));
  });

  it("to a device that is not ready come back failed", async () => {
    const { clock, sink, agent } = await bench(["printer"]);
    agent.take(print("c1"));
    await clock.turn(0);
    expect(factsOf(sink.taken)).toEqual(["printer c1 failed device-not-ready"]);
  });
});

describe("closing the agent", () => {
  it("lets go of the devices, answers what is on its way, and empties itself into the sink", async () => {
    const { clock, sink, agent, cableOf } = await bench();
    agent.take({ id: "c1", device: "printer", task: { kind: "tare" } });
    await clock.turn(0);
    cableOf("reader").say("tag aabb;");
    const closing = agent.close();
    await clock.turn(0);
    await closing;
    expect(factsOf(sink.taken)).toEqual(["reader aabb arrived", "printer c1 in-doubt command-interrupted"]);
    expect(names.map((name) => cableOf(name).closings)).toEqual([1, 1, 1]);
    await clock.turn(100_000);
    expect(names.map((name) => cableOf(name).openings)).toEqual([1, 1, 1]);
  });

  it("does not wait for ever for a sink that takes nothing", async () => {
    const { clock, sink, agent, cableOf } = await bench();
    sink.refuses = true;
    cableOf("reader").say("tag aabb;");
    let isClosed = false;
    const closing = agent.close().then(() => (isClosed = true));
    await clock.turn(flushMsMax - 1);
    expect(isClosed).toBe(false);
    await clock.turn(1);
    await closing;
  });
});
