import { describe, expect, it } from "vitest";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { benchPump, command } from "./scale-benches.ts";

const asked = {
  name: "ascii-st-us",
  settings: { sends: "asked" },
  options: { sends: "asked", style: "plain" },
} as const;
const openMs = 1_500;

/** A balance that was asked, and whose answer the test gives. */
async function answering(line: string) {
  const scale = await benchPump(asked).open(openMs);
  scale.hostHeard = false;
  await scale.clock.turn(200);
  const before = scale.observations.length;
  scale.arrive(fromLatin1(`${line}\r\n`));
  return { scale, seen: scale.observations.slice(before) };
}

describe("ascii-st-us", () => {
  it("asks a balance with Q, and a scale that sends by itself with nothing", async () => {
    const balance = await benchPump(asked).open(openMs);
    expect(new Set(balance.sent.map(toLatin1))).toEqual(new Set(["Q\r\n"]));
    const indicator = await benchPump({ name: "ascii-st-us", settings: {}, options: {} }).open(openMs);
    expect(indicator.ready).toBe(true);
    expect(indicator.sent).toEqual([]);
  });

  it.each([
    ["ST,+0004775.7   g", { value: "4775.7", unit: "g", stable: true }],
    ["US,-0000012.5   g", { value: "-12.5", unit: "g", stable: false }],
    ["ST,NT,   1.500 kg", { value: "1.500", unit: "kg", stable: true, mode: "net" }],
    ["ST,GS,+  0.860lb", { value: "0.860", unit: "lb", stable: true, mode: "gross" }],
  ])("%s is %j", async (line, weight) => {
    const { scale, seen } = await answering(line);
    expect(seen).toEqual([{ kind: "weight", ...weight }]);
    expect(scale.degraded).toEqual([]);
  });

  it.each([
    ["OL,+9999999E+19", "scale-overload"],
    ["OL,-9999999E+19", "scale-underload"],
    ["OL,GS,+------.-kg", "scale-overload"],
  ])("%s is %s, and its nines are no weight", async (line, code) => {
    const { scale, seen } = await answering(line);
    expect(scale.degraded.map((fault) => fault.code)).toEqual([code]);
    expect(seen.every((each) => each.kind === "weight" && !each.stable && each.value === "0.000")).toBe(true);
  });

  it.each(["QT,+00000012  PC", "ST,TR,   0.300 kg", "ST,+00000050.0  %"])("%s is no weight", async (line) => {
    const { scale, seen } = await answering(line);
    expect(seen).toEqual([]);
    expect(scale.noiseBytes).toBe(0);
  });

  it("sends T to tare", async () => {
    const scale = await benchPump(asked).open(openMs);
    scale.stimulate({ kind: "load", digits: 300 });
    await scale.clock.turn(openMs);
    scale.command(command("tare"));
    await scale.clock.turn(openMs);
    expect(scale.sent.map(toLatin1)).toContain("T\r\n");
    expect(scale.answers.map(({ outcome }) => outcome)).toEqual(["done"]);
  });
});
