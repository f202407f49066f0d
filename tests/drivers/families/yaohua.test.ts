import { describe, expect, it } from "vitest";
import { yaohuaCmd } from "../../../protocols/codecs/yaohua-cmd.ts";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { benchPump } from "./scale-benches.ts";

const openMs = 2_000;
const sending = ["yaohua-tf0", "yaohua-tf1", "yaohua-tf2"] as const;

describe.each(sending)("%s", (name) => {
  const bench = { name, settings: {}, options: {} };

  it("does not tell a weight at rest whose digits changed places once, which its check does not see", async () => {
    const scale = await benchPump(bench).open(openMs);
    scale.stimulate({ kind: "load", digits: 1_560 });
    await scale.clock.turn(openMs);
    const before = scale.observations.length;
    for (let time = 0; time < 5; time += 1) {
      scale.stimulate({ kind: "swapped-digits" });
      await scale.clock.turn(300);
    }
    const values = scale.observations.slice(before).map((seen) => seen.kind === "weight" && seen.value);
    expect(values.length).toBeGreaterThan(5);
    expect(new Set(values)).toEqual(new Set(["1.560"]));
  });

  it("is at rest after so many frames and so long as the settings say", async () => {
    const settings = { stableFrames: 10, stableForMs: 1_500 };
    const scale = await benchPump({ ...bench, settings }, { motionMs: 0, everyMs: 50 }).open(openMs + 1_500);
    scale.stimulate({ kind: "load", digits: 900 });
    await scale.clock.turn(1_500);
    expect(scale.observations.at(-1)).toMatchObject({ value: "0.900", stable: false });
    await scale.clock.turn(200);
    expect(scale.observations.at(-1)).toMatchObject({ value: "0.900", stable: true });
    const slow = await benchPump({ ...bench, settings: { stableFrames: 10, stableForMs: 0 } }).open(openMs);
    slow.stimulate({ kind: "load", digits: 900 });
    await slow.clock.turn(600 + 800);
    expect(slow.observations.at(-1)).toMatchObject({ value: "0.900", stable: false });
    await slow.clock.turn(400);
    expect(slow.observations.at(-1)).toMatchObject({ value: "0.900", stable: true });
  });

  it("weighs below nought, and in the unit of the settings", async () => {
    const scale = await benchPump({ ...bench, settings: { unit: "t" } }).open(openMs);
    scale.stimulate({ kind: "load", digits: -1_300 });
    await scale.clock.turn(openMs);
    expect(scale.observations.at(-1)).toEqual({ kind: "weight", value: "-1.300", unit: "t", stable: true });
  });

  it("sees no overload where the settings name no capacity", async () => {
    const scale = await benchPump(bench).open(openMs);
    scale.stimulate({ kind: "load", digits: 40_000 });
    await scale.clock.turn(openMs);
    expect(scale.observations.at(-1)).toMatchObject({ value: "40.000", stable: true });
    expect(scale.degraded).toEqual([]);
  });
});

describe("yaohua-tf0", () => {
  it("puts the point where the settings say, for indicators that send another place", async () => {
    const scale = benchPump({ name: "yaohua-tf0", settings: { decimals: 2 }, options: { decimals: 0 } });
    await scale.open(openMs);
    scale.stimulate({ kind: "load", digits: 240 });
    await scale.clock.turn(openMs);
    expect(scale.observations.at(-1)).toMatchObject({ value: "2.40", stable: true });
  });

  it("counts a frame with another check as noise", async () => {
    const scale = await benchPump({ name: "yaohua-tf0", settings: {}, options: {} }).open(openMs);
    scale.arrive(fromLatin1("\x02+00000011B\x03"));
    expect(scale.noiseBytes).toBe(12);
  });
});

describe("yaohua-cmd", () => {
  const number = { negative: false, digits: "008880", decimals: 3 };
  const bench = { name: "yaohua-cmd", settings: {}, options: {} } as const;

  it("greets the indicator of its letter, and hears no other", async () => {
    const settings = { address: "B" };
    const scale = await benchPump({ ...bench, settings, options: { address: "B" } }).open(openMs);
    expect(scale.sent.map(toLatin1).slice(0, 2)).toEqual(["\x02BA03\x03", "\x02BD06\x03"]);
    expect(scale.ready).toBe(true);
    const stranger = benchPump({ ...bench, settings });
    await stranger.open(4_000);
    expect(stranger.ready).toBe(false);
    expect(stranger.givenUp.map(({ code }) => code)).toEqual(["handshake-timeout"]);
  });

  it.each([
    ["gross", "1.500"],
    ["net", "1.200"],
  ] as const)("asks for %s", async (weight, value) => {
    const scale = await benchPump({ ...bench, settings: { weight } }).open(openMs);
    scale.stimulate({ kind: "load", digits: 300 });
    await scale.clock.turn(openMs);
    scale.stimulate({ kind: "key", key: "tare" });
    scale.stimulate({ kind: "load", digits: 1_500 });
    await scale.clock.turn(openMs);
    expect(scale.observations.at(-1)).toMatchObject({ value, mode: weight, stable: true });
  });

  it("does not take another indicator's weight on the same line for its own, nor a tare for a weight", async () => {
    const scale = benchPump(bench);
    scale.hostHeard = false;
    await scale.open(300);
    scale.arrive(yaohuaCmd.encode({ kind: "command", address: "A", command: "A" }));
    await scale.clock.turn(200);
    for (const [address, command] of [
      ["B", "D"],
      ["A", "C"],
    ] as const)
      scale.arrive(yaohuaCmd.encode({ kind: "weight", address, command, number }));
    expect(scale.observations).toEqual([]);
    expect(scale.noiseBytes).toBe(0);
    scale.arrive(yaohuaCmd.encode({ kind: "weight", address: "A", command: "D", number }));
    expect(scale.observations).toMatchObject([{ value: "8.880", unit: "kg", mode: "net" }]);
  });

  it("does not take a weight for a greeting", async () => {
    const scale = benchPump(bench);
    scale.hostHeard = false;
    await scale.open(300);
    scale.arrive(fromLatin1("\x02AB+008880313\x03"));
    expect(scale.ready).toBe(false);
  });
});
