import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SerialScannerFraming, SerialScannerOutput } from "../../../protocols/codecs/serial-scanner.ts";
import {
  decodeSerialScannerLine,
  encodeSerialScan,
  serialScannerInitial,
  serialScannerStep,
} from "../../../protocols/codecs/serial-scanner.ts";
import { fromLatin1, join, toHex, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { chunked } from "../stream/chunks.ts";

/** Feeds chunks, then lets the line fall idle. */
function take(framing: SerialScannerFraming, chunks: readonly Uint8Array[]): SerialScannerOutput[] {
  const outputs: SerialScannerOutput[] = [];
  let state = serialScannerInitial;
  for (const bytes of chunks) {
    const step = serialScannerStep(framing, state, { kind: "bytes", bytes });
    state = step.state;
    outputs.push(...step.outputs);
  }
  return [...outputs, ...serialScannerStep(framing, state, { kind: "idle" }).outputs];
}

const written = (outputs: readonly SerialScannerOutput[]): string[] =>
  outputs.map((output) =>
    output.kind === "scan"
      ? `scan ${output.aim ?? ""} ${output.text}`
      : `${output.kind} ${toLatin1(output.bytes)}`,
  );
const scansOf = (outputs: readonly SerialScannerOutput[]) =>
  outputs.filter((output) => output.kind === "scan").map(({ aim, bytes }) => `${aim ?? ""} ${toHex(bytes)}`);
const takeText = (framing: SerialScannerFraming, text: string) => written(take(framing, [fromLatin1(text)]));

const plain = { suffix: "cr", aimPrefix: false } as const;
const withAim = { suffix: "cr", aimPrefix: true } as const;
const byIdle = { suffix: "none", aimPrefix: false } as const;

describe("where a code ends", () => {
  it.each([
    ["cr", "6901234567892\r96385074\r"],
    ["lf", "6901234567892\n96385074\n"],
    ["crlf", "6901234567892\r\n96385074\r\n"],
    ["tab", "6901234567892\t96385074\t"],
  ] as const)("at its suffix %s", (suffix, text) => {
    expect(takeText({ suffix, aimPrefix: false }, text)).toEqual(["scan  6901234567892", "scan  96385074"]);
  });

  it("at a silence, where there is no suffix", () => {
    expect(takeText(byIdle, "6901234567892")).toEqual(["scan  6901234567892"]);
  });

  it("nowhere, when its suffix is lost: a part of a code is not a code", () => {
    expect(takeText(plain, "690123456")).toEqual(["noise 690123456"]);
  });

  it("with exactly one suffix taken off", () => {
    expect(takeText(plain, " A\n\r\r")).toEqual(["scan   A\n", "noise \r"]);
    expect(takeText({ suffix: "crlf", aimPrefix: false }, "A\rB\r\n")).toEqual(["scan  A\rB"]);
  });

  it("says nothing when nothing is pending", () => {
    expect(serialScannerStep(byIdle, serialScannerInitial, { kind: "idle" }).outputs).toEqual([]);
  });
});

describe("the AIM identifier", () => {
  it("is taken off the code, and GS stays", () => {
    expect(takeText(withAim, "]C10106901234567892\x1d21A\r")).toEqual(["scan ]C1 0106901234567892\x1d21A"]);
  });

  it("is part of the code where the scanner is said not to send it", () => {
    expect(takeText(plain, "]C1AB\r")).toEqual(["scan  ]C1AB"]);
  });

  it("may be missing: the code is kept", () => {
    expect(takeText(withAim, "6901234567892\r")).toEqual(["scan  6901234567892"]);
  });

  it("alone is no code", () => {
    expect(takeText(withAim, "]E0\r")).toEqual(["noise ]E0"]);
  });
});

describe("answers to commands", () => {
  it.each([plain, withAim, byIdle])("are no scans (%o)", (framing) => {
    const outputs = take(framing, [
      fromLatin1("REVINF\x06."),
      fromLatin1("]Z6E30ENA0\x15!"),
      fromLatin1("\x02\x010000@SCNENA1\x06;\x03"),
    ]);
    expect(outputs.map((output) => output.kind)).toEqual(["command-reply", "command-reply", "command-reply"]);
  });

  it("with AIM identifier and suffix are no scans", () => {
    expect(takeText(plain, "]Z6REVINF?\r")).toEqual(["command-reply ]Z6REVINF?"]);
  });

  it("leave the code behind them whole", () => {
    expect(takeText(plain, "REVINF\x06.6901234567892\r")).toEqual([
      "command-reply REVINF\x06.",
      "scan  6901234567892",
    ]);
  });
});

describe("a code longer than any", () => {
  it.each([plain, byIdle])("is noise to its end, however it is cut (%o)", (framing) => {
    const stream = fromLatin1(`${"x".repeat(9000)}\r`);
    const pieces = Array.from({ length: 91 }, (_, at) => stream.subarray(at * 100, (at + 1) * 100));
    expect(scansOf(take(framing, [stream]))).toEqual([]);
    expect(scansOf(take(framing, pieces))).toEqual([]);
  });

  it("does not harm the next one", () => {
    const outputs = take(plain, [fromLatin1("x".repeat(8200)), fromLatin1("yy\r96385074\r")]);
    expect(scansOf(outputs)).toEqual([` ${toHex(fromLatin1("96385074"))}`]);
  });

  it("may just fit", () => {
    expect(scansOf(take(plain, [fromLatin1(`${"x".repeat(8192)}\r`)]))).toHaveLength(1);
    expect(scansOf(take(plain, [fromLatin1(`${"x".repeat(8193)}\r`)]))).toHaveLength(0);
  });
});

describe("a line of storewire decode", () => {
  it("is read with the suffix and the identifier that it has", () => {
    expect(decodeSerialScannerLine(fromLatin1("]E06901234567892\r\n"))).toEqual({
      ok: true,
      value: {
        outputs: [{ kind: "scan", data: "6901234567892", length: 13, aim: "]E0", symbology: "ean13" }],
      },
    });
    expect(decodeSerialScannerLine(fromLatin1("REVINF\x06."))).toEqual({
      ok: true,
      value: { outputs: [{ kind: "command-reply", text: "REVINF\x06." }] },
    });
    expect(decodeSerialScannerLine(new Uint8Array())).toMatchObject({ ok: false, code: "empty" });
  });
});

describe("serial-scanner, whatever comes", () => {
  const ownBytes = Array.from(fromLatin1("]E0Z6AB1\r\n\t\x06.\x1d\x02\x01\x03"));
  const stream = fc.array(fc.constantFrom(...ownBytes), { maxLength: 60 }).map((all) => Uint8Array.from(all));
  const framing = fc.record({
    suffix: fc.constantFrom("cr" as const, "lf" as const, "crlf" as const, "tab" as const, "none" as const),
    aimPrefix: fc.boolean(),
  });

  it("reads the same codes under every chunking", () => {
    fc.assert(
      fc.property(framing, chunked(stream), (set, chunks) => {
        expect(scansOf(take(set, chunks))).toEqual(scansOf(take(set, [join(...chunks)])));
      }),
    );
  });

  it("reads back what a scanner sent", () => {
    const code = fc.string({
      unit: fc.constantFrom("a", "0", "9", " ", "\x1d"),
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(framing, fc.constantFrom("]E0", "]C1", "]d2"), code, (set, aim, text) => {
        const outputs = take(set, [encodeSerialScan(set, aim, fromLatin1(text))]);
        expect(written(outputs)).toEqual([`scan ${set.aimPrefix ? aim : ""} ${text}`]);
      }),
    );
  });
});
