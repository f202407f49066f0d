import { describe, expect, it } from "vitest";
import { families } from "../../drivers/catalog.ts";
import { identityOfScan, identityOfTag } from "../../protocols/gs1/item-identity.ts";
import { seededRandom } from "../../protocols/random.ts";
import { simulatedFamilies } from "../../simulators/catalog.ts";
import type { LineFault } from "../../simulators/line-faults.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { playScenario } from "../../simulators/play-scenario.ts";
import { scenarioSchema } from "../../simulators/scenario/scenario-schema.ts";
import type { TimedAction } from "../../simulators/scenario/timed-action.ts";
import { planScenario } from "../../simulators/scenario.ts";
import { shippedScenarios } from "../../simulators/scenarios/shipped.ts";
import type { Stimulus } from "../../simulators/stimuli.ts";

const shipped = shippedScenarios.map((input) => scenarioSchema.parse(input));
const planOf = (name: string, seed = 7): readonly TimedAction[] => {
  const scenario = shipped.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return planScenario(scenario, seededRandom(seed));
};
const expectedIn = (plan: readonly TimedAction[], type: string) =>
  plan.flatMap((action) => action.expected).filter((event) => event.type === type);

describe("the catalog of simulators", () => {
  it("has a simulator for every driver, on the driver's transports", () => {
    expect(Object.keys(simulatedFamilies).sort()).toEqual(Object.keys(families).sort());
    for (const [name, { transports }] of Object.entries(simulatedFamilies)) {
      const family = Object.values(families).find(({ driver }) => driver.name === name);
      expect(transports).toEqual(family?.driver.transports);
    }
  });
});

describe("a scenario", () => {
  it("comes as an ordinary morning and as one in which everything goes wrong", () => {
    expect(shipped.map(({ name }) => name)).toEqual(["ordinary-morning", "everything-goes-wrong"]);
  });

  it("is the same for the same seed and another for another", () => {
    expect(planOf("everything-goes-wrong", 1)).toEqual(planOf("everything-goes-wrong", 1));
    expect(planOf("everything-goes-wrong", 1)).not.toEqual(planOf("everything-goes-wrong", 2));
  });

  it("is in the order of time and within its duration", () => {
    const times = planOf("ordinary-morning").map(({ atMs }) => atMs);
    expect(times.length).toBeGreaterThan(500);
    expect(times).toEqual([...times].sort((left, right) => left - right));
    expect(times[0]).toBeLessThan(1_000);
    expect(times.at(-1)).toBeLessThanOrEqual(1_800_000);
  });

  it("shows the same item to scanners and readers", () => {
    const plan = planOf("ordinary-morning");
    const subjects = new Set(expectedIn(plan, "storewire.return.handed-in").map(({ subject }) => subject));
    expect(subjects.size).toBeGreaterThan(50);
    for (const action of plan) {
      if (action.what !== "stimulus") continue;
      const { stimulus } = action;
      if (stimulus.kind === "scan" && action.device !== "weighing-scanner") {
        const identity = identityOfScan(stimulus);
        expect(identity.ok && subjects.has(identity.value.uri)).toBe(true);
      }
      if (stimulus.kind === "tag-near") {
        const identity = identityOfTag(stimulus.epcHex);
        expect(identity.ok && subjects.has(identity.value.uri)).toBe(true);
      }
    }
  });

  it("expects everything for certain when nothing is broken", () => {
    const plan = planOf("ordinary-morning");
    const expected = plan.flatMap((action) => action.expected);
    expect(expected.every((event) => event.certain)).toBe(true);
    const types = [...new Set(expected.map(({ type }) => type))].sort();
    expect(types).toEqual([
      "storewire.queue.ticket.called",
      "storewire.queue.ticket.issued",
      "storewire.queue.ticket.printed",
      "storewire.queue.ticket.served",
      "storewire.queue.ticket.serving",
      "storewire.return.handed-in",
      "storewire.return.inspected",
      "storewire.return.stored",
      "storewire.return.weighed",
      "storewire.weighing.labelled",
    ]);
  });

  it("never calls when nobody waits", () => {
    let waiting = 0;
    for (const { expected } of planOf("ordinary-morning")) {
      for (const { type } of expected) {
        if (type === "storewire.queue.ticket.issued") waiting += 1;
        if (type === "storewire.queue.ticket.called") waiting -= 1;
      }
      expect(waiting).toBeGreaterThanOrEqual(0);
    }
  });

  it("leaves a button's panel time between two presses", () => {
    const last = new Map<string, number>();
    for (const action of planOf("everything-goes-wrong")) {
      if (action.what !== "stimulus" || action.stimulus.kind !== "press") continue;
      expect(action.atMs - (last.get(action.device) ?? -10_000)).toBeGreaterThanOrEqual(1_990);
      last.set(action.device, action.atMs);
    }
  });

  it("is not sure of what happens to a device that is unplugged or spoiled", () => {
    const plan = planOf("everything-goes-wrong");
    const inspected = plan.filter(
      ({ device, atMs }) => device === "inspection-scanner" && atMs > 360_000 && atMs < 365_000,
    );
    for (const action of inspected) expect(action.expected.every((event) => !event.certain)).toBe(true);
    const all = plan.flatMap((action) => action.expected);
    const unsure = all.filter((event) => !event.certain).length;
    expect(unsure).toBeGreaterThan(10);
    expect(unsure).toBeLessThan(all.length / 2);
  });

  it("names what is wrong in a scenario file, all at once", () => {
    const [ordinary] = shippedScenarios;
    const wrong = scenarioSchema.safeParse({
      ...ordinary,
      timeline: [
        { what: "unplug", atMs: 1, device: "nobody" },
        { what: "stimulus", atMs: 1, device: "desk-scale", stimulus: { kind: "press", line: "x" } },
      ],
      queue: undefined,
      returns: { ...ordinary?.returns, desk: { scanner: "missing" } },
    });
    expect(wrong.error?.issues.map(({ path }) => path.join("."))).toEqual([
      "timeline.0",
      "timeline.1.stimulus",
      "devices",
    ]);
  });
});

