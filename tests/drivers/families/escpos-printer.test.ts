import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EscposSession } from "../../../drivers/families/escpos-printer.ts";
import type { DeviceCommand, PrintElement } from "../../../protocols/commands.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import { EscposSimulator } from "../../../simulators/devices/escpos-printer.ts";
import { Pump, splitAt } from "./pump.ts";

const statusEveryMs = 2_000;
const pump = (automaticStatus = true, encoding: "gb18030" | "gbk" = "gb18030", interleaved = false) =>
  new Pump(
    new EscposSession({ encoding, paperMm: 80, statusEveryMs, ticketSensor: false }),
    new EscposSimulator({ automaticStatus, interleaved }),
  );
const text = (content: string, size = 1): PrintElement => ({
  kind: "text",
  content,
  size,
  align: "center",
  bold: size > 1,
});
const ticket: PrintElement[] = [
  text("退货 Returns", 2),
  text("A-017", 6),
  { kind: "qr", content: "https://id.gs1.org/414/9521321000018", size: 6 },
  { kind: "code128", content: "{A-017}" },
  { kind: "feed", lines: 2 },
  { kind: "cut" },
];
const print = (id = "p1", elements = ticket): DeviceCommand => ({
  id,
  device: "printer",
  task: { kind: "print", elements },
});
const well = { kind: "printer", online: true, paper: "ok", cover: "closed", error: false };
const printed = { elements: ticket, cut: true };
/** More than a ticket of ours takes. */
const longMs = 6_000;

