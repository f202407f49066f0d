import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { RunningSession } from "../../drivers/driver.ts";
import { commandMsMax, sendMsMax } from "../../edge-agent/device-connection.ts";
import { droppingMsMax } from "../../edge-agent/health-teller.ts";
import type { Cancel } from "../../protocols/clock.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { bench, print, started, untilReady } from "./device-bench.ts";
import { scriptedSession } from "./scripted-device.ts";

describe("a device that works", () => {
  it("greets, is ready, and says what it sees at once", async () => {
    const { clock, cable, runner, heard } = await started();
    expect([cable.sent, runner.condition().state]).toEqual([["hello"], "ready"]);
    cable.say("tag aa;");
    expect(heard()).toEqual(["health ready -", "tag aa arrived"]);
    await clock.turn(5_000);
    expect(heard()).toEqual(["tag aa departed"]);
  });

  it("is degraded and healthy again, once each", async () => {
    const { clock, cable, heard } = await started();
    cable.say("paper-end;paper-end;");
    await clock.turn(1_000);
    cable.say("paper-ok;");
    await clock.turn(1_000);
    expect(heard()).toEqual(["health ready -", "health degraded paper-end", "health ready -"]);
  });

  it("counts garbage as noise and goes on", async () => {
    const { clock, cable, runner, said, heard } = await started();
    cable.say("gar;bage;tag aa;");
    expect(heard()).toEqual(["health ready -", "tag aa arrived"]);
    expect(runner.condition().noiseBytes).toBe(7);
    for (let second = 0; second < 60; second += 1) {
      cable.say("tag aa;x;");
      await clock.turn(1_000);
    }
    const health = said.filter(({ kind }) => kind === "health");
    expect(health.at(-1)).toMatchObject({ state: "ready", noiseBytes: 67 });
    expect(health).toHaveLength(2);
  });
});

describe("a device that comes and goes", () => {
  it("is absent, is tried again with growing waits, and comes back by itself", async () => {
    const { clock, cable, runner, heard } = await started();
    cable.say("tag aa;");
    cable.unplug();
    expect(runner.condition()).toMatchObject({ state: "faulted", fault: { code: "connection-lost" } });
    await clock.turn(120_000);
    expect(runner.condition()).toMatchObject({ state: "absent", fault: { code: "device-absent" } });
    expect(heard()).toEqual([
      "health ready -",
      "tag aa arrived",
      "health faulted connection-lost",
      "health absent device-absent",
    ]);
    expect(cable.openings).toBeGreaterThan(4);
    expect(cable.openings).toBeLessThan(60);
    cable.replug();
    await untilReady(clock, runner);
    cable.say("tag aa;");
    expect(heard()).toEqual(["health ready -", "tag aa present"]);
    expect(runner.condition()).toMatchObject({ state: "ready", connections: 2 });
  });

  it("does not make its tags depart while nobody looks, but some time after somebody does again", async () => {
    const { clock, cable, runner, heard } = await started();
    cable.say("tag aa;");
    cable.unplug();
    await clock.turn(60_000);
    cable.replug();
    await untilReady(clock, runner);
    await clock.turn(4_000);
    expect(heard()).not.toContain("tag aa departed");
    await clock.turn(1_100);
    expect(heard()).toEqual(["tag aa departed"]);
  });

  it("that flaps ten times a second is reported once a second at most", async () => {
    const { clock, cable, heard } = await started();
    for (let flap = 0; flap < 100; flap += 1) {
      cable.say(flap % 2 ? "paper-ok;" : "paper-end;");
      await clock.turn(100);
    }
    cable.say("paper-end;");
    await clock.turn(2_000);
    const reports = heard();
    expect(reports.length).toBeLessThanOrEqual(13);
    expect(reports.at(-1)).toBe("health degraded paper-end");
  });

  it("falls silent: its session gives up, the connection is closed, and another one is opened", async () => {
    const { clock, cable, heard } = await started();
    await clock.turn(10_000);
    expect(heard()).toEqual(["health ready -", "health faulted silent"]);
    expect(cable.closings).toBe(1);
    await clock.turn(1_500);
    expect(heard()).toEqual(["health ready -"]);
  });

  it("that never answers the greeting meets the deadline of the supervision", async () => {
    const silentSession = (): RunningSession => ({ step: () => [] });
    const { clock, cable, runner } = await started(silentSession);
    await clock.turn(15_000);
    expect(runner.condition()).toMatchObject({ state: "faulted", fault: { code: "handshake-timeout" } });
    expect(cable.closings).toBe(1);
  });

  it("whose opening hangs is given up, and closed where it comes back too late", async () => {
    const { clock, cable, runner } = bench();
    cable.hangs = true;
    runner.start();
    await clock.turn(15_000);
    expect(runner.condition().state).toBe("faulted");
    cable.hangs = false;
    cable.answerOpening();
    await clock.turn(2_000);
    expect([runner.condition().state, runner.condition().connections]).toEqual(["ready", 1]);
    expect([cable.openings, cable.closings]).toEqual([2, 1]);
  });

  it("that breaks while it is being opened is not mistaken for an open one", async () => {
    const { clock, cable, runner } = bench();
    const open = cable.open.bind(cable);
    cable.open = async (listener) => {
      const opening = await open(listener);
      cable.open = open;
      listener.closed({ code: "connection-lost", detail: "at once" });
      return opening;
    };
    runner.start();
    await clock.turn(100);
    expect(runner.condition()).toMatchObject({ state: "faulted", fault: { code: "connection-lost" } });
    expect([cable.closings, cable.sent]).toEqual([1, []]);
  });

  it("that speaks before its opening is told is heard afterwards, in order", async () => {
    const { clock, cable, runner, heard } = bench();
    const open = cable.open.bind(cable);
    cable.open = async (listener) => {
      const opening = await open(listener);
      cable.say("tag aa;");
      return opening;
    };
    runner.start();
    await clock.turn(0);
    expect(heard()).toEqual(["tag aa arrived", "health ready -"]);
    expect(cable.sent).toEqual(["hello"]);
  });
});

