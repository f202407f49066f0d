import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { families, startDriver } from "../../drivers/catalog.ts";
import { scaleTransports } from "../../protocols/config/devices/scales.ts";
import type { DriverName } from "../../protocols/config/devices.ts";
import { deviceSchema } from "../../protocols/config/devices.ts";
import { serialLineSchema } from "../../protocols/config/transport.ts";

const names = Object.keys(families).sort();

describe("the catalog of drivers", () => {
  it("has every driver that the configuration knows, and no other", () => {
    const configured = deviceSchema.options.map((option) => option.shape.driver.value);
    expect(configured.length).toBeGreaterThan(5);
    expect(names).toEqual([...configured].sort());
  });

  it("has every family that there is a file for, under the file's name", () => {
    const files = readdirSync(new URL("../../drivers/families", import.meta.url), { withFileTypes: true });
    const pages = files.filter((file) => file.isFile()).map((file) => file.name.replace(/\.ts$/, ""));
    expect(names).toEqual(pages.sort());
    for (const [name, { driver }] of Object.entries(families)) expect(driver.name).toBe(name);
  });

  it("tells of each family in both languages how it is called and reached", () => {
    for (const { driver, title, titleChinese } of Object.values(families)) {
      expect(title).toMatch(/^[ -~]{5,}$/);
      expect(titleChinese).toMatch(/\p{Script=Han}/u);
      expect(driver.transports.length).toBeGreaterThan(0);
    }
  });

  it("writes USB identities as lsusb does, each once in a family", () => {
    for (const { usb } of Object.values(families)) {
      const identities = usb.map(({ vendor, product }) => `${vendor}:${product}`);
      for (const identity of identities) expect(identity).toMatch(/^[0-9a-f]{4}:[0-9a-f?]{4}$/);
      expect(new Set(identities).size).toBe(identities.length);
    }
  });

  it("sets the serial lines of each family in ways that the configuration takes, and of no other", () => {
    for (const { driver, serial } of Object.values(families)) {
      expect(serial.length > 0).toBe(driver.transports.includes("serial"));
      expect(serial).toEqual(serial.map((line) => serialLineSchema.parse(line)));
      expect(new Set(serial.map((line) => JSON.stringify(line))).size).toBe(serial.length);
    }
  });

  it.each(Object.entries(scaleTransports).filter(([, kinds]) => kinds.some((kind) => kind === "serial")))(
    "%s has the likeliest setting of its line where the configuration says nothing",
    (driver) => {
      const path = "/dev/serial/by-id/scale";
      const device = { id: "scale", readPoint: "desk", driver, transport: { kind: "serial", path } };
      const { transport } = deviceSchema.parse(device);
      expect(transport).toEqual({ kind: "serial", path, ...families[driver as DriverName].serial[0] });
    },
  );

  it("starts a session for a configured device with its settings", () => {
    const device = deviceSchema.parse({
      id: "desk",
      readPoint: "returns",
      driver: "r2000-a0",
      transport: { kind: "simulated", name: "desk" },
      settings: { address: 7 },
    });
    const [greeting] = startDriver(device).step({ kind: "opened" });
    expect(greeting).toEqual({ kind: "send", bytes: Uint8Array.of(0xa0, 0x03, 0x07, 0x72, 0xe4) });
  });
});
