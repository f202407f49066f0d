import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MtSicsSession } from "../../../drivers/families/mt-sics.ts";
import { mtSics } from "../../../protocols/codecs/mt-sics.ts";
import type { DeviceCommand } from "../../../protocols/commands.ts";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import type { MtSicsOptions } from "../../../simulators/devices/mt-sics.ts";
import { MtSicsSimulator, scaleDefaults } from "../../../simulators/devices/mt-sics.ts";
import { Pump, splitAt } from "./pump.ts";

const pollMs = 200;
/** After the stray bytes have settled, the greeting and the first weight. */
const openMs = 250;
const pump = (options: Partial<MtSicsOptions> = {}) =>
  new Pump(new MtSicsSession({ pollMs }), new MtSicsSimulator({ ...scaleDefaults, ...options }));
type Scale = ReturnType<typeof pump>;
const sent = (scale: Scale) => scale.sent.map(toLatin1);
const say = (scale: Scale, line: string) => scale.arrive(fromLatin1(`${line}\r\n`));
const command = (kind: "tare" | "zero" | "restart", id = "c1"): DeviceCommand => ({
  id,
  device: "scale",
  task: { kind },
});
const weight = (value: string, stable: boolean, unit = "kg") => ({ kind: "weight", value, unit, stable });

describe("mt-sics", () => {
  it("clears the line, asks who is there, and polls the weight", async () => {
    const scale = await pump().open(openMs);
    expect(sent(scale)).toEqual(["\r\n", "I4\r\n", "SI\r\n"]);
    expect(scale.ready).toBe(true);
    expect(scale.observations).toEqual([weight("0.000", true)]);
    await scale.clock.turn(1_000);
    expect(scale.observations.length).toBe(6);
  });

  it.each(["S", "SI"] as const)(
    "reads a load in motion and at rest, echoed as %s, at every cut",
    async (echo) => {
      for (let position = 0; position <= 19; position += 1) {
        const scale = await pump({ echo, motionMs: 500 }).open(openMs);
        scale.line = splitAt(position);
        scale.stimulate({ kind: "load", digits: 1_250 });
        await scale.clock.turn(900);
        const seen = scale.observations.slice(1);
        expect(seen[0]).toMatchObject({ kind: "weight", unit: "kg", stable: false });
        expect(seen.at(-1)).toEqual(weight("1.250", true));
        expect(scale.noiseBytes).toBe(0);
      }
    },
  );

  it("keeps the digits as the scale sends them, below zero and in grams", async () => {
    const scale = await pump({ unit: "g", decimals: 2, motionMs: 0 }).open(openMs);
    scale.stimulate({ kind: "load", digits: -15 });
    await scale.clock.turn(pollMs);
    expect(scale.observations.at(-1)).toEqual(weight("-0.15", true, "g"));
  });

  it("bears an ES to the noise of opening", async () => {
    const scale = pump();
    await scale.open();
    say(scale, "ES");
    await scale.clock.turn(openMs);
    expect(scale.ready).toBe(true);
  });

  it("asks again, at last with @, and then gives up", async () => {
    const scale = pump();
    scale.hostHeard = false;
    await scale.open(3_199);
    expect(sent(scale)).toEqual(["\r\n", "I4\r\n", "I4\r\n", "@\r\n"]);
    expect(scale.givenUp).toEqual([]);
    await scale.clock.turn(1);
    expect(scale.givenUp).toEqual([{ code: "handshake-timeout", detail: "no answer to I4 and @" }]);
  });

  it("gives up when a scale that worked falls silent, and not before the third question", async () => {
    const scale = await pump().open(openMs);
    scale.hostHeard = false;
    scale.command(command("zero"));
    await scale.clock.turn(9_999);
    expect(scale.answers).toEqual([]);
    await scale.clock.turn(1);
    expect(scale.answers).toEqual([{ kind: "answer", command: "c1", outcome: "in-doubt", fault: "silent" }]);
    await scale.clock.turn(3_000 + pollMs);
    expect(scale.givenUp).toEqual([{ code: "silent", detail: "no answer to SI" }]);
  });

  it("reports overload and underload as what is wrong, not as weights", async () => {
    const scale = await pump({ motionMs: 0 }).open(openMs);
    const before = scale.observations.length;
    scale.stimulate({ kind: "load", digits: 30_001 });
    await scale.clock.turn(1_000);
    scale.stimulate({ kind: "load", digits: -100 });
    await scale.clock.turn(1_000);
    expect(scale.observations.length).toBe(before);
    expect(scale.degraded.map(({ code }) => code)).toEqual(["scale-overload", "scale-underload"]);
    scale.stimulate({ kind: "load", digits: 0 });
    await scale.clock.turn(pollMs);
    expect(scale.healthyCount).toBe(1);
    expect(scale.observations.length).toBe(before + 1);
  });

  it("bears the print key and a name at power-up in the middle of a poll", async () => {
    const scale = await pump().open(openMs);
    scale.hostHeard = false;
    await scale.clock.turn(pollMs);
    scale.stimulate({ kind: "print-key" });
    scale.stimulate({ kind: "power-up" });
    await scale.clock.turn(0);
    expect(scale.state.asked).toBe("weight");
    expect(scale.observations.length).toBe(1);
    scale.hostHeard = true;
    await scale.clock.turn(1_000);
    expect(scale.observations.length).toBe(2);
    expect(scale.noiseBytes).toBe(0);
  });

  it("does not take a late answer to a command for the weight", async () => {
    const scale = await pump().open(openMs);
    scale.hostHeard = false;
    await scale.clock.turn(pollMs);
    for (const line of ["Z +", "T I", "T S      0.300 kg", "Z A"]) say(scale, line);
    expect(scale.state.asked).toBe("weight");
    expect(scale.degraded).toEqual([]);
  });

  it("does not observe a late answer that nothing was asked for", async () => {
    const scale = await pump().open(openMs);
    say(scale, "S S      9.999 kg");
    expect(scale.observations).toEqual([weight("0.000", true)]);
  });

  it("says that the line is noisy when the scale understands nothing three times", async () => {
    const scale = await pump().open(openMs);
    scale.hostHeard = false;
    for (let time = 0; time < 3; time += 1) {
      expect(scale.degraded).toEqual([]);
      await scale.clock.turn(pollMs);
      say(scale, "ES");
    }
    expect(scale.degraded.map(({ code }) => code)).toEqual(["noisy"]);
    scale.hostHeard = true;
    await scale.clock.turn(pollMs);
    expect(scale.healthyCount).toBe(1);
  });

  it("tares and zeroes between two polls", async () => {
    const scale = await pump({ motionMs: 0 }).open(openMs);
    scale.stimulate({ kind: "load", digits: 300 });
    await scale.clock.turn(pollMs);
    scale.command(command("tare", "t"));
    await scale.clock.turn(pollMs);
    expect(scale.answers).toEqual([{ kind: "answer", command: "t", outcome: "done" }]);
    expect(scale.observations.at(-1)).toEqual(weight("0.000", true));
    scale.command(command("zero", "z"));
    await scale.clock.turn(pollMs);
    expect(scale.answers.slice(1)).toEqual([{ kind: "answer", command: "z", outcome: "done" }]);
  });

  it("waits for a swaying load before it says that it was tared", async () => {
    const scale = await pump({ motionMs: 3_000 }).open(openMs);
    scale.stimulate({ kind: "load", digits: 300 });
    scale.command(command("tare"));
    await scale.clock.turn(2_900);
    expect(scale.answers).toEqual([]);
    await scale.clock.turn(200);
    expect(scale.answers.map(({ outcome }) => outcome)).toEqual(["done"]);
  });

  it("carries commands out one after the other", async () => {
    const scale = await pump({ motionMs: 0 }).open(openMs);
    for (const id of ["a", "b", "c"]) scale.command(command("zero", id));
    await scale.clock.turn(pollMs);
    expect(scale.answers.map((answer) => [answer.command, answer.outcome])).toEqual([
      ["a", "done"],
      ["b", "done"],
      ["c", "done"],
    ]);
  });

  it("says when the scale refuses, is not ready, or cannot do such a thing", async () => {
    const scale = await pump({ motionMs: 0 }).open();
    scale.command(command("tare", "early"));
    await scale.clock.turn(openMs);
    scale.stimulate({ kind: "load", digits: 31_000 });
    scale.command(command("tare", "over"));
    await scale.clock.turn(pollMs);
    scale.command(command("restart", "never"));
    expect(scale.answers.map(({ command: id, outcome, fault }) => [id, outcome, fault])).toEqual([
      ["early", "failed", "device-not-ready"],
      ["over", "failed", "scale-overload"],
      ["never", "failed", "command-unsupported"],
    ]);
  });

  it("is sure that a command was not carried out when the scale did not understand it", async () => {
    const scale = await pump().open(openMs);
    scale.hostHeard = false;
    scale.command(command("tare"));
    await scale.clock.turn(0);
    say(scale, "ES");
    await scale.clock.turn(1_000);
    expect(scale.answers).toEqual([
      { kind: "answer", command: "c1", outcome: "failed", fault: "device-not-ready" },
    ]);
  });

  it("refuses more commands than may wait", async () => {
    const scale = await pump().open(openMs);
    scale.hostHeard = false;
    for (let count = 0; count < 9; count += 1) scale.command(command("zero", `c${count}`));
    expect(scale.answers).toEqual([
      { kind: "answer", command: "c8", outcome: "failed", fault: "device-not-ready" },
    ]);
  });

  it("counts garbage, and reads the weight that comes behind it", async () => {
    const own = fc.constantFrom(...Array.from("SDI4ZT+- .0129kg\r\n\u0000"));
    await fc.assert(
      fc.asyncProperty(fc.array(own, { maxLength: 60 }), async (noise) => {
        const scale = await pump().open(openMs);
        scale.hostHeard = false;
        await scale.clock.turn(pollMs);
        scale.arrive(fromLatin1(noise.join("")));
        await scale.clock.turn(100);
        expect(scale.state.rest.length).toBe(0);
        scale.hostHeard = true;
        scale.stimulate({ kind: "load", digits: 777 });
        await scale.clock.turn(3_000);
        expect(scale.observations.at(-1)).toEqual(weight("0.777", true));
        expect(scale.state.rest.length).toBeLessThan(mtSics.frameBytesMax);
      }),
      { numRuns: 40 },
    );
  });
});
