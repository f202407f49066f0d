import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { type Agent, startAgent } from "../../edge-agent/agent.ts";
import { clockLookMs } from "../../edge-agent/clock-telling.ts";
import { openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { Reading } from "../../protocols/readings.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { deviceNamed, ScriptedTransport, scriptedSession } from "./scripted-device.ts";

const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close();
});

async function bench(clock: ManualClock) {
  const cables = { reader: new ScriptedTransport(), scanner: new ScriptedTransport() };
  const taken: Reading[] = [];
  const agent = await startAgent({
    agent: "agent1",
    devices: [deviceNamed("reader"), deviceNamed("scanner")],
    openTransport: (config) =>
      config.kind === "simulated" && config.name === "reader" ? cables.reader : cables.scanner,
    startSession: scriptedSession,
    sink: {
      accept: (readings) => {
        taken.push(...readings);
        return Promise.resolve();
      },
    },
    journal: await openMemoryOutbox({ clock }),
    clock,
    random: seededRandom(7),
    boot: "boot1",
    log: pino({ level: "silent" }),
  });
  agents.push(agent);
  await clock.turn(1_000);
  const fresh = (): readonly Reading[] => taken.splice(0);
  return { ...cables, fresh };
}

function unsetClock(): ManualClock {
  const clock = new ManualClock(0);
  clock.clockQuality = "estimated";
  return clock;
}

describe("an agent whose clock is set while it runs", () => {
  it("says one device's health once more, so that the gateway knows its time", async () => {
    const clock = unsetClock();
    const { fresh } = await bench(clock);
    const [first] = fresh();
    expect(first).toMatchObject({ device: "reader", at: { clock: "estimated" } });
    // The scripted device is at a loss after ten seconds of silence.
    await clock.turn(2_000);
    fresh();
    clock.wallOffsetMs = Date.UTC(2026, 10, 22);
    clock.clockQuality = "synced";
    await clock.turn(clockLookMs);
    const told = fresh();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      device: "reader",
      observation: first?.observation,
      at: { clock: "synced" },
    });
  });

  it("says nothing more where its clock was set from the start", async () => {
    const clock = new ManualClock();
    const { fresh } = await bench(clock);
    fresh();
    await clock.turn(8_000);
    expect(fresh()).toEqual([]);
  });
});

describe("a reader that says by its own clock when it saw a tag", () => {
  it("is believed as far as its clock is known, on our clock", async () => {
    const clock = new ManualClock();
    const { reader, fresh } = await bench(clock);
    fresh();
    reader.say("poke;");
    await clock.turn(40);
    reader.say("answer-time 500020;");
    await clock.turn(3_000);
    reader.say("tag-at 501020,aabb;");
    await clock.turn(0);
    // Its 500,020 was our 1,020, give or take the way, which took 40 ms.
    expect(fresh()).toMatchObject([
      { at: { monotonicMs: 2_020, wallMs: clock.wallMs() - 2_020 }, observation: { change: "arrived" } },
    ]);
  });

  it("is not believed to have seen what is still to come, nor after its clock was set", async () => {
    const clock = new ManualClock();
    const { reader, fresh } = await bench(clock);
    fresh();
    reader.say("time 500000;tag-at 999000,aabb;");
    await clock.turn(0);
    expect(fresh()).toMatchObject([{ at: { monotonicMs: 1_000 } }]);
    await clock.turn(500);
    reader.say("tag-at 999400,ccdd;");
    await clock.turn(0);
    // Half a second in which two clocks may have drifted apart.
    expect(fresh()[0]?.at.monotonicMs).toBeCloseTo(1_400.1, 6);
  });
});
