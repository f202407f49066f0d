import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { udevRules } from "../../cli/udev-rules.ts";
import { families } from "../../drivers/catalog.ts";
import { isCurrent } from "./is-current.ts";

const rulesFile = "deploy/udev/60-storewire.rules";

describe("the udev rules", () => {
  it("are current", () => {
    isCurrent(rulesFile, udevRules(families));
  });

  it("name every USB identity of the catalog, and nothing that udev would not understand", () => {
    const rules = readFileSync(rulesFile, "utf8").split("\n");
    const identities = Object.values(families).flatMap(({ usb }) => usb);
    expect(identities.length).toBeGreaterThan(5);
    for (const { vendor, product, types } of identities) {
      const wanted = `ATTRS{idVendor}=="${vendor}", ATTRS{idProduct}=="${product}"`;
      const found = rules.filter((rule) => rule.includes(wanted));
      expect(found.filter((rule) => rule.includes('GROUP="dialout"'))).toHaveLength(1);
      const mute = found.filter((rule) => rule.endsWith('ATTR{inhibited}="1"'));
      expect(mute).toHaveLength(types === true ? 1 : 0);
    }
    const part =
      /^(ACTION|SUBSYSTEM|KERNEL|GROUP|MODE|TAG|GOTO|LABEL|ATTRS?\{\w+\}|ENV\{\w+\})(==|\+?=)"[^"]*"$/;
    const strange = rules
      .filter((rule) => rule !== "" && !rule.startsWith("#"))
      .flatMap((rule) => rule.split(", "))
      .filter((rule) => !part.test(rule));
    expect(strange).toEqual([]);
  });

  it("merges families that share an adapter", () => {
    const usb = [{ vendor: "1a86", product: "7523", name: "CH340" }];
    const rules = udevRules({ scale: { usb }, reader: { usb }, buttons: { usb: [] } });
    expect(rules.split("\n").slice(-6)).toEqual([
      "# CH340: scale, reader",
      'SUBSYSTEM=="usb", ATTR{idVendor}=="1a86", ATTR{idProduct}=="7523", ENV{ID_MM_DEVICE_IGNORE}="1"',
      'SUBSYSTEM=="tty|hidraw", ATTRS{idVendor}=="1a86", ATTRS{idProduct}=="7523", MODE="0660", GROUP="dialout", TAG+="systemd"',
      "",
      'LABEL="storewire_end"',
      "",
    ]);
  });
});
