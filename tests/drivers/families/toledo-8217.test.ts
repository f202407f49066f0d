import { describe, expect, it } from "vitest";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { benchPump, command } from "./scale-benches.ts";

const bench = { name: "toledo-8217", settings: { unit: "lb" }, options: {} } as const;
const openMs = 1_000;

/** A scale that was asked, and whose answer the test gives. */
async function asked() {
  const scale = await benchPump(bench).open(openMs);
  scale.hostHeard = false;
  await scale.clock.turn(200);
  return scale;
}

describe("toledo-8217", () => {
  it("asks with W, takes the unit from the settings, and asks with H for one digit more", async () => {
    const scale = await benchPump(bench).open(openMs);
    expect(new Set(scale.sent.map(toLatin1))).toEqual(new Set(["W"]));
    expect(scale.observations.at(-1)).toEqual({
      kind: "weight",
      value: "0.000",
      unit: "lb",
      stable: true,
      mode: "gross",
    });
    const fine = await benchPump({ ...bench, settings: { highResolution: true } }).open(openMs);
    fine.stimulate({ kind: "load", digits: 1_234 });
    await fine.clock.turn(openMs);
    expect(new Set(fine.sent.map(toLatin1))).toEqual(new Set(["H"]));
    expect(fine.observations.at(-1)).toMatchObject({ value: "1.2340", unit: "kg" });
  });

  it.each([
    ["A", []],
    ["Q", []],
    ["P", []],
    ["B", ["scale-overload"]],
    ["D", ["scale-underload"]],
    ["E", ["scale-underload"]],
    ["H", ["scale-no-zero"]],
    ["I", ["scale-no-zero"]],
    ["K", ["scale-overload"]],
  ])("takes ?%s for a status, never for a weight", async (status, codes) => {
    const scale = await asked();
    const before = scale.observations.length;
    scale.arrive(fromLatin1(`\x02?${status}\r`));
    expect(scale.degraded.map(({ code }) => code)).toEqual(codes);
    // What lay at rest does so no longer.
    expect(scale.observations.slice(before)).toEqual([
      { kind: "weight", value: "0.000", unit: "lb", stable: false, mode: "gross" },
    ]);
  });

  it("says once only what stands in the way, however the motion in it changes", async () => {
    const scale = await asked();
    scale.arrive(fromLatin1("\x02?E\r"));
    await scale.clock.turn(200);
    scale.arrive(fromLatin1("\x02?D\r"));
    expect(scale.degraded).toHaveLength(1);
  });

  it("takes the N behind a weight for net", async () => {
    const scale = await asked();
    scale.arrive(fromLatin1("\x0202.500N\r"));
    expect(scale.observations.at(-1)).toMatchObject({ value: "2.500", mode: "net" });
  });

  it("looks whether a command was carried out, whatever status the scale answers it with", async () => {
    const scale = await benchPump(bench).open(openMs);
    scale.stimulate({ kind: "load", digits: 300 });
    await scale.clock.turn(openMs);
    scale.command(command("tare"));
    await scale.clock.turn(openMs);
    expect(scale.sent.map(toLatin1)).toContain("T");
    expect(scale.answers).toEqual([{ kind: "answer", command: "c1", outcome: "done" }]);
    expect(scale.observations.at(-1)).toMatchObject({ value: "0.000", mode: "net", stable: true });
  });
});
