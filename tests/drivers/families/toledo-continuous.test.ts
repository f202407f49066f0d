import { describe, expect, it } from "vitest";
import { toledoContinuous } from "../../../protocols/codecs/toledo-continuous.ts";
import { benchPump } from "./scale-benches.ts";

const bench = { name: "toledo-continuous", settings: {}, options: {} } as const;

const frame = { statusA: 0x2d, statusB: 0x30, statusC: 0x20, weight: "  1250", tare: "     0" };

/** Only what the test sends reaches the host; two frames make it believe the scale. */
async function hearing(given: Partial<typeof frame>) {
  const scale = benchPump(bench);
  scale.line = () => [];
  await scale.open();
  const bytes = toledoContinuous.encode({ ...frame, ...given, checked: true });
  for (let time = 0; time < 3; time += 1) scale.arrive(bytes);
  return scale;
}

describe("toledo-continuous", () => {
  it.each([
    [{}, { value: "1.250", unit: "kg", stable: true, mode: "gross" }],
    [{ statusB: 0x20 }, { value: "1.250", unit: "lb", stable: true, mode: "gross" }],
    [{ statusC: 0x23 }, { value: "1.250", unit: "oz", stable: true, mode: "gross" }],
    [{ statusC: 0x21 }, { value: "1.250", unit: "g", stable: true, mode: "gross" }],
    [{ statusC: 0x22 }, { value: "1.250", unit: "t", stable: true, mode: "gross" }],
    [{ statusB: 0x33 }, { value: "-1.250", unit: "kg", stable: true, mode: "net" }],
    [{ statusB: 0x38 }, { value: "1.250", unit: "kg", stable: false, mode: "gross" }],
    // A dummy zero: what is sent as 200 is 2000.
    [
      { statusA: 0x29, weight: "   200" },
      { value: "2000", unit: "kg", stable: true, mode: "gross" },
    ],
    // The printer's bit says nothing of the weight.
    [{ statusC: 0x28 }, { value: "1.250", unit: "kg", stable: true, mode: "gross" }],
  ])("%j is %j", async (given, weight) => {
    const scale = await hearing(given);
    expect(scale.observations.at(-1)).toEqual({ kind: "weight", ...weight });
    expect(scale.degraded).toEqual([]);
  });

  it.each([
    [{ statusB: 0x34 }, "scale-overload"],
    [{ statusB: 0x36 }, "scale-underload"],
    [{ statusB: 0x70 }, "scale-no-zero"],
    // A unit that only its owner knows.
    [{ statusC: 0x27 }, "scale-error"],
  ])("%j is %s and no weight", async (given, code) => {
    const scale = await hearing(given);
    expect(scale.observations).toEqual([]);
    expect(scale.degraded.map((fault) => fault.code)).toEqual([code]);
  });

  it("does not believe one frame alone, and tells none whose check is another", async () => {
    const scale = benchPump(bench);
    scale.line = () => [];
    await scale.open();
    const bytes = toledoContinuous.encode({ ...frame, checked: true });
    scale.arrive(bytes);
    expect(scale.ready).toBe(false);
    const spoiled = bytes.slice();
    spoiled[8] = 0x39;
    for (let time = 0; time < 5; time += 1) scale.arrive(spoiled);
    expect(scale.ready).toBe(false);
    scale.arrive(bytes);
    expect(scale.ready).toBe(true);
    expect(scale.observations.at(-1)).toMatchObject({ value: "1.250" });
    expect(scale.noiseBytes).toBe(5 * bytes.length);
  });

  it("gives up a line that carries nothing but noise, as noise", async () => {
    const scale = benchPump(bench);
    scale.line = () => [{ bytes: Uint8Array.of(0xf0, 0x9e, 0x02, 0x31) }];
    await scale.open(4_000);
    expect(scale.givenUp.map(({ code }) => code)).toEqual(["noisy"]);
  });
});
