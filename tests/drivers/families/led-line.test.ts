import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { asciiLedLine, ModbusLedLine } from "../../../drivers/families/led-line.ts";
import { filledLedText } from "../../../drivers/families/parts/led-text.ts";
import type { DeviceCommand } from "../../../protocols/commands.ts";
import { type DeviceConfig, deviceSchema } from "../../../protocols/config/devices.ts";
import { fromHex, toHex } from "../../../protocols/stream/bytes.ts";
import { createLedLine, ledLineDefaults } from "../../../simulators/devices/led-line.ts";
import { Pump, splitAt } from "./pump.ts";

type Settings = Extract<DeviceConfig, { driver: "led-line" }>["settings"];

function settingsOf(settings: object = {}): Settings {
  const transport = { kind: "serial", path: "/dev/ttyAMA0", baudRate: 9_600 };
  const device = deviceSchema.parse({
    id: "led",
    readPoint: "counter-1",
    driver: "led-line",
    transport,
    settings,
  });
  if (device.driver !== "led-line") throw new Error("another driver");
  return device.settings;
}

const pump = (settings: object = {}, options: object = {}) =>
  new Pump(new ModbusLedLine(settingsOf(settings)), createLedLine({ ...ledLineDefaults, ...options }));
const show = (text: string, id = text): DeviceCommand => ({
  id,
  device: "led",
  task: { kind: "show", text },
});
const told = ({ answers }: ReturnType<typeof pump>) =>
  answers.map(({ command, outcome, fault }) => [command, outcome, ...(fault === undefined ? [] : [fault])]);
const shownOn = ({ device }: { readonly device: { readonly shown: Uint8Array } }) =>
  iconv.decode(device.shown, "gbk").trimEnd();

