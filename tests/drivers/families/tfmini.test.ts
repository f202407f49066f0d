import { describe, expect, it } from "vitest";
import { TfminiSession } from "../../../drivers/families/tfmini.ts";
import { tfmini } from "../../../protocols/codecs/tfmini.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { fromLatin1 } from "../../../protocols/stream/bytes.ts";
import type { TfminiOptions } from "../../../simulators/devices/tfmini.ts";
import { createTfmini, tfminiDefaults } from "../../../simulators/devices/tfmini.ts";
import { Pump, splitAt } from "./pump.ts";

function settingsOf(given: object) {
  const transport = { kind: "serial", path: "/dev/ttyAMA0" };
  const device = deviceSchema.parse({
    id: "eye",
    readPoint: "desk",
    driver: "tfmini",
    transport,
    settings: given,
  });
  if (device.driver !== "tfmini") throw new Error("a tfmini was parsed");
  return device.settings;
}

const pump = (settings: object = { emptyCm: 200 }, options: Partial<TfminiOptions> = {}) =>
  new Pump(
    new TfminiSession(settingsOf(settings)),
    createTfmini({ ...tfminiDefaults, ...options }, seededRandom(7)),
  );
type Eye = ReturnType<typeof pump>;
const said = ({ observations }: Eye) =>
  observations.map((seen) => {
    if (seen.kind === "passage") return seen.direction;
    return seen.kind === "presence" ? (seen.present ? "there" : "gone") : seen.kind;
  });
const after = async (eye: Eye, stimulus: Parameters<Eye["stimulate"]>[0], ms: number) => {
  eye.stimulate(stimulus);
  await eye.clock.turn(ms);
};
const door = { emptyCm: 200, counts: "in" };

describe("somebody before the sensor", () => {
  it("is told when they have come and when they have gone, once each", async () => {
    const eye = await pump().open(1_000);
    expect([eye.ready, said(eye)]).toEqual([true, ["gone"]]);
    await after(eye, { kind: "come", distanceCm: 90 }, 30_000);
    await after(eye, { kind: "come", distanceCm: 40 }, 1_000);
    await after(eye, { kind: "go" }, 1_000);
    expect(said(eye)).toEqual(["gone", "there", "gone"]);
    expect([eye.noiseBytes, eye.degraded]).toEqual([0, []]);
  });

  it("is there from nearCm on and until the hysteresis is over", async () => {
    const eye = await pump({ emptyCm: 200, nearCm: 50, hysteresisCm: 20 }).open(1_000);
    const wayIn: string[] = [];
    for (const distanceCm of [151, 150, 169, 170, 171, 151, 150]) {
      await after(eye, { kind: "come", distanceCm }, 1_000);
      wayIn.push(`${distanceCm} ${said(eye).at(-1)}`);
    }
    expect(wayIn).toEqual([
      "151 gone",
      "150 there",
      "169 there",
      "170 there",
      "171 gone",
      "151 gone",
      "150 there",
    ]);
  });

  it("does not come and go by the sensor's own jitter", async () => {
    const eye = await pump().open(1_000);
    eye.stimulate({ kind: "jitter", cm: 4 });
    await after(eye, { kind: "come", distanceCm: 166 }, 60_000);
    await after(eye, { kind: "go" }, 60_000);
    expect(said(eye)).toEqual(["gone", "there", "gone"]);
  });

  it("has to be there for minimumMs, and is not for a moment less", async () => {
    const eye = await pump({ emptyCm: 200, minimumMs: 300 }).open(1_000);
    await after(eye, { kind: "pass", distanceCm: 90, bodyMs: 290 }, 5_000);
    expect(said(eye)).toEqual(["gone"]);
    await after(eye, { kind: "pass", distanceCm: 90, bodyMs: 350 }, 5_000);
    expect(said(eye)).toEqual(["gone", "there", "gone"]);
  });

  it.each([1, 4, 8])("is told however the bytes are cut: at %i", async (position) => {
    const eye = pump();
    eye.line = splitAt(position);
    await eye.open(1_000);
    await after(eye, { kind: "come", distanceCm: 90 }, 1_000);
    expect([said(eye), eye.noiseBytes]).toEqual([["gone", "there"], 0]);
  });
});

