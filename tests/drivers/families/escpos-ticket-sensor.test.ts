import { describe, expect, it } from "vitest";
import { EscposSession } from "../../../drivers/families/escpos-printer.ts";
import { escposFullStatus } from "../../../protocols/codecs/escpos/full-status.ts";
import type { DeviceCommand } from "../../../protocols/commands.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { cut } from "../../../protocols/stream/cut.ts";
import { EscposSimulator } from "../../../simulators/devices/escpos-printer.ts";
import { Pump, splitAt } from "./pump.ts";

const settings = { encoding: "gb18030", paperMm: 80, statusEveryMs: 2_000, ticketSensor: true } as const;
const pump = (ticketSensor = true) =>
  new Pump(new EscposSession(settings), new EscposSimulator({ ticketSensor, interleaved: true }));
const print: DeviceCommand = {
  id: "p1",
  device: "printer",
  task: { kind: "print", elements: [{ kind: "feed", lines: 1 }, { kind: "cut" }] },
};
const presences = ({ observations }: ReturnType<typeof pump>) =>
  observations.flatMap((seen) => (seen.kind === "presence" ? [seen.present] : []));

describe("escpos-printer with a ticket sensor", () => {
  it.each([0, 1, 2, 5])(
    "tells that a ticket waits and is taken (answers cut after %i bytes)",
    async (position) => {
      const printer = pump();
      printer.line = splitAt(position);
      await printer.open(500);
      expect(printer.sent.slice(1, 6).map(toHex)).toEqual(["100401", "100402", "100403", "100404", "100414"]);
      expect(printer.ready).toBe(true);
      expect(presences(printer).at(-1)).toBe(false);
      printer.command(print);
      await printer.clock.turn(5_000);
      expect(printer.answers.map(({ outcome }) => outcome)).toEqual(["done"]);
      expect(presences(printer).at(-1)).toBe(true);
      printer.stimulate({ kind: "take-ticket" });
      await printer.clock.turn(2_500);
      expect(presences(printer).at(-1)).toBe(false);
      expect(printer.noiseBytes).toBe(0);
    },
  );

  it("is given up where there is none", async () => {
    const printer = await pump(false).open(20_000);
    expect(printer.ready).toBe(false);
    expect(printer.givenUp.map(({ code }) => code)).toEqual(["handshake-timeout"]);
  });

  it("is one frame of six bytes among those that every printer sends", () => {
    const full = { kind: "full", ticketPresent: true } as const;
    const bytes = Uint8Array.of(0x12, ...escposFullStatus.encode(full), 0x10, 0, 0, 0, 0x13);
    const { pieces, rest } = cut(bytes, escposFullStatus.probe, escposFullStatus.frameBytesMax);
    const frames = pieces.map((piece) => escposFullStatus.decode(piece.bytes));
    expect(rest).toHaveLength(0);
    expect(frames.map((frame) => frame.ok && frame.value.kind)).toEqual([
      "answer",
      "full",
      "automatic",
      "flow",
    ]);
    expect(frames[1]).toEqual({ ok: true, value: full });
  });
});