describe("a broken driver", () => {
  it("restarts its own device, and what was seen before is kept", async () => {
    const { clock, cable, runner, heard } = await started();
    cable.say("tag aa;");
    cable.say("throw;");
    expect(runner.condition()).toMatchObject({
      state: "faulted",
      fault: { code: "driver-broken", detail: "a state that must never be met" },
    });
    await clock.turn(2_000);
    expect(heard()).toEqual([
      "health ready -",
      "tag aa arrived",
      "health faulted driver-broken",
      "health ready -",
    ]);
  });

  it("that cannot even be started, or opens nothing, is tried again", async () => {
    let starts = 0;
    const { clock, runner } = await started(() => {
      starts += 1;
      if (starts === 1) throw new Error("no session");
      return scriptedSession();
    });
    expect(runner.condition().fault).toEqual({ code: "driver-broken", detail: "no session" });
    await clock.turn(2_000);
    expect(runner.condition().state).toBe("ready");
  });

  it("that reports a weight that is none ends like one that throws", async () => {
    const wrong = (): RunningSession => ({
      step: () => [
        { kind: "ready" },
        { kind: "observe", observation: { kind: "weight", value: "heavy", unit: "kg", stable: true } },
      ],
    });
    const { runner } = await started(wrong);
    expect(runner.condition().fault?.code).toBe("driver-broken");
  });
});

describe("the log of a device", () => {
  it("says each condition and each way of breaking once, however often it is tried", async () => {
    const lines: string[] = [];
    const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) });
    const broken = (): RunningSession => {
      throw new Error("always the same");
    };
    const { clock } = await started(broken, {}, log);
    await clock.turn(600_000);
    const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(["driver-broken", "device-health"]);
  });
});

describe("sends", () => {
  it("hold back what follows them, and end the connection at their deadline without losing what was seen", async () => {
    const { clock, cable, runner, heard } = await started();
    cable.takesBytes = false;
    cable.say("poke;tag aa;");
    for (let second = 0; second < 19; second += 1) {
      cable.say("tag bb;");
      await clock.turn(1_000);
    }
    expect(heard()).toEqual(["health ready -"]);
    await clock.turn(sendMsMax - 19_000);
    expect(heard()).toEqual(["tag aa arrived", "tag bb arrived", "health faulted silent"]);
    expect(runner.condition().fault?.detail).toBe("the device takes no bytes");
  });
});

