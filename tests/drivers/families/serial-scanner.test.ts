import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SerialScannerSession } from "../../../drivers/families/serial-scanner.ts";
import { scans } from "../../../edge-agent/smoothing/scans.ts";
import type { SerialScannerFraming } from "../../../protocols/codecs/serial-scanner.ts";
import { fromLatin1, toHex, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { createSerialScanner } from "../../../simulators/devices/serial-scanner.ts";
import { Pump, splitAt } from "./pump.ts";

const gapMs = 300;
const pump = (options: Partial<SerialScannerFraming> = {}) => {
  const all = { suffix: "cr", aimPrefix: false, ...options } as const;
  return new Pump(new SerialScannerSession({ ...all, idleGapMs: gapMs }), createSerialScanner(all)).open();
};
const seen = (text: string, aim?: string) => ({
  kind: "scan",
  text,
  bytesHex: toHex(new TextEncoder().encode(text)),
  ...(aim === undefined ? {} : { aim }),
});
const code = "0106901234567892\u001d21ABC123";

describe("serial-scanner", () => {
  it.each(["cr", "lf", "crlf", "tab", "none"] as const)(
    "reads a code that ends with %s, wherever the line cuts it",
    async (suffix) => {
      for (let position = 0; position <= code.length + 2; position += 1) {
        const scanner = await pump({ suffix });
        scanner.line = splitAt(position);
        scanner.stimulate({ kind: "scan", text: code });
        await scanner.clock.turn(gapMs);
        expect(scanner.observations).toEqual([seen(code)]);
        expect(scanner.noiseBytes).toBe(0);
      }
    },
  );

  it("reads codes that come in one chunk one by one", async () => {
    const scanner = await pump({ suffix: "crlf" });
    scanner.arrive(fromLatin1("4006381333931\r\n96385074\r\n"));
    expect(scanner.observations).toEqual([seen("4006381333931"), seen("96385074")]);
  });

  it("takes the AIM identifier off where it is configured, and only there", async () => {
    const withPrefix = await pump({ aimPrefix: true });
    withPrefix.stimulate({ kind: "scan", text: "6901234567892", aim: "]E0" });
    withPrefix.arrive(fromLatin1("no prefix\r"));
    await withPrefix.clock.turn(0);
    expect(withPrefix.observations).toEqual([seen("no prefix"), seen("6901234567892", "]E0")]);
    const without = await pump();
    without.arrive(fromLatin1("]E06901234567892\r"));
    expect(without.observations).toEqual([seen("]E06901234567892")]);
  });

  it("keeps a scanner's answer to a menu command to itself", async () => {
    const scanner = await pump({ aimPrefix: true });
    scanner.stimulate({ kind: "command-reply", command: "REVINF" });
    await scanner.clock.turn(0);
    expect(scanner.observations).toEqual([]);
  });

  it("reads UTF-8 as such and anything else as Latin-1", async () => {
    const scanner = await pump();
    scanner.stimulate({ kind: "scan", text: "退货\ufeff" });
    scanner.arrive(Uint8Array.of(0xd6, 0xd0, 0x0d));
    await scanner.clock.turn(0);
    expect(scanner.observations).toEqual([
      { kind: "scan", text: "ÖÐ", bytesHex: "d6d0" },
      { kind: "scan", text: "退货\ufeff", bytesHex: "e98080e8b4a7efbbbf" },
    ]);
  });

  it("does not glue a torn code to the next one", async () => {
    const scanner = await pump();
    scanner.arrive(fromLatin1("40063813"));
    await scanner.clock.turn(1_999);
    expect(scanner.noiseBytes).toBe(0);
    await scanner.clock.turn(1);
    expect(scanner.noiseBytes).toBe(8);
    scanner.arrive(fromLatin1("96385074\r"));
    expect(scanner.observations).toEqual([seen("96385074")]);
  });

  it("counts what is longer than any code, up to its end, and reads the next", async () => {
    const scanner = await pump();
    for (let chunk = 0; chunk < 30; chunk += 1) scanner.arrive(new Uint8Array(1_000).fill(0x41));
    scanner.arrive(fromLatin1("AA\r96385074\r"));
    expect(scanner.observations).toEqual([seen("96385074")]);
    expect(scanner.noiseBytes).toBe(30_003);
    expect(scanner.state.pending.length).toBe(0);
  });

  it("counts an empty code as noise", async () => {
    const scanner = await pump({ aimPrefix: true });
    scanner.arrive(fromLatin1("\r]E0\r"));
    expect(scanner.observations).toEqual([]);
    expect(scanner.noiseBytes).toBe(4);
  });

  it("gives every byte out once, as a code or as noise, however it is chunked", async () => {
    const alphabet = fc.constantFrom(0x0d, 0x0a, 0x5d, 0x45, 0x30, 0x09);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 9 })), fc.array(alphabet), async (chunks, own) => {
        const scanner = await pump({ suffix: "crlf" });
        for (const chunk of chunks) scanner.arrive(chunk);
        scanner.arrive(Uint8Array.from(own));
        await scanner.clock.turn(2_000);
        const all = toLatin1(Uint8Array.from([...chunks.flatMap((chunk) => [...chunk]), ...own]));
        const codes = all
          .split("\r\n")
          .slice(0, -1)
          .filter((text) => text !== "");
        const hexes = scanner.observations.map((scan) => scan.kind === "scan" && scan.bytesHex);
        expect(hexes).toEqual(codes.map((text) => toHex(fromLatin1(text))));
        const codeBytes = codes.reduce((sum, text) => sum + text.length + 2, 0);
        expect(scanner.noiseBytes).toBe(all.length - codeBytes);
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
    scanner.command({ id: "c1", device: "s", task: { kind: "zero" } });
    expect(scanner.answers.map((answer) => [answer.outcome, answer.fault])).toEqual([
      ["failed", "command-unsupported"],
    ]);
  });
});
