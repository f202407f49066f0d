import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findLine } from "../../../drivers/transports/gpio-lines.ts";
import type { GpioLine } from "../../../protocols/config/transport.ts";

const line = (part: Partial<GpioLine>): GpioLine => ({
  direction: "in",
  activeLow: true,
  debounceMs: 20,
  ...part,
});

describe("finding a GPIO line", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "storewire-lines-"));
    // A Raspberry Pi 4 with a kernel of 6.6, where numbers begin at 512 instead of 0.
    chip(512, "pinctrl-bcm2711", 58, ["ID_SDA", "ID_SCL", "GPIO2", "GPIO3", "", "GPIO5"]);
    chip(570, "raspberrypi-exp-gpio", 8, ["BT_ON", "WL_ON"]);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function chip(base: number, label: string, lineCount: number, names: readonly string[] = []): void {
    const folder = join(root, `gpiochip${base}`);
    mkdirSync(join(folder, "device/of_node"), { recursive: true });
    writeFileSync(join(folder, "base"), `${base}\n`);
    writeFileSync(join(folder, "label"), `${label}\n`);
    writeFileSync(join(folder, "ngpio"), `${lineCount}\n`);
    writeFileSync(join(folder, "device/of_node/gpio-line-names"), names.map((name) => `${name}\0`).join(""));
  }

  test("by chip label and offset", () => {
    expect(findLine(line({ chip: "pinctrl-bcm2711", offset: 17 }), root)).toMatchObject({
      ok: true,
      number: 529,
    });
    expect(findLine(line({ chip: "raspberrypi-exp-gpio", offset: 0 }), root)).toMatchObject({
      ok: true,
      number: 570,
    });
  });

  test("by line name, counting lines without one", () => {
    expect(findLine(line({ name: "GPIO5" }), root)).toMatchObject({ ok: true, number: 517 });
    expect(findLine(line({ name: "WL_ON" }), root)).toMatchObject({ ok: true, number: 571 });
  });

  test.each([
    [
      { chip: "pinctrl-rp1", offset: 1 },
      "device-absent",
      "no GPIO chip is labelled pinctrl-rp1; there are: pinctrl-bcm2711, raspberrypi-exp-gpio",
    ],
    [
      { chip: "raspberrypi-exp-gpio", offset: 8 },
      "device-absent",
      "raspberrypi-exp-gpio has only 8 lines, so no offset 8",
    ],
    [
      { name: "GPIO99" },
      "device-absent",
      "no line is named GPIO99; chips: pinctrl-bcm2711, raspberrypi-exp-gpio",
    ],
    [
      { chip: "pinctrl-bcm2711" },
      "device-absent",
      "the line is configured with neither a name nor a chip and an offset",
    ],
  ] as const)("%j is a fault", (part, code, detail) => {
    expect(findLine(line(part), root)).toEqual({ ok: false, fault: { code, detail } });
  });

  test("a label or a name that two chips bear is not guessed at", () => {
    chip(600, "pinctrl-bcm2711", 8, ["WL_ON"]);
    expect(findLine(line({ chip: "pinctrl-bcm2711", offset: 1 }), root)).toEqual({
      ok: false,
      fault: {
        code: "wrong-device",
        detail: `the label pinctrl-bcm2711 is borne by ${root}/gpiochip512 and ${root}/gpiochip600`,
      },
    });
    expect(findLine(line({ name: "WL_ON" }), root)).toEqual({
      ok: false,
      fault: {
        code: "wrong-device",
        detail: "the line name WL_ON is borne by raspberrypi-exp-gpio offset 1 and pinctrl-bcm2711 offset 0",
      },
    });
  });

  test("a chip that goes while we look is not there", () => {
    rmSync(join(root, "gpiochip570/base"));
    expect(findLine(line({ chip: "raspberrypi-exp-gpio", offset: 0 }), root)).toMatchObject({ ok: false });
    expect(findLine(line({ chip: "pinctrl-bcm2711", offset: 0 }), root)).toMatchObject({ ok: true });
  });
});
