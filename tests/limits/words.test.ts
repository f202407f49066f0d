import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { foundWords } from "../../cli/configuration-words.ts";
import { usbParent } from "../../drivers/transports/usb-identity.ts";
import { startDrafts } from "../../gateway/start-drafts.ts";
import { lengthOf, ruleOf } from "../../protocols/gs1/dictionary.ts";
import { sglnUri } from "../../protocols/gs1/sgln-uri.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

describe("words of others are no longer than they have to be", () => {
  it("an error of the configuration shows 60 characters of what was found", () => {
    expect(foundWords("x".repeat(58))).toBe(`the text "${"x".repeat(58)}"`);
    expect(foundWords("x".repeat(59))).toBe(`the text "${"x".repeat(59)}...`);
  });

  it("an unknown AI holds no more than the longest known one", () => {
    const rule = ruleOf("89", true);
    if (rule === undefined) throw new Error("AI 89 is taken when told so");
    expect(lengthOf(rule)).toBe(90);
  });

  it("the extension of an SGLN has 20 characters at most", () => {
    const gln = "9521321000018";
    expect(sglnUri(gln, 7, "x".repeat(20))).toBe(`urn:epc:id:sgln:9521321.00001.${"x".repeat(20)}`);
    expect(() => sglnUri(gln, 7, "x".repeat(21))).toThrow("not an SGLN extension");
  });

  it("an alert of a damaged outbox names 32 documents and 32 marks, and not the others", () => {
    const names = (what: string) => Array.from({ length: 100 }, (_, number) => `${what}${number}`);
    const salvage = {
      reason: "damaged",
      movedTo: "/var/lib/storewire/gateway.db.broken-1",
      epoch: undefined,
      newEpoch: "new",
      documentsSaved: 1,
      marksSaved: 1,
      lostDocuments: names("document"),
      lostMarks: names("mark"),
      damagedPages: 1,
      streams: [],
    };
    const startReport = { file: "replaced", salvages: [salvage] } as unknown as Parameters<
      typeof startDrafts
    >[0]["startReport"];
    const [, alert] = startDrafts({ boot: "b", version: "v", startReport, clock: new ManualClock() });
    expect(alert?.data).toMatchObject({
      lostDocuments: names("document").slice(0, 32),
      lostMarks: names("mark").slice(0, 32),
    });
  });

  it("a USB device is looked for 16 folders above its port, and not up to the root", () => {
    const root = mkdtempSync(join(tmpdir(), "storewire-usb-"));
    try {
      const portAt = (depth: number): string => {
        const folder = join(
          root,
          `at-${depth}`,
          ...Array.from({ length: depth }, (_, level) => `hub${level}`),
        );
        mkdirSync(folder, { recursive: true });
        const device = join(root, `at-${depth}`);
        writeFileSync(join(device, "idVendor"), "1a86\n");
        writeFileSync(join(device, "idProduct"), "7523\n");
        const port = join(root, `port-${depth}`);
        mkdirSync(port);
        symlinkSync(folder, join(port, "device"));
        return port;
      };
      expect(usbParent(portAt(15))).toMatchObject({ vendor: "1a86", product: "7523" });
      expect(usbParent(portAt(16))).toBeUndefined();
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
