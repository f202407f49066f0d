import { describe, expect, it } from "vitest";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { benchPump, command } from "./scale-benches.ts";

const bench = { name: "hid-8d", settings: {}, options: {} } as const;
const openMs = 2_000;
const report = (...bytes: readonly number[]) => Uint8Array.of(0x03, ...bytes);

/** Only what the test sends reaches the host; the first report is the one that is not told. */
async function hearing(...reports: readonly Uint8Array[]) {
  const scale = benchPump(bench);
  scale.line = () => [];
  await scale.open();
  scale.arrive(report(4, 3, 0xfd, 0xe1, 0x10));
  for (const each of reports) scale.arrive(each);
  return scale;
}

describe("hid-8d", () => {
  it("does not tell the first report, which a parcel left that is long gone", async () => {
    const scale = await benchPump(bench).open(openMs);
    expect(scale.ready).toBe(true);
    const values = scale.observations.map((seen) => seen.kind === "weight" && seen.value);
    expect(new Set(values)).toEqual(new Set(["0.000"]));
  });

  it("hears the old report again at each opening", async () => {
    const scale = await benchPump(bench).open(openMs);
    scale.stimulate({ kind: "load", digits: 800 });
    await scale.clock.turn(openMs);
    scale.stimulate({ kind: "load", digits: 0 });
    const before = scale.observations.length;
    await scale.open(openMs);
    const stable = scale.observations
      .slice(before)
      .flatMap((seen) => (seen.kind === "weight" && seen.stable ? [seen.value] : []));
    expect(new Set(stable)).toEqual(new Set(["0.000"]));
  });

  it.each([
    [report(4, 11, 0xff, 0x64, 0x01), { value: "35.6", unit: "oz", stable: true }],
    [report(2, 11, 0xff, 0xa0, 0x00), { value: "16.0", unit: "oz", stable: true }],
    [report(4, 2, 0x01, 0x0c, 0x00), { value: "120", unit: "g", stable: true }],
    [report(3, 12, 0xfe, 0xd2, 0x04), { value: "12.34", unit: "lb", stable: false }],
    [report(5, 2, 0x00, 0x96, 0x00), { value: "-150", unit: "g", stable: false }],
  ])("reads %s", async (bytes, weight) => {
    const scale = await hearing(bytes);
    expect(scale.observations).toEqual([{ kind: "weight", ...weight }]);
  });

  it("tells what is below nought as at rest by the rule", async () => {
    const scale = await benchPump(bench).open(openMs);
    scale.stimulate({ kind: "load", digits: -150 });
    await scale.clock.turn(openMs);
    expect(scale.observations.at(-1)).toMatchObject({ value: "-0.150", stable: true });
  });

  it.each([
    [1, "scale-error"],
    [6, "scale-overload"],
    [7, "scale-error"],
    [8, "scale-no-zero"],
  ])("takes status %i for %s", async (status, code) => {
    const scale = await hearing(report(status, 2, 0, 0, 0));
    expect(scale.observations).toEqual([]);
    expect(scale.degraded.map((fault) => fault.code)).toEqual([code]);
  });

  it("asks for a unit where the report has none, and counts foreign reports as noise", async () => {
    const scale = await hearing(report(4, 0, 0, 5, 0));
    expect(scale.degraded.map((fault) => fault.code)).toEqual(["scale-error"]);
    scale.arrive(Uint8Array.of(0x01, 0x20, 0x03, 0x04));
    expect(scale.noiseBytes).toBe(4);
  });

  it("tares with its output report", async () => {
    const scale = await benchPump(bench).open(openMs);
    scale.stimulate({ kind: "load", digits: 300 });
    await scale.clock.turn(openMs);
    scale.command(command("tare"));
    await scale.clock.turn(1_000);
    expect(scale.sent.map(toHex)).toEqual(["0202"]);
    expect(scale.answers.map(({ outcome }) => outcome)).toEqual(["done"]);
    scale.stimulate({ kind: "load", digits: 0 });
    await scale.clock.turn(openMs);
    expect(scale.observations.at(-1)).toMatchObject({ value: "-0.300", stable: true });
  });
});