describe("a frame without a distance", () => {
  it.each(["weak", "sunlight"] as const)("is not nobody, and after a while is told: %s", async (light) => {
    const eye = await pump(door).open(1_000);
    await after(eye, { kind: "come", distanceCm: 90 }, 1_000);
    await after(eye, { kind: "light", light }, 9_900);
    expect(eye.degraded).toEqual([]);
    await eye.clock.turn(200);
    const detail = light === "weak" ? "too little light comes back" : "too much light shines into it";
    expect(eye.degraded).toEqual([{ code: "sensor-blind", detail }]);
    await eye.clock.turn(20_000);
    expect([said(eye), eye.givenUp]).toEqual([["gone", "there"], []]);
    await after(eye, { kind: "light", light: "good" }, 1_000);
    await after(eye, { kind: "go" }, 1_000);
    expect([said(eye), eye.healthyCount]).toEqual([["gone", "there", "gone", "in"], 1]);
  });

  it("between two that have one changes nothing, and one alone is nobody", async () => {
    const eye = await pump({ emptyCm: 200, minimumMs: 500 }).open(2_000);
    eye.stimulate({ kind: "come", distanceCm: 90 });
    for (let count = 0; count < 10; count += 1) {
      await after(eye, { kind: "light", light: "weak" }, 60);
      await after(eye, { kind: "light", light: "good" }, 40);
    }
    expect(said(eye)).toEqual(["gone", "there"]);
    await after(eye, { kind: "go" }, 2_000);
    await after(eye, { kind: "come", distanceCm: 90 }, 10);
    await after(eye, { kind: "light", light: "sunlight" }, 5_000);
    eye.stimulate({ kind: "go" });
    await after(eye, { kind: "light", light: "good" }, 2_000);
    expect(said(eye)).toEqual(["gone", "there", "gone"]);
  });

  it("with a wrong sum is noise", async () => {
    const eye = await pump().open(1_000);
    await after(eye, { kind: "bad-sums", frames: 5 }, 1_000);
    expect([eye.noiseBytes, said(eye), eye.givenUp]).toEqual([45, ["gone"], []]);
    await after(eye, { kind: "bad-sums", frames: 1_000 }, 5_000);
    expect(eye.givenUp.map(({ code }) => code)).toEqual(["noisy"]);
  });
});

describe("across a doorway", () => {
  it.each(["in", "out"] as const)(
    "counts who has passed, one each, in the configured direction: %s",
    async (counts) => {
      const eye = await pump({ emptyCm: 200, counts }).open(1_000);
      for (let person = 0; person < 20; person += 1)
        await after(eye, { kind: "pass", distanceCm: 60 + 5 * person, bodyMs: 180 + 20 * person }, 1_000);
      expect(said(eye).filter((word) => word === counts)).toHaveLength(20);
      expect(said(eye)).toHaveLength(61);
    },
  );

  it("counts neither who stood there at the opening nor what stands there for a minute, and says so", async () => {
    const eye = pump(door);
    eye.stimulate({ kind: "come", distanceCm: 90 });
    await eye.open(1_000);
    await after(eye, { kind: "go" }, 1_000);
    expect(said(eye)).toEqual(["there", "gone"]);
    await after(eye, { kind: "come", distanceCm: 90 }, 59_900);
    expect(eye.degraded).toEqual([]);
    await eye.clock.turn(300);
    expect(eye.degraded).toEqual([
      { code: "beam-blocked", detail: "something stands before the sensor for 60 s" },
    ]);
    await after(eye, { kind: "go" }, 1_000);
    expect([said(eye), eye.healthyCount]).toEqual([["there", "gone", "there", "gone"], 1]);
    await after(eye, { kind: "pass", distanceCm: 90, bodyMs: 250 }, 1_000);
    expect(said(eye).at(-1)).toBe("in");
  });
});

