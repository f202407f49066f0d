import { describe, expect, it } from "vitest";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { benchPump, command } from "./scale-benches.ts";

const openMs = 2_000;

describe("digi-ds", () => {
  const silent = async () => {
    const scale = benchPump({ name: "digi-ds", settings: {}, options: {} });
    scale.line = () => [];
    await scale.open();
    return scale;
  };

  it.each([
    ["\0\r0  1.250\r4  0.300\r\n", { value: "1.250", stable: true }],
    ["\x01\r0  1.250\r4  0.300\r\n", { value: "1.250", stable: false }],
    ["0\r0 -0.250\r4  0.300\r\n", { value: "-0.250", stable: true }],
    ["1\r0  1.250\r4  0.300\r\n", { value: "1.250", stable: false }],
  ])("%j is %j", async (line, weight) => {
    const scale = await silent();
    scale.arrive(fromLatin1(line));
    scale.arrive(fromLatin1(line));
    expect(scale.observations).toEqual([{ kind: "weight", unit: "kg", mode: "net", ...weight }]);
  });

  it("infers rest where the scale is set not to say it", async () => {
    const scale = benchPump({ name: "digi-ds", settings: {}, options: { stability: false } });
    await scale.open(openMs);
    scale.stimulate({ kind: "load", digits: 1_250 });
    await scale.clock.turn(700);
    expect(scale.observations.at(-1)).toMatchObject({ value: "1.250", stable: false });
    await scale.clock.turn(700);
    expect(scale.observations.at(-1)).toMatchObject({ value: "1.250", stable: true });
  });
});

describe("sma", () => {
  const bench = { name: "sma", settings: {}, options: {} } as const;

  async function answering(line: string) {
    const scale = await benchPump(bench).open(openMs);
    scale.hostHeard = false;
    await scale.clock.turn(200);
    scale.arrive(fromLatin1(`\n${line}\r`));
    return scale;
  }

  it("asks with W between line feed and return", async () => {
    const scale = await benchPump(bench).open(openMs);
    expect(new Set(scale.sent.map(toLatin1))).toEqual(new Set(["\nW\r"]));
  });

  it.each([
    [" 1G     123.450lb ", { value: "123.450", unit: "lb", stable: true, mode: "gross" }],
    [" 1NM     -3.450kg ", { value: "-3.450", unit: "kg", stable: false, mode: "net" }],
    ["Z1G       0.000oz ", { value: "0.000", unit: "oz", stable: true, mode: "gross" }],
  ])("%j is %j", async (line, weight) => {
    const scale = await answering(line);
    expect(scale.observations.at(-1)).toEqual({ kind: "weight", ...weight });
  });

  it.each([
    ["O1G  ----------lb ", "scale-overload"],
    ["U1G  ----------lb ", "scale-underload"],
    ["E1G  ----------lb ", "scale-no-zero"],
    ["I1G  ----------lb ", "scale-no-zero"],
    ["T1G  ----------lb ", "scale-error"],
  ])("%j is %s", async (line, code) => {
    const scale = await answering(line);
    expect(scale.degraded.map((fault) => fault.code)).toEqual([code]);
  });

  it("takes a tare for no weight, and asks on", async () => {
    const scale = await answering(" 1T       0.300kg ");
    expect(scale.observations.at(-1)).toMatchObject({ value: "0.000" });
    scale.hostHeard = true;
    await scale.clock.turn(1_200);
    expect(scale.givenUp).toEqual([]);
  });

  it("does not tell what it has not asked for, be it late or from the print key", async () => {
    const scale = await benchPump(bench).open(openMs);
    scale.hostHeard = false;
    const before = scale.observations.length;
    scale.arrive(fromLatin1("\n 1G       9.999kg \r"));
    expect(scale.observations).toHaveLength(before);
  });

  it.each([
    // A load that only passes nought, and a tare that stays, are no proof.
    ["zero", " 1GM      0.000kg ", "device-not-ready", "in-doubt"],
    ["clear-tare", " 1N       1.200kg ", "device-not-ready", "failed"],
    ["clear-tare", " 1G       1.500kg ", undefined, "done"],
  ] as const)("after %s, %j leaves it %s %s", async (kind, line, fault, outcome) => {
    const scale = await benchPump(bench).open(openMs);
    scale.stimulate({ kind: "load", digits: 5_000 });
    await scale.clock.turn(openMs);
    scale.hostHeard = false;
    scale.command(command(kind));
    for (let time = 0; time < 60; time += 1) {
      await scale.clock.turn(100);
      scale.arrive(fromLatin1(`\n${line}\r`));
    }
    expect(scale.answers.map((answer) => [answer.fault, answer.outcome])).toEqual([[fault, outcome]]);
  });

  it("sends the letters of its commands", async () => {
    const scale = await benchPump(bench).open(openMs);
    for (const kind of ["zero", "tare", "clear-tare"] as const) scale.command(command(kind, kind));
    await scale.clock.turn(openMs);
    const sent = scale.sent.map(toLatin1).filter((line) => line !== "\nW\r");
    expect(sent).toEqual(["\nZ\r", "\nT\r", "\nC\r"]);
    expect(scale.answers.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
  });
});