describe("escpos-printer", () => {
  it("asks for all four kinds of status, is ready, and tells its condition once", async () => {
    const printer = await pump().open(100);
    expect(printer.sent.map(toHex)).toEqual(["1d610e", "100401", "100402", "100403", "100404"]);
    expect(printer.ready).toBe(true);
    expect(printer.observations).toEqual([well]);
    await printer.clock.turn(10_000);
    expect(printer.observations).toEqual([well]);
    expect(printer.sent.length).toBeGreaterThan(15);
  });

  it.each([true, false])("tells of paper, cover and error (automatic status: %s)", async (automatic) => {
    const printer = await pump(automatic).open(100);
    const delayMs = automatic ? 0 : statusEveryMs + 100;
    printer.stimulate({ kind: "paper", paper: "near-end" });
    await printer.clock.turn(delayMs);
    printer.stimulate({ kind: "cover", cover: "open" });
    await printer.clock.turn(delayMs);
    printer.stimulate({ kind: "cover", cover: "closed" });
    printer.stimulate({ kind: "paper", paper: "end" });
    await printer.clock.turn(delayMs);
    printer.stimulate({ kind: "paper", paper: "ok" });
    printer.stimulate({ kind: "error", error: true });
    await printer.clock.turn(delayMs);
    printer.stimulate({ kind: "error", error: false });
    await printer.clock.turn(statusEveryMs + 100);
    const told = printer.observations.slice(1);
    expect(told).toContainEqual({ ...well, paper: "near-end" });
    expect(told).toContainEqual({ ...well, online: false, cover: "open", paper: "near-end" });
    expect(told).toContainEqual({ ...well, online: false, paper: "end" });
    expect(told).toContainEqual({ ...well, online: false, error: true });
    expect(told.at(-1)).toEqual(well);
    const codes = printer.degraded.map(({ code }) => code);
    expect(codes).toEqual(["cover-open", "paper-end", "printer-error"]);
    expect(printer.healthyCount).toBeGreaterThan(0);
  });

  it("prints a ticket in Chinese and says done only after the paper is out and the status is clean", async () => {
    const printer = await pump().open(100);
    printer.command(print());
    await printer.clock.turn(500);
    expect(printer.device.tickets).toEqual([printed]);
    expect(printer.answers).toEqual([]);
    await printer.clock.turn(longMs);
    expect(printer.answers).toEqual([{ kind: "answer", command: "p1", outcome: "done" }]);
    const last = printer.sent.slice(-4).map(toHex);
    expect(last).toEqual(["100401", "100402", "100403", "100404"]);
  });

  it("prints at every cut of the line, in GBK as well, where rare characters become question marks", async () => {
    for (let position = 0; position <= 4; position += 1) {
      const printer = pump(true, "gbk");
      printer.line = splitAt(position);
      await printer.open(100);
      printer.command(print("p1", [text("㐀退𠀀"), { kind: "cut" }]));
      await printer.clock.turn(longMs);
      expect(printer.device.tickets).toEqual([{ elements: [text("?退?"), { kind: "cut" }], cut: true }]);
      expect(printer.answers.map(({ outcome }) => outcome)).toEqual(["done"]);
    }
  });

  it("lets no text become a command", async () => {
    const printer = await pump().open(100);
    printer.command(print("p1", [text("a\u001b@\u0010\u0004\u0001b\n"), { kind: "cut" }]));
    await printer.clock.turn(longMs);
    expect(printer.device.tickets).toEqual([{ elements: [text("a @   b "), { kind: "cut" }], cut: true }]);
  });

  it.each([
    ["paper-end", { kind: "paper", paper: "end" }],
    ["cover-open", { kind: "cover", cover: "open" }],
    ["printer-error", { kind: "error", error: true }],
  ] as const)("does not begin with %s, and says failed", async (fault, stimulus) => {
    const printer = await pump().open(100);
    printer.stimulate(stimulus);
    printer.command(print());
    await printer.clock.turn(longMs);
    expect(printer.answers).toEqual([{ kind: "answer", command: "p1", outcome: "failed", fault }]);
    expect(printer.device.buffer.length).toBe(0);
    expect(printer.device.tickets).toEqual([]);
  });

  it.each([true, false])(
    "is in doubt when the paper ends before the cut (automatic: %s)",
    async (automatic) => {
      const printer = await pump(automatic).open(100);
      printer.stimulate({ kind: "paper-ends-before-cut" });
      printer.command(print());
      await printer.clock.turn(longMs);
      expect(printer.answers).toEqual([
        { kind: "answer", command: "p1", outcome: "in-doubt", fault: "paper-end" },
      ]);
      expect(printer.device.tickets).toEqual([{ elements: ticket.slice(0, -1), cut: false }]);
    },
  );

  it.each([0, 1, 2, 3])(
    "tells automatic status from the answers that it stands between, cut after %i bytes",
    async (position) => {
      const printer = pump(true, "gb18030", true);
      printer.line = splitAt(position);
      await printer.open(500);
      printer.command(print());
      await printer.clock.turn(longMs);
      expect(printer.answers).toEqual([{ kind: "answer", command: "p1", outcome: "done" }]);
      printer.stimulate({ kind: "paper-ends-before-cut" });
      printer.command(print("p2"));
      await printer.clock.turn(longMs);
      expect(printer.answers.slice(1)).toEqual([
        { kind: "answer", command: "p2", outcome: "in-doubt", fault: "paper-end" },
      ]);
      expect(printer.noiseBytes).toBe(0);
    },
  );

  it("stays in doubt when the roll was changed before anybody asked", async () => {
    const printer = await pump().open(100);
    printer.stimulate({ kind: "paper-ends-before-cut" });
    printer.command(print());
    await printer.clock.turn(500);
    printer.stimulate({ kind: "paper", paper: "ok" });
    await printer.clock.turn(longMs);
    expect(printer.answers.map(({ outcome, fault }) => [outcome, fault])).toEqual([
      ["in-doubt", "paper-end"],
    ]);
  });

  it("is in doubt about what was sent to a printer that hangs, and sure about what was not", async () => {
    const printer = await pump().open(100);
    printer.command(print("first"));
    printer.command(print("second"));
    await printer.clock.turn(500);
    printer.stimulate({ kind: "hang", hanging: true });
    await printer.clock.turn(20_000);
    expect(printer.answers.map(({ command, outcome, fault }) => [command, outcome, fault])).toEqual([
      ["first", "in-doubt", "silent"],
      ["second", "failed", "device-not-ready"],
    ]);
    expect(printer.givenUp).toEqual([{ code: "silent", detail: "no answer to DLE EOT" }]);
  });

  it("bears a printer that hangs for a moment", async () => {
    const printer = await pump().open(100);
    printer.command(print());
    await printer.clock.turn(500);
    printer.stimulate({ kind: "hang", hanging: true });
    await printer.clock.turn(3_000);
    printer.stimulate({ kind: "hang", hanging: false });
    await printer.clock.turn(5_000);
    expect(printer.answers.map(({ outcome }) => outcome)).toEqual(["done"]);
    expect(printer.givenUp).toEqual([]);
  });

  it("prints one job after the other, each once", async () => {
    const printer = await pump().open(100);
    for (const id of ["a", "b", "c"]) printer.command(print(id, [text(id), { kind: "cut" }]));
    await printer.clock.turn(10_000);
    expect(printer.device.tickets.map(({ elements }) => elements[0])).toEqual([
      text("a"),
      text("b"),
      text("c"),
    ]);
    expect(printer.answers.map(({ command, outcome }) => [command, outcome])).toEqual([
      ["a", "done"],
      ["b", "done"],
      ["c", "done"],
    ]);
  });

  it("refuses what it cannot do, what comes too early, and what floods it", async () => {
    const printer = pump();
    printer.toHost({ kind: "opened" });
    printer.command(print("early"));
    await printer.clock.turn(100);
    printer.command({ id: "tare", device: "printer", task: { kind: "tare" } });
    for (let count = 0; count < 9; count += 1) printer.command(print(`p${count}`));
    expect(printer.answers.map(({ command, fault }) => [command, fault])).toEqual([
      ["early", "device-not-ready"],
      ["tare", "command-unsupported"],
      ["p8", "device-not-ready"],
    ]);
  });

  it("gives up a greeting that nobody answers", async () => {
    const printer = pump();
    printer.hostHeard = false;
    await printer.open(3_599);
    expect(printer.givenUp).toEqual([]);
    await printer.clock.turn(1);
    expect(printer.givenUp).toEqual([{ code: "handshake-timeout", detail: "no answer to DLE EOT" }]);
  });

  it("waits for silence after a lost answer, so that a late one answers nothing", async () => {
    const printer = pump();
    printer.line = (bytes) => [{ bytes, afterMs: printer.sent.length === 2 ? 1_100 : 0 }];
    await printer.open(1_100);
    expect(printer.state.asked).toBe(undefined);
    expect(printer.ready).toBe(false);
    await printer.clock.turn(299);
    expect(printer.state.asked).toBe(undefined);
    await printer.clock.turn(10);
    expect(printer.ready).toBe(true);
  });

  it("does not ask again as long as late answers come", async () => {
    const printer = pump();
    printer.hostHeard = false;
    await printer.open(1_000);
    const asked = printer.sent.length;
    for (let count = 0; count < 5; count += 1) {
      await printer.clock.turn(200);
      printer.arrive(Uint8Array.of(0x12));
    }
    expect(printer.sent.length).toBe(asked);
    await printer.clock.turn(300);
    expect(printer.sent.length).toBe(asked + 1);
  });

  it("counts garbage and never throws", () => {
    const own = fc.constantFrom(0x12, 0x16, 0x1a, 0x32, 0x10, 0x14, 0x00, 0x0f, 0x11, 0x13, 0xff);
    return fc.assert(
      fc.asyncProperty(fc.array(fc.array(own, { maxLength: 8 }), { maxLength: 20 }), async (chunks) => {
        const printer = await pump().open(100);
        for (const chunk of chunks) printer.arrive(Uint8Array.from(chunk));
        await printer.clock.turn(5_000);
        expect(printer.givenUp).toEqual([]);
        expect(printer.state.rest.length).toBeLessThan(4);
        expect(printer.observations.at(-1)).toEqual(well);
      }),
      { numRuns: 50 },
    );
  });
});
