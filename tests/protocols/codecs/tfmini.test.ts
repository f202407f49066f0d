import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TfminiFrame } from "../../../protocols/codecs/tfmini.ts";
import { describeTfmini, tfmini, tfminiFlaw } from "../../../protocols/codecs/tfmini.ts";
import { fromHex, join, toHex } from "../../../protocols/stream/bytes.ts";
import { itIsACodec } from "./codec-properties.ts";

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
const describeHex = (hex: string): unknown => {
  const frame = tfmini.decode(bytesOf(hex));
  return frame.ok ? describeTfmini(frame.value) : frame.code;
};

describe("what a sensor says", () => {
  /** Worked out by hand from the layout; no recording of a sensor is known to us. */
  it.each([
    ["5959C800E204C80830", { distanceCm: 200, strength: 1_250, temperatureC: 25, valid: true }],
    ["5959B00464000008D2", { distanceCm: 1_200, strength: 100, temperatureC: 0, valid: true }],
    ["59590000630001081E", { distanceCm: 0, strength: 99, temperatureC: 0.125, valid: false }],
    ["59590000FFFFC80880", { distanceCm: 0, strength: 65_535, temperatureC: 25, valid: false }],
    ["59592C01FEFF0000DC", { distanceCm: 300, strength: 65_534, temperatureC: -256, valid: true }],
    ["5959595959595959C8", { distanceCm: 22_873, strength: 22_873, temperatureC: 2_603.125, valid: true }],
  ])("%s, both ways", (hex, described) => {
    expect(describeHex(hex)).toEqual(described);
    const frame = tfmini.decode(bytesOf(hex));
    expect(frame.ok && toHex(tfmini.encode(frame.value))).toBe(hex.toLowerCase());
  });

  it.each([
    ["", "empty"],
    ["5859C800E204C8082F", "start"],
    ["5958C800E204C8082F", "start"],
    ["5959C800E204C808", "length"],
    ["5959C800E204C8083000", "length"],
    ["5959C800E204C80831", "checksum"],
    ["5959C900E204C80830", "checksum"],
  ])("%s is refused: %s", (hex, code) => {
    expect(describeHex(hex)).toBe(code);
  });

  it("why there is no distance", () => {
    const flawOf = (strength: number) => tfminiFlaw({ distanceCm: 200, strength, temperature: 0 });
    expect([0, 99, 100, 65_534, 65_535].map(flawOf)).toEqual(["weak", "weak", undefined, undefined, "light"]);
  });

  it("has words of sixteen bits", () => {
    for (const distanceCm of [-1, 65_536, 1.5])
      expect(() => tfmini.encode({ distanceCm, strength: 0, temperature: 0 })).toThrow("sixteen bits");
  });
});

const word = fc.oneof(fc.constantFrom(0, 0x59, 0x5959, 0x5900, 0xffff), fc.nat({ max: 0xffff }));
const frame: fc.Arbitrary<TfminiFrame> = fc.record({ distanceCm: word, strength: word, temperature: word });

/** Nine bytes with two heads and a sum of one byte are a frame, wherever they came from. */
const swallows = (noise: Uint8Array, bytes: Uint8Array): boolean => {
  const stream = join(noise, bytes);
  return noise.some((_, at) => tfmini.decode(stream.subarray(at, at + bytes.length)).ok);
};

itIsACodec({ codec: tfmini, frame, ownBytes: [0x59, 0x59, 0x00, 0x64, 0xb2, 0xff], swallows });
