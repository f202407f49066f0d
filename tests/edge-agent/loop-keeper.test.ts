import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { RunningSession } from "../../drivers/driver.ts";
import { DeviceRunner } from "../../edge-agent/device-runner.ts";
import { LoopKeeper } from "../../edge-agent/loop-keeper.ts";
import { loopRestartWindowMs } from "../../edge-agent/loop-watch.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { Opening, Transport } from "../../protocols/transport.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { deviceNamed, ScriptedTransport, scriptedSession } from "./scripted-device.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A port whose driver hangs in the kernel: each opening comes back when the test says so. */
class HangingPort implements Transport {
  readonly waiting: ((opening: Opening) => void)[] = [];
  openings = 0;
  hangs = true;
  readonly #behind: ScriptedTransport;

  constructor(behind = new ScriptedTransport()) {
    this.#behind = behind;
  }

  open(...listener: Parameters<Transport["open"]>): Promise<Opening> {
    this.openings += 1;
    if (!this.hangs) return this.#behind.open(...listener);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** All that hung comes back with an error. */
  release(): void {
    this.hangs = false;
    for (const resolve of this.waiting.splice(0))
      resolve({ ok: false, fault: { code: "connection-lost", detail: "came back" } });
  }
}

/** A scanner's: it has nothing to do until it is scanned with. */
const listening = (): RunningSession => ({
  step: (input) => (input.kind === "opened" ? [{ kind: "ready" }] : []),
});

interface Bench {
  readonly clock: ManualClock;
  readonly keeper: LoopKeeper;
  readonly runnerOf: (device: string) => DeviceRunner;
  /** What the log said about loops. */
  readonly words: string[];
}

async function bench(
  ports: Readonly<Record<string, Transport>>,
  startSession: () => RunningSession = scriptedSession,
): Promise<Bench> {
  const clock = new ManualClock();
  const words: string[] = [];
  const log = pino(
    { level: "info" },
    {
      write: (line: string) => {
        const { event, part, remedy } = JSON.parse(line) as Record<string, string>;
        if (event?.startsWith("device-loop")) words.push([event, part, remedy].filter(Boolean).join(" "));
      },
    },
  );
  const runners = new Map(
    Object.entries(ports).map(([device, port]) => [
      device,
      new DeviceRunner({
        device: deviceNamed(device),
        openTransport: () => port,
        startSession,
        emit: () => undefined,
        clock,
        random: seededRandom(1),
        log: pino({ level: "silent" }),
      }),
    ]),
  );
  const keeper = new LoopKeeper(runners, clock, log);
  for (const runner of runners.values()) runner.start();
  keeper.start();
  await clock.turn(0);
  return { clock, keeper, words, runnerOf: (device) => runners.get(device) as DeviceRunner };
}

describe("the loop of a device", () => {
  it("gets on for ever where the device is absent, plugged and unplugged, or has nothing to say", async () => {
    const absent = new ScriptedTransport();
    absent.missing = { code: "device-absent", detail: "" };
    const flapping = new ScriptedTransport();
    const { clock, keeper, words } = await bench(
      { absent, flapping, quiet: new ScriptedTransport() },
      listening,
    );
    for (let elapsedMs = 0; elapsedMs < dayMs / 4; elapsedMs += 7 * minuteMs) {
      await clock.turn(5 * minuteMs);
      flapping.unplug();
      await clock.turn(2 * minuteMs);
      flapping.replug();
    }
    expect([words, keeper.stuck()]).toEqual([[], []]);
  });

  it("that hangs in an opening is begun anew twice, then set aside, and its neighbour never notices", async () => {
    const port = new HangingPort();
    const neighbour = new ScriptedTransport();
    const { clock, keeper, words, runnerOf } = await bench({ reader: port, neighbour }, listening);
    await clock.turn(minuteMs);
    // The deadline of 15 s is long over, but a second opening could hold a second thread.
    expect(port.openings).toBe(1);
    await clock.turn(10 * minuteMs);
    expect(words).toEqual([
      "device-loop-stuck transport restart",
      "device-loop-stuck transport restart",
      "device-loop-stuck transport set-aside",
    ]);
    expect(port.openings).toBe(3);
    expect(runnerOf("reader").condition()).toMatchObject({
      state: "faulted",
      fault: { code: "device-stuck" },
    });
    expect(keeper.stuck()).toEqual([{ device: "reader", worked: false }]);
    expect([keeper.restarts("reader"), keeper.restarts("neighbour")]).toEqual([2, 0]);
    expect([runnerOf("neighbour").condition().state, neighbour.openings]).toEqual(["ready", 1]);
  });

  it("is taken up again once all that it hung on has come back", async () => {
    const port = new HangingPort();
    const { clock, keeper, words, runnerOf } = await bench({ reader: port });
    await clock.turn(10 * minuteMs);
    expect(keeper.stuck()).toHaveLength(1);
    port.release();
    await clock.turn(minuteMs / 2);
    expect([words.at(-1), keeper.stuck()]).toEqual(["device-loop-back", []]);
    expect(runnerOf("reader").condition().state).toBe("ready");
  });

  it("is taken up again when somebody asks for it", async () => {
    const port = new HangingPort();
    const { clock, keeper, runnerOf } = await bench({ reader: port });
    await clock.turn(10 * minuteMs);
    port.hangs = false;
    runnerOf("reader").take({ id: "c1", device: "reader", task: { kind: "restart" } });
    await clock.turn(minuteMs);
    expect(keeper.stuck()).toEqual([]);
  });

  it("is helped by a new beginning where only the first opening hung", async () => {
    const port = new HangingPort();
    const { clock, keeper, words, runnerOf } = await bench({ reader: port });
    await clock.turn(5_000);
    port.hangs = false;
    await clock.turn(2 * minuteMs);
    expect(words).toEqual(["device-loop-stuck transport restart"]);
    expect([runnerOf("reader").condition().state, keeper.stuck()]).toEqual(["ready", []]);
    // The opening that was left behind stays out, and is nobody's concern.
    expect(runnerOf("reader").callsOut).toBe(1);
    await clock.turn(loopRestartWindowMs);
    expect(words).toHaveLength(1);
  });

  it("of a device that is asked without end is begun anew when it has lost its beat", async () => {
    const forgetful = (): RunningSession => ({
      polls: true,
      step: (input) =>
        input.kind === "opened"
          ? [{ kind: "ready" }, { kind: "timer", name: "poll", delayMs: minuteMs }]
          : [],
    });
    const { clock, keeper, words, runnerOf } = await bench({ scale: new ScriptedTransport() }, forgetful);
    await clock.turn(minuteMs + 50_000);
    expect(words).toEqual([]);
    await clock.turn(minuteMs);
    expect(words).toEqual(["device-loop-stuck loop restart"]);
    await clock.turn(6 * minuteMs);
    expect(keeper.stuck()).toEqual([{ device: "scale", worked: true }]);
    expect(runnerOf("scale").condition().state).toBe("faulted");
    // Nothing that could come back is out, so after a while it is tried once more.
    await clock.turn(loopRestartWindowMs - minuteMs);
    expect([words.at(-1), keeper.restarts("scale")]).toEqual(["device-loop-back", 3]);
  });
});
