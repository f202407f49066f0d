import { describe, expect, it } from "vitest";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import {
  readRecording,
  recordingBytesMax,
  recordingVersion,
  withoutSecrets,
} from "../../../protocols/recording.ts";

const device = deviceSchema.parse({
  id: "scale-1",
  readPoint: "desk",
  driver: "mt-sics",
  transport: { kind: "serial", path: "/dev/serial/by-id/usb-scale" },
});
const header = JSON.stringify({
  recording: recordingVersion,
  device,
  start: { monotonicMs: 5, wallMs: 1_767_600_000_000, boot: "b", clock: "synced" },
  version: "0.1.0",
});
const opened = '{"t":0,"direction":"in","kind":"opened"}';

describe("a recording", () => {
  it("is a header and a line for each thing that happened", () => {
    const bytes = '{"t":1.25,"direction":"in","kind":"bytes","hex":"53"}';
    const read = readRecording(`${header}\n${opened}\n${bytes}\n`);
    expect(read.ok && read.recording.header.device).toEqual(device);
    expect(read.ok && read.recording.entries).toEqual([
      { t: 0, direction: "in", kind: "opened" },
      { t: 1.25, direction: "in", kind: "bytes", hex: "53" },
    ]);
  });

  it.each([
    ["an empty file", "", 1, "no JSON"],
    ["too much", "x".repeat(recordingBytesMax + 1), 1, /more than/],
    ["another format", '{"recording":2}\n', 1, /recording/],
    ["no JSON", `${header}\n${opened}\nnoise\n`, 3, "no JSON"],
    ["odd hex", `${header}\n{"t":0,"direction":"in","kind":"bytes","hex":"5"}\n`, 2, /hex/],
    ["an unknown kind", `${header}\n{"t":0,"direction":"in","kind":"smoke"}\n`, 2, /kind/],
    [
      "an unknown fault",
      `${header}\n{"t":0,"direction":"in","kind":"closed","fault":"toString"}\n`,
      2,
      /fault/,
    ],
    [
      "time that goes back",
      `${header}\n{"t":2,"direction":"in","kind":"opened"}\n${opened}\n`,
      3,
      "t 0 is before 2",
    ],
  ])("with %s is refused at its line", (_, text, line, reason) => {
    expect(readRecording(text)).toEqual({
      ok: false,
      line,
      reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
    });
  });

  it("whose writer was cut off loses its last line only", () => {
    const read = readRecording(`${header}\n${opened}\n{"t":1,"dire`);
    expect(read.ok && read.recording.entries).toHaveLength(1);
  });

  it("tells no secret of a device, however deep it lies", () => {
    const secretive = {
      ...device,
      settings: { pollMs: 200, accessPassword: "12345678", deep: [{ tokenFile: "/x", baudRate: 9600 }] },
    };
    const told = withoutSecrets(secretive as unknown as typeof device);
    expect(told.settings).toEqual({ pollMs: 200, deep: [{ baudRate: 9600 }] });
    expect(withoutSecrets(device)).toEqual(device);
  });
});