describe("led-line on modbus-rtu", () => {
  it.each([0, 1, 4, 7])("shows a text that the display confirms (answers cut after %i bytes)", async (at) => {
    const led = pump();
    led.line = splitAt(at);
    await led.open(100);
    expect(toHex(led.sent[0] ?? new Uint8Array())).toBe("010300000001840a");
    expect(led.ready).toBe(true);
    led.command(show("A-001 -> 1"));
    await led.clock.turn(100);
    expect(toHex(led.sent[1]?.subarray(0, -2) ?? new Uint8Array())).toBe(
      `01100000000810${Buffer.from("A-001 -> 1      ").toString("hex")}`,
    );
    expect(shownOn(led)).toBe("A-001 -> 1");
    expect(told(led)).toEqual([["A-001 -> 1", "done"]]);
    expect(led.noiseBytes).toBe(0);
  });

  it("shows texts in the order of their commands, each once, and leaves nothing of an older one", async () => {
    const led = await pump({ columns: 20 }, { columns: 20 }).open(100);
    for (const text of ["请 R-0123 到 退货台1", "B-2", "C-3"]) led.command(show(text));
    await led.clock.turn(100);
    expect(led.device.taken).toBe(3);
    expect(shownOn(led)).toBe("C-3");
    expect(led.answers.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
  });

  it("hears itself on RS-485 and takes it for no answer", async () => {
    const led = await pump({}, { echoes: true }).open(100);
    led.stimulate({ kind: "hang", hanging: true });
    led.command(show("A-001"));
    await led.clock.turn(1_500);
    expect(told(led)).toEqual([["A-001", "in-doubt", "silent"]]);
    expect(led.noiseBytes).toBe(0);
  });

  it("says failed where the display refuses, is degraded, and well again with the next text", async () => {
    const led = await pump().open(100);
    led.stimulate({ kind: "refuse", code: 4 });
    led.command(show("A-001"));
    await led.clock.turn(100);
    expect(told(led)).toEqual([["A-001", "failed", "display-error"]]);
    expect(led.degraded).toEqual([{ code: "display-error", detail: "exception 4 to the text" }]);
    led.stimulate({ kind: "refuse", code: 0 });
    led.command(show("A-002"));
    await led.clock.turn(100);
    expect(told(led).at(-1)).toEqual(["A-002", "done"]);
    expect(led.healthyCount).toBe(1);
  });

  it("refuses a text that runs over the display's registers", async () => {
    const led = await pump({ columns: 32 }).open(100);
    led.command(show("A-001"));
    await led.clock.turn(100);
    expect(led.degraded.map(({ detail }) => detail)).toEqual(["exception 2 to the text"]);
  });

  it("is in doubt about a text whose answer is lost, and never sends it again", async () => {
    const led = await pump().open(100);
    led.stimulate({ kind: "lose-answers", answers: 1 });
    led.command(show("A-001"));
    await led.clock.turn(3_000);
    expect(told(led)).toEqual([["A-001", "in-doubt", "silent"]]);
    expect(led.device.taken).toBe(1);
    expect(led.givenUp).toEqual([]);
  });

  it("takes no late answer for the next text's", async () => {
    const led = await pump().open(100);
    led.line = (bytes) => [{ bytes, afterMs: 1_050 }];
    led.command(show("A-001"));
    led.command(show("A-002"));
    await led.clock.turn(1_060);
    // What was written for the first text has come, while it is asked whether the display is there.
    expect(told(led)).toEqual([["A-001", "in-doubt", "silent"]]);
    led.line = (bytes) => [{ bytes }];
    await led.clock.turn(5_000);
    expect(told(led)).toEqual([
      ["A-001", "in-doubt", "silent"],
      ["A-002", "done"],
    ]);
    expect(led.device.taken).toBe(2);
  });

  it("gives up a display that falls silent, and answers what was not begun", async () => {
    const led = await pump().open(100);
    led.stimulate({ kind: "hang", hanging: true });
    led.command(show("A-001"));
    led.command(show("A-002"));
    await led.clock.turn(20_000);
    expect(told(led)).toEqual([
      ["A-001", "in-doubt", "silent"],
      ["A-002", "failed", "device-not-ready"],
    ]);
    expect(led.givenUp.map(({ code }) => code)).toEqual(["silent"]);
    expect(led.clock.monotonicMs()).toBe(20_100);
  });

  it("gives up a greeting that nobody answers, or somebody with another address", async () => {
    const other = await pump({ address: 2 }).open(20_000);
    expect(other.ready).toBe(false);
    expect(other.sent).toHaveLength(3);
    expect(other.givenUp.map(({ code }) => code)).toEqual(["handshake-timeout"]);
  });

  it("knows a display whose registers may only be written", async () => {
    const led = await pump({ register: 8 }).open(100);
    expect(led.ready).toBe(true);
  });

  it("asks every some seconds whether the display is there, and a lost answer is no end", async () => {
    const led = await pump().open(16_000);
    expect(led.sent).toHaveLength(4);
    led.stimulate({ kind: "lose-answers", answers: 2 });
    await led.clock.turn(30_000);
    expect(led.givenUp).toEqual([]);
  });

  it("refuses what it cannot do, what comes too early, and what floods it", async () => {
    const led = pump();
    led.command(show("early"));
    await led.open(100);
    led.command({ id: "zero", device: "led", task: { kind: "zero" } });
    for (let text = 1; text <= 10; text += 1) led.command(show(`A-${text}`));
    await led.clock.turn(1_000);
    expect(told(led).slice(0, 3)).toEqual([
      ["early", "failed", "device-not-ready"],
      ["zero", "failed", "command-unsupported"],
      ["A-10", "failed", "device-not-ready"],
    ]);
    expect(led.device.taken).toBe(9);
  });
});

describe("led-line on ascii", () => {
  const ascii = () =>
    new Pump(
      asciiLedLine(settingsOf({ protocol: "ascii", encoding: "ascii" })),
      createLedLine({ ...ledLineDefaults, protocol: "ascii" }),
    ).open();

  it("sends a line, which is done when it is sent", async () => {
    const led = await ascii();
    expect(led.ready).toBe(true);
    led.command(show("A-001 -> 1"));
    led.command({ id: "tare", device: "led", task: { kind: "tare" } });
    await led.clock.turn(10);
    expect(led.sent.map(toHex)).toEqual([`${Buffer.from("A-001 -> 1").toString("hex")}0d0a`]);
    expect(shownOn(led)).toBe("A-001 -> 1");
    expect(led.answers.map(({ outcome }) => outcome)).toEqual(["done", "failed"]);
  });

  it("counts what is said to it as noise", async () => {
    const led = await ascii();
    led.arrive(fromHex("4f4b0d0a") ?? new Uint8Array());
    expect(led.noiseBytes).toBe(4);
  });
});

describe("a display's text", () => {
  const text = (words: string, encoding: Settings["encoding"], columns = 8): string =>
    iconv.decode(Buffer.from(filledLedText(words, { encoding, columns })), "gb18030");

  it.each<[string, string, Settings["encoding"], string]>([
    ["is filled up", "A-1", "gbk", "A-1     "],
    ["is cut at whole characters", "A退货台一", "gbk", "A退货台 "],
    ["has a question mark for what the display lacks", "退A", "ascii", "?A      "],
    ["never ends a line or orders anything", "A\r\n\u001bB", "gbk", "A   B   "],
    ["holds characters of four bytes with GB18030", "A㐂㐂", "gb18030", "A㐂   "],
  ])("%s", (_, words, encoding, shown) => {
    expect(text(words, encoding)).toBe(shown);
  });
});