class Recorder {
  readonly heard: string[] = [];
  readonly #clock: ManualClock;
  constructor(clock: ManualClock) {
    this.#clock = clock;
  }
  stimulate(stimulus: Stimulus | LineFault): void {
    this.#note("kind" in stimulus ? stimulus.kind : stimulus.lineFault);
  }
  unplug(): Promise<void> {
    this.#note("unplug");
    return Promise.resolve();
  }
  replug(): Promise<void> {
    this.#note("replug");
    return Promise.resolve();
  }
  #note(what: string): void {
    this.heard.push(`${this.#clock.monotonicMs()} ${what}`);
  }
}

describe("a play", () => {
  const scenario = scenarioSchema.parse({
    name: "short",
    title: "Four things in four seconds",
    durationMs: 10_000,
    devices: [{ id: "scale", driver: "mt-sics" }],
    timeline: [
      { what: "stimulus", atMs: 4_000, device: "scale", stimulus: { kind: "print-key" } },
      { what: "line-fault", atMs: 1_000, device: "scale", fault: "silence", lastsMs: 500 },
      { what: "unplug", atMs: 2_000, device: "scale", replugAtMs: 3_000 },
    ],
  });
  const actions = planScenario(scenario, seededRandom(1));

  it("lets each action happen at its time, and tells of it", async () => {
    const clock = new ManualClock();
    const scale = new Recorder(clock);
    const told: string[] = [];
    const play = playScenario(actions, new Map([["scale", scale]]), {
      clock,
      speed: 2,
      onAction: (action) => told.push(action.what),
    });
    await clock.turn(5_000);
    await play.ended;
    expect(scale.heard).toEqual(["500 silence", "1000 unplug", "1500 replug", "2000 print-key"]);
    expect(told).toEqual(["line-fault", "unplug", "replug", "stimulus"]);
  });

  it("can be stopped", async () => {
    const clock = new ManualClock();
    const scale = new Recorder(clock);
    const play = playScenario(actions, new Map([["scale", scale]]), { clock });
    await clock.turn(1_500);
    play.stop();
    await play.ended;
    await clock.turn(10_000);
    expect(scale.heard).toEqual(["1000 silence"]);
  });

  it("fails on a device that is not there", async () => {
    const clock = new ManualClock();
    const play = playScenario(actions, new Map(), { clock });
    const failure = expect(play.ended).rejects.toThrow('no device "scale" is being simulated');
    await clock.turn(2_000);
    await failure;
  });
});
