import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { weights as smoothed } from "../../../edge-agent/smoothing/weights.ts";
import { scaleTransports } from "../../../protocols/config/devices/scales.ts";
import { join } from "../../../protocols/stream/bytes.ts";
import { simulatedFamilies } from "../../../simulators/catalog.ts";
import { formatDigits } from "../../../simulators/devices/scale/platform.ts";
import type { Line } from "./pump.ts";
import { splitAt } from "./pump.ts";
import type { ScaleBench, ScalePump } from "./scale-benches.ts";
import { benchPump, command, scaleBenches } from "./scale-benches.ts";

/** Greeting, first weights, and the time that a rule wants to see an empty pan. */
const openMs = 2_000;
/** A load sways for 0.6 s; then it has to have been told. */
const settledMs = 2_500;
const capacity = 30_000;

const weights = ({ observations }: ScalePump) =>
  observations.flatMap((each) => (each.kind === "weight" ? [each] : []));
const stableValues = (scale: ScalePump) => [
  ...new Set(weights(scale).flatMap(({ value, stable }) => (stable ? [value] : []))),
];
const lastOf = (scale: ScalePump) => weights(scale).at(-1);
const outcomes = ({ answers }: ScalePump) => answers.map(({ outcome, fault }) => [outcome, fault]);

async function weighed(scale: ScalePump, digits: number): Promise<void> {
  scale.stimulate({ kind: "load", digits });
  await scale.clock.turn(settledMs);
}

const titled = scaleBenches.map((bench) => ({ ...bench, title: `${bench.name}${bench.as}` }));

it("the benches leave no scale family out", () => {
  expect([...new Set(scaleBenches.map(({ name }) => name))].sort()).toEqual(
    Object.keys(scaleTransports).sort(),
  );
});

