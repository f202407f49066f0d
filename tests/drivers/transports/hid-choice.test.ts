import { describe, expect, test } from "vitest";
import type { HidCandidate } from "../../../drivers/transports/hid-service.ts";
import { chooseHid } from "../../../drivers/transports/hid-service.ts";
import { usesReportIds } from "../../../drivers/transports/node-hid-backend.ts";
import { fromHex } from "../../../protocols/stream/bytes.ts";

const scanner = { vendor: "0c2e", product: "0b61", serial: "S1", ports: ["1-2"] };
const candidates: readonly HidCandidate[] = [
  { ...scanner, path: "/dev/hidraw0", usagePage: 0x8c, usage: 2 },
  { ...scanner, path: "/dev/hidraw0", usagePage: 0x8c, usage: 1 },
  { ...scanner, path: "/dev/hidraw1", usagePage: 1, usage: 6 },
];
const usb = { vendor: "0c2e", product: "0b61" };

describe("choosing a HID device", () => {
  test("one node with several uses is one device", () => {
    expect(chooseHid(candidates, { usb, usagePage: 0x8c })).toMatchObject({
      ok: true,
      chosen: { path: "/dev/hidraw0" },
    });
  });

  test("usage page and usage tell the interfaces of one device apart", () => {
    expect(chooseHid(candidates, { usb, usagePage: 1, usage: 6 })).toMatchObject({
      ok: true,
      chosen: { path: "/dev/hidraw1" },
    });
    expect(chooseHid(candidates, { usb, usage: 6 })).toMatchObject({
      ok: true,
      chosen: { path: "/dev/hidraw1" },
    });
    expect(chooseHid(candidates, { usb, usagePage: 0x8d })).toMatchObject({
      ok: false,
      fault: { code: "device-absent" },
    });
  });

  test("without a usage page, two interfaces are ambiguous", () => {
    expect(chooseHid(candidates, { usb })).toMatchObject({ ok: false, fault: { code: "wrong-device" } });
  });
});

describe("report ids in a report descriptor", () => {
  const descriptor = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

  test("a point-of-sale scanner has them", () => {
    expect(usesReportIds(descriptor("058c 0902 a101 8502 0912 a102 150026ff0075089501 c0 c0"))).toBe(true);
  });

  test("a boot keyboard has none, whatever its data bytes look like", () => {
    expect(usesReportIds(descriptor("0501 0906 a101 0507 1985 2985 150025017501958581 02 c0"))).toBe(false);
  });

  test("a long item is stepped over whole", () => {
    expect(usesReportIds(descriptor("fe 02 f0 85 85 c0"))).toBe(false);
    expect(usesReportIds(descriptor("fe 02 f0 00 00 8501 c0"))).toBe(true);
  });

  test("a truncated descriptor ends the search", () => {
    expect(usesReportIds(descriptor("0501 27"))).toBe(false);
  });
});