describe("a view that nobody has measured", () => {
  it("is the median of the first quiet seconds; nothing is told before", async () => {
    const eye = pump({});
    eye.stimulate({ kind: "jitter", cm: 5 });
    await eye.open(2_900);
    expect(said(eye)).toEqual([]);
    await eye.clock.turn(400);
    expect(said(eye)).toEqual(["gone"]);
    expect(Math.abs((eye.state.view.emptyCm ?? 0) - 200)).toBeLessThanOrEqual(1);
    await after(eye, { kind: "come", distanceCm: 160 }, 500);
    expect(said(eye)).toEqual(["gone", "there"]);
  });

  it("is not learnt from who walks about, and that it is never empty is told", async () => {
    const eye = await pump({}).open();
    for (let second = 0; second < 62; second += 1)
      await after(eye, { kind: "come", distanceCm: 60 + 30 * (second % 3) }, 1_000);
    expect([said(eye), eye.degraded.map(({ code }) => code)]).toEqual([[], ["sensor-blind"]]);
    expect(eye.state.view.seen.size).toBe(1);
    await after(eye, { kind: "go" }, 4_000);
    expect([said(eye), eye.healthyCount]).toEqual([["gone"], 1]);
  });

  it("is learnt anew when it was somebody who stood there, and only then", async () => {
    const eye = pump({});
    eye.stimulate({ kind: "come", distanceCm: 170 });
    await eye.open(5_000);
    expect(eye.state.view.emptyCm).toBe(170);
    await after(eye, { kind: "go" }, 2_000);
    await after(eye, { kind: "come", distanceCm: 170 }, 1_000);
    await after(eye, { kind: "go" }, 2_900);
    expect(eye.state.view.emptyCm).toBe(170);
    await eye.clock.turn(200);
    expect(eye.state.view.emptyCm).toBe(200);
    await after(eye, { kind: "come", distanceCm: 170 }, 1_000);
    expect(said(eye)).toEqual(["gone", "there"]);
  });

  it("needs more than a few frames", async () => {
    const eye = await pump({}, { everyMs: 400 }).open(6_000);
    expect([eye.ready, said(eye), eye.state.view.emptyCm]).toEqual([true, [], undefined]);
  });
});

describe("its line", () => {
  it("that falls silent is given up, and one that never spoke has no such device", async () => {
    const eye = await pump().open(1_000);
    eye.line = () => [];
    await eye.clock.turn(1_980);
    expect(eye.givenUp).toEqual([]);
    await eye.clock.turn(30);
    expect(eye.givenUp.map(({ code }) => code)).toEqual(["silent"]);
    const absent = pump();
    absent.line = () => [];
    await absent.open(2_100);
    expect([absent.ready, absent.givenUp.map(({ code }) => code)]).toEqual([false, ["handshake-timeout"]]);
  });

  it("with one frame by chance is no such device, and with another's words is noisy", async () => {
    const eye = pump();
    eye.line = () => [];
    await eye.open();
    eye.arrive(tfmini.encode({ distanceCm: 90, strength: 500, temperature: 0 }));
    eye.arrive(fromLatin1("ST,GS,+001.250kg\r\n"));
    await eye.clock.turn(2_100);
    expect([eye.ready, said(eye), eye.givenUp.map(({ code }) => code)]).toEqual([false, [], ["noisy"]]);
  });

  it("carries no commands", async () => {
    const eye = await pump().open(1_000);
    eye.command({ id: "c1", device: "eye", task: { kind: "tare" } });
    expect(eye.answers.map(({ fault }) => fault)).toEqual(["command-unsupported"]);
    expect(eye.sent).toEqual([]);
  });
});

describe("its settings", () => {
  it.each([
    [{ nearCm: 20, hysteresisCm: 20 }, "less than nearCm"],
    [{ emptyCm: 30, nearCm: 30 }, "less than emptyCm"],
  ])("%o are refused", (given, words) => {
    expect(() => settingsOf(given)).toThrow(words);
  });
});