describe("commands", () => {
  it("go to the device and come back answered, once", async () => {
    const { clock, cable, runner, heard } = await started();
    runner.take(print("c1"));
    await clock.turn(0);
    expect(cable.sent).toEqual(["hello", "print c1"]);
    cable.say("done c1;done c1;done c2;");
    expect(heard()).toEqual(["health ready -", "answer c1 done -"]);
  });

  it("to a device that is not ready fail", async () => {
    const { cable, runner, heard } = bench();
    cable.missing = { code: "device-absent", detail: "" };
    runner.start();
    runner.take(print("c1"));
    expect(heard()).toEqual(["answer c1 failed device-not-ready"]);
  });

  it("that were on their way when the connection broke are in doubt", async () => {
    const { clock, cable, runner, heard } = await started();
    runner.take(print("c1"));
    await clock.turn(0);
    cable.unplug();
    expect(heard()).toEqual(["health ready -", "answer c1 in-doubt command-interrupted"]);
    await clock.turn(1_000);
    expect(heard()).toEqual(["health faulted connection-lost"]);
  });

  it("that a session forgets are in doubt after their deadline", async () => {
    const forgetful = (): RunningSession => ({
      step: (input) => (input.kind === "opened" ? [{ kind: "ready" }] : []),
    });
    const { clock, runner, heard } = await started(forgetful);
    runner.take(print("c1"));
    await clock.turn(commandMsMax);
    expect(heard()).toEqual(["health ready -", "answer c1 in-doubt silent"]);
  });

  it("called restart close the connection and open another", async () => {
    const { clock, cable, runner, heard } = await started();
    runner.take({ id: "r1", device: "reader", task: { kind: "restart" } });
    await clock.turn(2_000);
    expect([cable.closings, cable.openings, runner.condition().state]).toEqual([1, 2, "ready"]);
    expect(heard()).toEqual(["health ready -", "answer r1 done -"]);
  });

  it("called restart do not wait for the backoff", async () => {
    const { clock, cable, runner } = await started();
    cable.unplug();
    await clock.turn(100_000);
    cable.replug();
    runner.take({ id: "r1", device: "reader", task: { kind: "restart" } });
    await clock.turn(0);
    expect(runner.condition().state).toBe("ready");
  });
});

describe("readings that had to be dropped", () => {
  it("are counted and told as a fault, until none has been dropped for a while", async () => {
    const { clock, cable, runner, said, heard } = await started();
    runner.dropped({ kind: "tag", change: "present", epcHex: "aa" });
    runner.dropped({ kind: "tag", change: "present", epcHex: "bb" });
    for (let waited = 0; waited < droppingMsMax + 2_000; waited += 1_000) {
      cable.say("tag aa;");
      await clock.turn(1_000);
    }
    expect(heard().filter((word) => word.startsWith("health"))).toEqual([
      "health ready -",
      "health ready readings-dropped",
      "health ready -",
    ]);
    expect(said.filter(({ kind }) => kind === "health").at(-1)).toMatchObject({ droppedReadings: 2 });
  });

  it("are not told again and again where only the telling itself is dropped", async () => {
    const { clock, runner, heard } = await started();
    heard();
    runner.dropped({ kind: "health", state: "ready", noiseBytes: 0, droppedReadings: 0 });
    await clock.turn(5_000);
    expect(heard()).toEqual([]);
    expect(runner.condition().droppedReadings).toBe(1);
  });
});

/** Knows how many of its timers have neither rung nor been cancelled. */
class CountingClock extends ManualClock {
  readonly waiting = new Set<object>();

  override after(delayMs: number, run: () => void): Cancel {
    const timer = {};
    this.waiting.add(timer);
    const cancel = super.after(delayMs, () => {
      this.waiting.delete(timer);
      run();
    });
    return () => {
      this.waiting.delete(timer);
      cancel();
    };
  }
}

describe("closing", () => {
  it("leaves no timer behind: not the session's, not its own", async () => {
    const clock = new CountingClock();
    const { cable, runner } = await started(scriptedSession, {}, pino({ level: "silent" }), clock);
    cable.say("tag aa;x;");
    runner.take(print("c1"));
    await clock.turn(100);
    expect(clock.waiting.size).toBeGreaterThan(3);
    await runner.close();
    expect(clock.waiting.size).toBe(0);
  });

  it("lets go of the device and of every timer, and answers what is on its way", async () => {
    const { clock, cable, runner, heard } = await started();
    runner.take(print("c1"));
    await clock.turn(0);
    await runner.close();
    expect(cable.closings).toBe(1);
    await clock.turn(600_000);
    expect(cable.openings).toBe(1);
    expect(heard()).toEqual(["health ready -", "answer c1 in-doubt command-interrupted"]);
  });
});