describe.each(titled)("$title", (bench: ScaleBench) => {
  const open = (options: object = {}) => benchPump(bench, options).open(openMs);

  it("is greeted, and shows an empty pan", async () => {
    const scale = await open();
    expect(scale.ready).toBe(true);
    expect(scale.givenUp).toEqual([]);
    expect(lastOf(scale)).toMatchObject({ value: "0.000", unit: "kg", stable: true });
  });

  it("tells each load as exactly the decimal that lies on it, and as stable only at rest", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: capacity }), async (digits) => {
        const scale = await open();
        await weighed(scale, digits);
        const value = formatDigits(digits, 3);
        expect(lastOf(scale)).toMatchObject({ value, unit: "kg", stable: true });
        expect(stableValues(scale)).toEqual(["0.000", value]);
        if (bench.motion !== "untold") expect(weights(scale).some(({ stable }) => !stable)).toBe(true);
        expect(scale.noiseBytes).toBe(0);
      }),
      { numRuns: 15 },
    );
  });

  it("says that a load is gone from its rest before it tells the next one", async () => {
    const scale = await open();
    await weighed(scale, 1_250);
    const before = weights(scale).length;
    await weighed(scale, 1_250);
    const since = weights(scale).slice(before);
    // Rules that only see values cannot see a load that came back in the meantime and weighs the same.
    if (bench.motion !== "by rule") expect(since.some(({ stable }) => !stable)).toBe(true);
    await weighed(scale, 2_000);
    expect(
      weights(scale)
        .slice(before)
        .map(({ stable }) => stable),
    ).toContain(false);
    expect(lastOf(scale)).toMatchObject({ value: "2.000", stable: true });
  });

  if (bench.name !== "hid-8d")
    it("is read at every cut, and with frames glued together", async () => {
      for (let position = 0; position <= 22; position += 1) {
        const scale = benchPump(bench);
        scale.line = splitAt(position);
        await scale.open(openMs);
        await weighed(scale, 1_250);
        expect(lastOf(scale)).toMatchObject({ value: "1.250", stable: true });
        expect(scale.noiseBytes).toBe(0);
      }
      const scale = benchPump(bench);
      if (bench.sends === "always") scale.line = inPairs();
      await scale.open(openMs);
      await weighed(scale, 1_250);
      expect(lastOf(scale)).toMatchObject({ value: "1.250", stable: true });
      expect(scale.noiseBytes).toBe(0);
    });

  it("is degraded by too much, and well again without it", async () => {
    const scale = await open();
    await weighed(scale, capacity + 500);
    expect(scale.degraded.map(({ code }) => code)).toEqual(["scale-overload"]);
    expect(stableValues(scale)).toEqual(["0.000"]);
    await weighed(scale, 700);
    expect(scale.healthyCount).toBe(1);
    expect(lastOf(scale)).toMatchObject({ value: "0.700", stable: true });
  });

  it("tells what is below nought as far as its frames do", async () => {
    const scale = await open();
    await weighed(scale, -500);
    const says = bench.says.includes("scale-underload");
    expect(scale.degraded.map(({ code }) => code)).toEqual(says ? ["scale-underload"] : []);
    if (!says) expect(lastOf(scale)).toMatchObject({ value: "-0.500", stable: true });
    await weighed(scale, 0);
    expect(lastOf(scale)).toMatchObject({ value: "0.000", stable: true });
    expect(scale.healthyCount).toBe(says ? 1 : 0);
  });

  it("says that it has no zero after a start under load, where it has words for it", async () => {
    const scale = await open();
    await weighed(scale, 5_000);
    scale.stimulate({ kind: "power-up" });
    await scale.clock.turn(settledMs);
    const says = bench.says.includes("scale-no-zero");
    expect(scale.degraded.map(({ code }) => code)).toEqual(says ? ["scale-no-zero"] : []);
    await weighed(scale, 0);
    scale.stimulate({ kind: "key", key: "zero" });
    await scale.clock.turn(settledMs);
    expect(scale.healthyCount).toBe(says ? 1 : 0);
    expect(scale.givenUp).toEqual([]);
  });

  if (bench.says.includes("scale-error"))
    it("is degraded by an error of its own", async () => {
      const scale = await open();
      scale.stimulate({ kind: "broken", broken: true });
      await scale.clock.turn(settledMs);
      expect(scale.degraded.map(({ code }) => code)).toEqual(["scale-error"]);
      scale.stimulate({ kind: "broken", broken: false });
      await scale.clock.turn(settledMs);
      expect(scale.healthyCount).toBe(1);
    });

  if (bench.namesUnit)
    it("follows the key that switches between kilograms and grams", async () => {
      const scale = await open();
      await weighed(scale, 1_250);
      scale.stimulate({ kind: "key", key: "unit" });
      await scale.clock.turn(settledMs);
      expect(lastOf(scale)).toMatchObject({ value: "1250", unit: "g", stable: true });
    });

  it("tells net weights, and that they are net where the frame does", async () => {
    const scale = await open();
    await weighed(scale, 300);
    scale.stimulate({ kind: "key", key: "tare" });
    await weighed(scale, 1_500);
    expect(lastOf(scale)).toMatchObject({ value: "1.200", stable: true, ...(bench.mode && { mode: "net" }) });
    scale.stimulate({ kind: "power-up" });
    await scale.clock.turn(settledMs);
    if (bench.says.includes("scale-no-zero")) return;
    expect(lastOf(scale)).toMatchObject({ value: "1.500", stable: true });
  });

  it("is one weighing for each load that is put on it, also where two weigh the same", async () => {
    const scale = await open();
    for (const digits of [1_250, 0, 1_250, 2_000, 0, 700]) await weighed(scale, digits);
    const smoothing = smoothed({ weightDigitsMin: 2 });
    const told = weights(scale).flatMap((weight) => smoothing.weighed(weight));
    const weighings = told.filter(({ stable }) => stable);
    expect(weighings.map(({ value }) => value)).toEqual(["1.250", "1.250", "2.000", "0.700"]);
    // A weighing ends once; what was on the scale before this start may have ended as well.
    const endedTwice = told.filter(({ stable }, place) => !stable && told[place - 1]?.stable === false);
    expect(endedTwice).toEqual([]);
  });

  it("bears the print key in the middle of it all", async () => {
    const scale = await open();
    await weighed(scale, 1_250);
    for (let time = 0; time < 20; time += 1) {
      scale.stimulate({ kind: "print-key" });
      await scale.clock.turn(37);
    }
    expect(stableValues(scale)).toEqual(["0.000", "1.250"]);
    expect(scale.noiseBytes).toBe(0);
    expect(scale.givenUp).toEqual([]);
  });

  it("counts garbage, and weighs on behind it", async () => {
    const own = fc.constantFrom(...simulatedFamilies[bench.name].alphabet);
    const seen = { noise: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 0 }),
        fc.array(own, { maxLength: 60 }),
        async (_, noise) => {
          const scale = await open();
          scale.arrive(Uint8Array.from(noise));
          await scale.clock.turn(200);
          seen.noise += scale.noiseBytes;
          await weighed(scale, 777);
          expect(lastOf(scale)).toMatchObject({ value: "0.777", stable: true });
          // What ends it now is the silence, not the noise that is long past.
          scale.line = () => [];
          await scale.clock.turn(3_500);
          expect(scale.givenUp.map(({ code }) => code)).toEqual(["silent"]);
        },
      ),
      { numRuns: 25 },
    );
    expect(seen.noise).toBeGreaterThan(0);
  });

  it("is given up when it falls silent, and not before", async () => {
    const scale = await open();
    scale.line = () => [];
    await scale.clock.turn(2_500);
    expect(scale.givenUp).toEqual([]);
    await scale.clock.turn(1_000);
    expect(scale.givenUp.map(({ code }) => code)).toEqual(["silent"]);
  });

  it("is given up when nothing greets back", async () => {
    const scale = benchPump(bench);
    scale.line = () => [];
    await scale.open(4_000);
    expect(scale.ready).toBe(false);
    expect(scale.givenUp.map(({ code }) => code)).toEqual(["handshake-timeout"]);
  });
});

