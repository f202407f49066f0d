import { describe, expect, it } from "vitest";
import { HidKeyboardSession } from "../../../drivers/families/hid-keyboard.ts";
import { smoother } from "../../../edge-agent/smoothing.ts";
import type { SettingsOf } from "../../../protocols/config/devices.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import type { HidKeyboardOptions } from "../../../simulators/devices/hid-keyboard.ts";
import { createHidKeyboard, hidKeyboardDefaults } from "../../../simulators/devices/hid-keyboard.ts";
import { Pump } from "./pump.ts";

type Settings = SettingsOf<"hid-keyboard">;

const configured = (settings: Partial<Settings> = {}) =>
  deviceSchema.parse({
    id: "desk-wedge",
    readPoint: "desk",
    driver: "hid-keyboard",
    transport: { kind: "hid", usb: { vendor: "1eab", product: "1a03" }, usagePage: 1, usage: 6 },
    settings,
  });
const settingsOf = (settings: Partial<Settings>): Settings => configured(settings).settings as Settings;
const pump = (settings: Partial<Settings> = {}, options: Partial<HidKeyboardOptions> = {}) =>
  new Pump(
    new HidKeyboardSession(settingsOf(settings)),
    createHidKeyboard({ ...hidKeyboardDefaults, ...options }),
  ).open();

const seen = (text: string, aim?: string) => ({
  kind: "scan",
  text,
  bytesHex: toHex(new TextEncoder().encode(text)),
  ...(aim === undefined ? {} : { aim }),
});
const gs1 = "01069012345678922110ABC123\x1d17261231";

describe("hid-keyboard", () => {
  it.each<[string, Partial<Settings>, Partial<HidKeyboardOptions>]>([
    ["with Enter", {}, {}],
    ["with Tab", { suffix: "tab" }, { suffix: "tab" }],
    ["without letting keys go", {}, { release: "none" }],
    ["with keys that overlap", {}, { release: "rollover" }],
    ["with GS as Ctrl+]", {}, { groupSeparator: "ctrl" }],
    ["in German", { layout: "DE" }, { layout: "DE" }],
    ["in French with GS as Ctrl+]", { layout: "FR" }, { layout: "FR", groupSeparator: "ctrl" }],
    ["with Caps Lock", { capsLock: true }, { capsLock: true }],
    ["in numbered reports of a composite device", {}, { reportId: 1 }],
  ])("reads what is typed %s", async (_, settings, options) => {
    const scanner = await pump(settings, options);
    scanner.stimulate({ kind: "scan", text: gs1 });
    await scanner.clock.turn(0);
    expect(scanner.observations).toEqual([seen(gs1)]);
    expect(scanner.noiseBytes).toBe(0);
  });

  it("reads Chinese by its number in Unicode and in GBK", async () => {
    for (const altCodes of ["unicode", "gbk"] as const) {
      const scanner = await pump({ altCodes }, { altCodes });
      scanner.stimulate({ kind: "scan", text: "退货单 A1" });
      await scanner.clock.turn(0);
      expect(scanner.observations).toEqual([seen("退货单 A1")]);
    }
  });

  it("takes the AIM identifier off, and is no scan without a code", async () => {
    const scanner = await pump({ aimPrefix: true }, { aimPrefix: true });
    scanner.stimulate({ kind: "scan", text: "4006381333931", aim: "]E0" });
    scanner.stimulate({ kind: "scan", text: "", aim: "]E0" });
    scanner.stimulate({ kind: "scan", text: "REVINF", aim: "]Z6" });
    await scanner.clock.turn(0);
    expect(scanner.observations).toEqual([seen("4006381333931", "]E0")]);
    expect(scanner.noiseBytes).toBe(3);
  });

  it("ends a code without suffix by the idle gap", async () => {
    const scanner = await pump({ suffix: "none", idleGapMs: 150 }, { suffix: "none" });
    scanner.stimulate({ kind: "scan", text: "96385074" });
    await scanner.clock.turn(149);
    expect(scanner.observations).toEqual([]);
    await scanner.clock.turn(1);
    expect(scanner.observations).toEqual([seen("96385074")]);
  });

  it("does not glue a code without its configured suffix to the next one", async () => {
    const scanner = await pump({ suffix: "enter" }, { suffix: "none" });
    scanner.stimulate({ kind: "scan", text: "96385074" });
    await scanner.clock.turn(2_000);
    expect(scanner.observations).toEqual([]);
    expect(scanner.noiseBytes).toBe(8);
  });

  it("puts GS back where the scanner types another character for it, and cannot where it is dropped", async () => {
    const replaced = await pump({ groupSeparator: "|" });
    replaced.stimulate({ kind: "scan", text: gs1.replace("\x1d", "|") });
    await replaced.clock.turn(0);
    expect(replaced.observations).toEqual([seen(gs1)]);
    const dropped = await pump({}, { groupSeparator: "dropped" });
    dropped.stimulate({ kind: "scan", text: gs1 });
    await dropped.clock.turn(0);
    expect(dropped.observations).toEqual([seen(gs1.replace("\x1d", ""))]);
  });

  it("reads other characters where the scanner is set to another country: only a known code shows it", async () => {
    const scanner = await pump({ layout: "US" }, { layout: "DE" });
    scanner.stimulate({ kind: "scan", text: "zy-1" });
    await scanner.clock.turn(0);
    expect(scanner.observations).toEqual([seen("yz/1")]);
  });

  it("gives a code that is read twice within 300 ms on once", async () => {
    const scanner = await pump();
    const smooth = smoother(configured().smoothing);
    scanner.stimulate({ kind: "scan", text: "96385074", againAfterMs: 250 });
    await scanner.clock.turn(250);
    expect(scanner.observations).toEqual([seen("96385074"), seen("96385074")]);
    const given = scanner.observations.flatMap((scan, index) => smooth.observe(scan, index * 250));
    expect(given).toEqual([seen("96385074")]);
  });

  it("counts reports that are none, and stays quiet about an Enter by itself", async () => {
    const scanner = await pump();
    scanner.arrive(Uint8Array.of(2, 0xe9, 0));
    expect(scanner.noiseBytes).toBe(3);
    scanner.arrive(Uint8Array.of(0, 0, 0, 0x28, 0, 0, 0, 0, 0));
    expect(scanner.noiseBytes).toBe(3);
    expect(scanner.observations).toEqual([]);
  });

  it("answers a command that it cannot carry out", async () => {
    const scanner = await pump();
    scanner.command({ id: "c1", device: "s", task: { kind: "tare" } });
    expect(scanner.answers.map(({ fault }) => fault)).toEqual(["command-unsupported"]);
  });
});
