import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hidScannerSession } from "../../../drivers/families/hid-scanner.ts";
import { scans } from "../../../edge-agent/smoothing/scans.ts";
import { encodeHidReports } from "../../../protocols/codecs/hid-scanner.ts";
import { fromLatin1, toHex } from "../../../protocols/stream/bytes.ts";
import type { HidScannerOptions } from "../../../simulators/devices/hid-scanner.ts";
import { createHidScanner, hidScannerDefaults } from "../../../simulators/devices/hid-scanner.ts";
import { Pump } from "./pump.ts";

const pump = (options: Partial<HidScannerOptions> = {}, enableReport = true) =>
  new Pump(
    hidScannerSession({ enableReport }),
    createHidScanner({ ...hidScannerDefaults, ...options }),
  ).open();
const seen = (text: string, aim: string) => ({
  kind: "scan",
  text,
  aim,
  bytesHex: toHex(new TextEncoder().encode(text)),
});
const long = `0106901234567892\u001d21${"X".repeat(110)}`;

describe("hid-scanner", () => {
  it("enables point-of-sale reports where it is configured", async () => {
    const scanner = await pump();
    expect(scanner.ready).toBe(true);
    expect(scanner.device.enabled).toBe(true);
    const silent = await pump({}, false);
    silent.stimulate({ kind: "scan", text: "6901234567892" });
    await silent.clock.turn(0);
    expect(silent.observations).toEqual([]);
  });

  it.each([
    ["Honeywell's reports", {}],
    ["reports without a carriage return", { carriageReturn: false }],
    ["Zebra's and Datalogic's shifted reports", { shifted: true, needsEnabling: false }],
  ] as const)("reads %s", async (_, options) => {
    const scanner = await pump(options);
    scanner.stimulate({ kind: "scan", text: "6901234567892", aim: "]E0" });
    await scanner.clock.turn(0);
    expect(scanner.observations).toEqual([seen("6901234567892", "]E0")]);
  });

  it("joins the reports of a long code", async () => {
    const scanner = await pump();
    scanner.stimulate({ kind: "scan", text: long, aim: "]d2" });
    await scanner.clock.turn(0);
    expect(scanner.observations).toEqual([seen(long, "]d2")]);
    expect(scanner.noiseBytes).toBe(0);
  });

  it("keeps answers to commands to itself", async () => {
    const scanner = await pump();
    scanner.stimulate({ kind: "command-reply", command: "REVINF" });
    await scanner.clock.turn(0);
    expect(scanner.observations).toEqual([]);
    expect(scanner.noiseBytes).toBe(0);
  });

  it("drops a code whose last report was lost, and reads the next", async () => {
    const scanner = await pump();
    const reports = encodeHidReports("]d2", fromLatin1(long));
    expect(reports.length).toBe(3);
    for (const report of reports.slice(0, 2)) scanner.arrive(report);
    await scanner.clock.turn(999);
    expect(scanner.noiseBytes).toBe(0);
    await scanner.clock.turn(1);
    expect(scanner.noiseBytes).toBe(128);
    scanner.stimulate({ kind: "scan", text: "96385074", aim: "]E4" });
    await scanner.clock.turn(0);
    expect(scanner.observations).toEqual([seen("96385074", "]E4")]);
  });

  it("notices at once when another code begins before the last report", async () => {
    const scanner = await pump();
    const [first] = encodeHidReports("]d2", fromLatin1(long));
    if (first !== undefined) scanner.arrive(first);
    scanner.stimulate({ kind: "scan", text: "96385074", aim: "]E4" });
    await scanner.clock.turn(2_000);
    expect(scanner.observations).toEqual([seen("96385074", "]E4")]);
    expect(scanner.noiseBytes).toBe(64);
  });

  it("counts reports that are none", async () => {
    const scanner = await pump();
    scanner.arrive(Uint8Array.of(2, 3, 4));
    scanner.arrive(new Uint8Array(64).fill(0xff));
    expect(scanner.noiseBytes).toBe(128);
  });

  it("never throws and never keeps more than a code, whatever reports come", () => {
    const report = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => {
      bytes.set([2, (bytes[1] ?? 0) % 60, 0x5d, 0x64, 0x32]);
      bytes[63] = (bytes[63] ?? 0) % 2;
      return bytes;
    });
    return fc.assert(
      fc.asyncProperty(fc.array(report, { maxLength: 40 }), async (reports) => {
        const scanner = await pump();
        for (const bytes of reports) scanner.arrive(bytes);
        await scanner.clock.turn(1_000);
        expect(scanner.state.reports).toEqual([]);
        expect(scanner.noiseBytes % 64).toBe(0);
      }),
    );
  });

  it("hears a code that is read twice within 300 ms twice; smoothing makes one scan of it", async () => {
    const scanner = await pump();
    scanner.stimulate({ kind: "scan", text: "96385074", againAfterMs: 250 });
    await scanner.clock.turn(249);
    expect(scanner.observations).toHaveLength(1);
    await scanner.clock.turn(1);
    const codes = scans({ scanRepeatMs: 300 });
    const heard = scanner.observations.filter((seen) => seen.kind === "scan");
    expect(heard).toHaveLength(2);
    expect(heard.flatMap((scan, index) => codes.scanned(scan, index * 250))).toEqual(heard.slice(0, 1));
  });

  it("answers a command that it cannot carry out", async () => {
    const scanner = await pump();
    scanner.command({ id: "c1", device: "s", task: { kind: "tare" } });
    expect(scanner.answers.map(({ fault }) => fault)).toEqual(["command-unsupported"]);
  });
});