/** Every other sending waits for the next one. */
function inPairs(): Line {
  let held: Uint8Array | undefined;
  return (bytes) => {
    const pair = held === undefined ? undefined : join(held, bytes);
    held = pair === undefined ? bytes : undefined;
    return pair === undefined ? [] : [{ bytes: pair }];
  };
}

const orders = ["tare", "clear-tare", "zero", "restart", "print"] as const;

describe.each(titled)("commands to $title", (bench: ScaleBench) => {
  const open = (options: object = {}) => benchPump(bench, options).open(openMs);
  const knows = (kind: "tare" | "zero" | "clear-tare") => bench.commands.includes(kind);

  it.each(bench.commands)("are carried out: %s", async (kind) => {
    const scale = await open();
    await weighed(scale, 300);
    if (kind === "clear-tare") scale.stimulate({ kind: "key", key: "tare" });
    await scale.clock.turn(settledMs);
    scale.command(command(kind));
    await scale.clock.turn(6_000);
    expect(outcomes(scale)).toEqual([["done", undefined]]);
    expect(lastOf(scale)).toMatchObject({ value: kind === "clear-tare" ? "0.300" : "0.000", stable: true });
  });

  it("are carried out one after the other", async () => {
    const scale = await open();
    for (const kind of bench.commands) scale.command(command(kind, kind));
    await scale.clock.turn(6_000);
    expect(scale.answers.map((answer) => [answer.command, answer.outcome])).toEqual(
      bench.commands.map((kind) => [kind, "done"]),
    );
  });

  it("are refused where the protocol has none", async () => {
    const scale = await open();
    for (const kind of orders)
      if (!bench.commands.some((known) => known === kind)) scale.command(command(kind));
    await scale.clock.turn(100);
    expect(new Set(outcomes(scale).map(String))).toEqual(new Set(["failed,command-unsupported"]));
    expect(scale.answers).toHaveLength(orders.length - bench.commands.length);
  });

  if (bench.commands.length > 0)
    it("fail before the greeting and beyond what may wait", async () => {
      const [kind = "tare"] = bench.commands;
      const early = benchPump(bench);
      await early.open();
      early.command(command(kind));
      expect(outcomes(early)).toEqual([["failed", "device-not-ready"]]);
      const scale = await open();
      await weighed(scale, 31_000);
      for (let count = 0; count < 12; count += 1) scale.command(command(kind, `c${count}`));
      const refused = outcomes(scale);
      expect(refused.length).toBeGreaterThan(2);
      expect(new Set(refused.map(String))).toEqual(new Set(["failed,device-not-ready"]));
    });

  if (bench.commands.length > 0)
    it("fail for what the scale says is in the way", async () => {
      const [kind = "tare"] = bench.commands;
      const scale = await open();
      await weighed(scale, capacity + 500);
      scale.command(command(kind));
      await scale.clock.turn(6_000);
      expect(outcomes(scale)).toEqual([["failed", "scale-overload"]]);
    });

  if (knows("zero"))
    it("fail when the load stays where it was", async () => {
      const scale = await open();
      await weighed(scale, 5_000);
      scale.command(command("zero"));
      await scale.clock.turn(6_000);
      // MT-SICS says itself why: too far from its zero.
      const why = bench.name === "mt-sics" ? "scale-overload" : "device-not-ready";
      expect(outcomes(scale)).toEqual([["failed", why]]);
      expect(lastOf(scale)).toMatchObject({ value: "5.000", stable: true });
    });

  if (bench.commands.length > 0)
    it("are in doubt when nobody can say", async () => {
      const [kind = "tare"] = bench.commands;
      const scale = await open();
      await weighed(scale, 300);
      scale.line = () => [];
      scale.command(command(kind));
      await scale.clock.turn(14_000);
      expect(outcomes(scale)).toEqual([["in-doubt", "silent"]]);
      expect(scale.givenUp.map(({ code }) => code)).toEqual(["silent"]);
    });

  if (knows("tare") && bench.name !== "mt-sics")
    it("leave doubt while a load does not come to rest", async () => {
      const scale = await open({ motionMs: 60_000 });
      scale.stimulate({ kind: "load", digits: 300 });
      await scale.clock.turn(500);
      scale.command(command("tare"));
      await scale.clock.turn(6_000);
      expect(outcomes(scale)).toEqual([["in-doubt", "device-not-ready"]]);
    });
});
