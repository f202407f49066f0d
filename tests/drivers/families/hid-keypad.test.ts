import { describe, expect, it } from "vitest";
import { hidKeypadSession } from "../../../drivers/families/hid-keypad.ts";
import { smoother } from "../../../edge-agent/smoothing.ts";
import { keyName, keyNames, usageOfKey } from "../../../protocols/codecs/hid-keyboard/key-names.ts";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import { createKeypad, keypadDefaults } from "../../../simulators/devices/hid-keypad.ts";
import { Pump } from "./pump.ts";

const keypad = (buttons: object) =>
  deviceSchema.safeParse({
    id: "counter-1-keys",
    readPoint: "counter-1",
    driver: "hid-keypad",
    transport: { kind: "hid", usb: { vendor: "04d9", product: "1203" } },
    settings: { buttons },
  });
const settings = { buttons: { enter: { kind: "call-next" }, "1": { kind: "finish" } } } as const;
const pump = (options = keypadDefaults) => new Pump(hidKeypadSession(settings), createKeypad(options)).open();

describe("hid-keypad", () => {
  it.each([0, 1])("makes a button of each configured key, in reports with id %i", async (reportId) => {
    const keys = await pump({ reportId });
    expect(keys.ready).toBe(true);
    keys.stimulate({ kind: "press", key: "enter", holdMs: 90 });
    keys.stimulate({ kind: "press", key: "1", holdMs: 50 });
    keys.stimulate({ kind: "press", key: "plus", holdMs: 50 });
    await keys.clock.turn(100);
    const changes = keys.observations.map(
      (seen) => seen.kind === "button" && `${seen.button} ${seen.change}`,
    );
    expect(changes).toEqual(["enter down", "1 down", "1 up", "enter up"]);
    expect(keys.noiseBytes).toBe(0);
  });

  it("gives one press for a key that is held long, and one for a hand that trembles", async () => {
    const keys = await pump();
    const smooth = smoother(deviceSchema.parse(keypad(settings.buttons).data).smoothing);
    keys.stimulate({ kind: "press", key: "enter", holdMs: 30 });
    await keys.clock.turn(60);
    keys.stimulate({ kind: "press", key: "enter", holdMs: 30_000 });
    await keys.clock.turn(30_000);
    expect(keys.observations).toHaveLength(4);
    expect(keys.observations.flatMap((seen, index) => smooth.observe(seen, index * 100))).toEqual([
      { kind: "button", change: "pressed", button: "enter" },
    ]);
  });

  it("makes nothing of reports that are none, and of more keys than it can tell", async () => {
    const keys = await pump();
    keys.arrive(Uint8Array.of(3, 0xe9, 0));
    expect(keys.noiseBytes).toBe(3);
    keys.arrive(Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 1, 1));
    expect(keys.observations).toEqual([]);
  });

  it("answers a command that it cannot carry out", async () => {
    const keys = await pump();
    keys.command({ id: "c1", device: "b", task: { kind: "zero" } });
    expect(keys.answers.map(({ fault }) => fault)).toEqual(["command-unsupported"]);
  });

  it("is configured by names of keys, and by no other", () => {
    expect(keypad(settings.buttons).success).toBe(true);
    expect(keypad({ "numpad-1": { kind: "finish" } }).success).toBe(false);
    expect(new Set(keyNames).size).toBe(keyNames.length);
    for (const key of keyNames) expect(keyName(usageOfKey(key))).toBe(key);
    expect([0x1e, 0x59, 0x28, 0x58, 0x64].map(keyName)).toEqual(["1", "1", "enter", "enter", undefined]);
  });
});
