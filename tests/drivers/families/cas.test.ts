import { describe, expect, it } from "vitest";
import { casAp1 } from "../../../protocols/codecs/cas-ap1.ts";
import { fromLatin1, toHex } from "../../../protocols/stream/bytes.ts";
import { formatDigits } from "../../../simulators/devices/scale/platform.ts";
import { splitAt } from "./pump.ts";
import { benchPump } from "./scale-benches.ts";

const openMs = 1_500;
const ap1 = { name: "cas-ap1", settings: {}, options: { motionMs: 0 } } as const;
const checkAt = 12;

/** The first load in grams whose check is this byte, where the unit is a capital. */
function loadWithCheck(check: number): number {
  for (let digits = 1; digits <= 30_000; digits += 1) {
    const field = formatDigits(digits, 3).padStart(6, "0");
    const frame = casAp1.encode({ kind: "weight", stable: true, negative: false, field, unit: " G" });
    if (frame[checkAt] === check) return digits;
  }
  throw new Error(`no load has ${check}`);
}

describe("cas-ap1", () => {
  it("asks with ENQ, and with DC1 once the scale has said ACK", async () => {
    const scale = await benchPump(ap1).open(openMs);
    expect(scale.sent.slice(0, 4).map(toHex)).toEqual(["05", "11", "05", "11"]);
  });

  it.each([0x03, 0x04, 0x0a, 0x0d, 0x01, 0x06])(
    "weighs at every cut where the check is %i",
    async (check) => {
      const digits = loadWithCheck(check);
      for (let position = 0; position <= 15; position += 1) {
        const scale = benchPump({ ...ap1, options: { motionMs: 0, unit: "g", capitals: true } });
        scale.line = splitAt(position);
        await scale.open(openMs);
        scale.stimulate({ kind: "load", digits });
        await scale.clock.turn(openMs);
        const value = formatDigits(digits, 3);
        expect(scale.observations.at(-1)).toEqual({ kind: "weight", value, unit: "g", stable: true });
        expect(scale.noiseBytes).toBe(0);
      }
    },
  );

  it("reads a weight that its ACK is glued to", async () => {
    const scale = await benchPump(ap1).open(openMs);
    scale.hostHeard = false;
    await scale.clock.turn(200);
    const frame = casAp1.encode({
      kind: "weight",
      stable: true,
      negative: false,
      field: "00.488",
      unit: "kg",
      acknowledged: true,
    });
    scale.arrive(frame);
    expect(scale.observations.at(-1)).toMatchObject({ value: "0.488", stable: true });
    expect(scale.noiseBytes).toBe(0);
  });

  it("tells no minus before nought, and takes the unit of the settings where the frame leaves it blank", async () => {
    const scale = await benchPump({ ...ap1, settings: { unit: "lb" } }).open(openMs);
    scale.hostHeard = false;
    await scale.clock.turn(200);
    scale.arrive(
      casAp1.encode({ kind: "weight", stable: true, negative: true, field: "00.000", unit: "  " }),
    );
    expect(scale.observations.at(-1)).toEqual({ kind: "weight", value: "0.000", unit: "lb", stable: true });
  });
});

describe("cas-22", () => {
  it.each([0x0a, 0x0d, 0x2c, 0x00, 0xff])("weighs whatever the device's number is: %i", async (device) => {
    for (let position = 0; position <= 22; position += 1) {
      const scale = benchPump({ name: "cas-22", settings: {}, options: { device } });
      scale.line = splitAt(position);
      await scale.open(openMs);
      scale.stimulate({ kind: "load", digits: 1_234 });
      await scale.clock.turn(openMs);
      expect(scale.observations.at(-1)).toEqual({
        kind: "weight",
        value: "1.234",
        unit: "kg",
        stable: true,
        mode: "gross",
      });
      expect(scale.noiseBytes).toBe(0);
    }
  });

  it("finds the frame behind the end of another one", async () => {
    const scale = await benchPump({ name: "cas-22", settings: {}, options: {} }).open(openMs);
    scale.arrive(fromLatin1("   12.34 kg\r\nST,GS,\r\n,   12.34 kg\r\n"));
    expect(scale.observations.at(-1)).toMatchObject({ value: "12.34", stable: true });
    expect(scale.noiseBytes).toBe(13);
  });
});
