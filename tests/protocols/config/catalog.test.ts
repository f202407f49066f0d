import { describe, expect, it } from "vitest";
import { families } from "../../../drivers/catalog.ts";
import { transportsOfDriver } from "../../../protocols/config/devices.ts";

describe("the transports that a configuration allows", () => {
  it("are those that the drivers travel on", () => {
    const travelled = Object.entries(families).map(([name, { driver }]) => [name, driver.transports]);
    expect(Object.fromEntries(travelled)).toEqual(transportsOfDriver);
  });
});
