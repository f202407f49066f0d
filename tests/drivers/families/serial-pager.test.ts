import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pagerCodec, serialPagerSession } from "../../../drivers/families/serial-pager.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import { fromHex } from "../../../protocols/stream/bytes.ts";
import { createPager, pagerDefaults } from "../../../simulators/devices/serial-pager.ts";
import { itIsACodec } from "../../protocols/codecs/codec-properties.ts";
import { Pump, splitAt } from "./pump.ts";

const frames = { next: "aa01fe", serve: "aa02fd", done: "55" };
const buttons = { next: { kind: "call-next" }, serve: { kind: "serve" }, done: { kind: "finish" } } as const;
const pump = (repeats = 1) =>
  new Pump(serialPagerSession({ buttons, frames }), createPager({ ...pagerDefaults, frames, repeats }));
const presses = ({ observations }: ReturnType<typeof pump>) =>
  observations.flatMap((seen) => (seen.kind === "button" && seen.change === "down" ? [seen.button] : []));

// Noise of these bytes may make a key's frame, which is then rightly a press.
const swallows = (noise: Uint8Array, frame: Uint8Array): boolean =>
  noise.includes(0xaa) || noise.includes(0x55) || frame.length === 0;
itIsACodec({
  codec: pagerCodec(frames),
  frame: fc.constantFrom(...Object.keys(frames)),
  ownBytes: [0xaa, 0x01, 0x02, 0xfe, 0xfd, 0x55],
  swallows,
});

describe("serial-pager", () => {
  it.each([0, 1, 2, 3])("says which key was pressed and let go, cut after %i bytes", async (at) => {
    const pager = await pump().open(10);
    expect(pager.ready).toBe(true);
    pager.line = splitAt(at);
    for (const button of ["next", "serve", "done"]) {
      pager.stimulate({ kind: "press", button });
      await pager.clock.turn(50);
    }
    expect(presses(pager)).toEqual(["next", "serve", "done"]);
    expect(pager.observations).toHaveLength(6);
    expect(pager.noiseBytes).toBe(0);
  });

  it("counts what no key sends as noise, and hears the press behind it", async () => {
    const pager = await pump().open(10);
    pager.arrive(fromHex("aa01aa0377") ?? new Uint8Array());
    pager.stimulate({ kind: "press", button: "next" });
    await pager.clock.turn(200);
    expect(presses(pager)).toEqual(["next"]);
    expect(pager.noiseBytes).toBe(5);
  });

  it("gives a torn press up when the line falls silent", async () => {
    const pager = await pump().open(10);
    pager.arrive(fromHex("aa02") ?? new Uint8Array());
    await pager.clock.turn(200);
    expect(presses(pager)).toEqual([]);
    expect(pager.noiseBytes).toBe(2);
  });

  it("tells each repetition of a radio pager; smoothing makes one press of them", async () => {
    const pager = await pump(3).open(10);
    pager.stimulate({ kind: "press", button: "next" });
    await pager.clock.turn(50);
    expect(presses(pager)).toEqual(["next", "next", "next"]);
  });

  it("does nothing that it is told", async () => {
    const pager = await pump().open(10);
    pager.command({ id: "c1", device: "pager", task: { kind: "tare" } });
    expect(pager.answers).toMatchObject([{ command: "c1", outcome: "failed", fault: "command-unsupported" }]);
    expect(pager.sent).toEqual([]);
  });
});

describe("a pager's settings", () => {
  const parse = (settings: object) =>
    deviceSchema.safeParse({
      id: "pager",
      readPoint: "counter-1",
      driver: "serial-pager",
      transport: { kind: "tcp", host: "192.0.2.1", port: 4001 },
      settings,
    });

  it("are refused where a button has no frame, or one frame begins with another", () => {
    expect(parse({ buttons, frames }).success).toBe(true);
    expect(parse({ buttons, frames: { next: "aa01fe" } }).error?.issues).toMatchObject([
      { message: "a frame for each of its buttons" },
    ]);
    expect(parse({ buttons, frames: { ...frames, serve: "aa01" } }).error?.issues).toMatchObject([
      { message: "frames of which none begins with another one" },
    ]);
  });
});
