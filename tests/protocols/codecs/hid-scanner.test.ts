import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decoded } from "../../../protocols/codec.ts";
import type { HidScannerMessage } from "../../../protocols/codecs/hid-scanner.ts";
import {
  decodeHidScannerLine,
  encodeHidReports,
  hidScannerInitial,
  hidScannerStep,
} from "../../../protocols/codecs/hid-scanner.ts";
import { hidScannerRequests, readHidScannerRequest } from "../../../protocols/codecs/scanner/hid-requests.ts";
import { fromLatin1, toHex } from "../../../protocols/stream/bytes.ts";
import { hex, reportRows, vectorsPresent } from "./vectors.ts";

function take(reports: readonly Uint8Array[]): Decoded<HidScannerMessage>[] {
  const outcomes: Decoded<HidScannerMessage>[] = [];
  let state = hidScannerInitial;
  for (const report of reports) {
    const step = hidScannerStep(state, report);
    state = step.state;
    outcomes.push(...step.outcomes);
  }
  return outcomes;
}

const scan = (aim: string, text: string) => encodeHidReports(aim, fromLatin1(text));

describe.skipIf(!vectorsPresent)("hid-scanner against the vectors", () => {
  const rows = reportRows.filter((row) => row.kind.startsWith("hid-pos"));
  it("has rows", () => {
    expect(rows).toHaveLength(10);
  });

  it.each(rows.map((row) => [row.id, row] as const))("%s", (_, row) => {
    const message = decodeHidScannerLine(hex(row.reportsHex.join("")));
    if (!message.ok) throw new Error(message.error);
    expect(message.value).toMatchObject(row.decoded);
  });

  const requests = rows.filter((row) => String(row.decoded["command"]) in hidScannerRequests);
  it.each(requests.map((row) => [row.id, row] as const))("%s is what we send", (_, row) => {
    const command = row.decoded["command"] as keyof typeof hidScannerRequests;
    expect(toHex(hidScannerRequests[command])).toBe(row.reportsHex[0]);
  });
});

describe("what becomes a scan", () => {
  it("a code, with exactly one carriage return taken off", () => {
    const [outcome] = take(scan("]C0", "AB \r\r"));
    expect(outcome).toMatchObject({
      ok: true,
      value: { kind: "scan", aim: "]C0", text: "AB \r", suffix: "CR" },
    });
  });

  it("a binary code, cut by its length and not by its zeroes", () => {
    const [outcome] = take(encodeHidReports("]d1", hex("00ff0000")));
    expect(outcome).toMatchObject({
      ok: true,
      value: { kind: "scan", bytes: hex("00ff0000"), text: "\0ÿ\0\0" },
    });
  });

  it("Chinese text in UTF-8", () => {
    const [outcome] = take(encodeHidReports("]Q1", hex("e98080e8b4a7")));
    expect(outcome).toMatchObject({ ok: true, value: { text: "退货" } });
  });

  it("a code without AIM identifier, as Newland sends it", () => {
    const report = new Uint8Array(64);
    report.set([2, 4, ...fromLatin1("1234")]);
    expect(take([report])).toEqual([
      {
        ok: true,
        value: { kind: "scan", text: "1234", bytes: fromLatin1("1234"), origin: { moreFlags: [0] } },
      },
    ]);
  });

  it("a postal code under ]X0, because its symbology has a code", () => {
    expect(take(encodeHidReports("]X0", fromLatin1("12345"), 0x41))).toMatchObject([
      { value: { kind: "scan" } },
    ]);
  });
});

describe("what never becomes a scan", () => {
  it("the answer to a command", () => {
    expect(take(scan("]Z6", "REVINF\x06."))).toMatchObject([
      { ok: true, value: { kind: "command-reply", command: "REVINF", status: "ACK", terminator: "." } },
    ]);
    expect(take(scan("]Z6", "E30ENA0\x15!"))).toMatchObject([
      { ok: true, value: { kind: "command-reply", command: "E30ENA0", status: "NAK", terminator: "!" } },
    ]);
    expect(take(scan("]Z6", "REVINF"))).toMatchObject([{ ok: false, code: "field" }]);
  });

  it("what a scanner says of itself", () => {
    expect(take(encodeHidReports("]X0", fromLatin1("Serial"), 0x3f))).toMatchObject([
      { value: { kind: "device-text" } },
    ]);
  });

  it.each([
    ["a short report", new Uint8Array(63), "length"],
    ["another report", Uint8Array.from({ length: 64 }, () => 3), "start"],
    ["too long a length", Uint8Array.from({ length: 64 }, (_, at) => (at === 0 ? 2 : 57)), "length"],
    ["no code", scan("]E0", "")[0] ?? new Uint8Array(), "empty"],
    ["a suffix alone", scan("]E0", "\r")[0] ?? new Uint8Array(), "empty"],
  ])("%s", (_, report, code) => {
    expect(take([report])).toMatchObject([{ ok: false, code }]);
  });

  it("a message whose last report is lost: the next one stays whole", () => {
    const [first] = scan("]d2", "x".repeat(60));
    const outcomes = take([...(first === undefined ? [] : [first]), ...scan("]E0", "6901234567892")]);
    expect(outcomes).toMatchObject([
      { ok: false, code: "end" },
      { ok: true, value: { aim: "]E0", text: "6901234567892" } },
    ]);
  });

  it("a message without end", () => {
    const [report = new Uint8Array()] = scan("]d1", "x".repeat(57));
    const outcomes = take(Array.from({ length: 147 }, () => report));
    expect(outcomes).toMatchObject([{ ok: false, code: "length" }]);
  });
});

describe("a line of storewire decode", () => {
  it("holds one message, no more and no less", () => {
    const [first = new Uint8Array()] = scan("]d2", "x".repeat(60));
    const twice = [...scan("]E0", "1"), ...scan("]E0", "2")].map(toHex).join("");
    expect(decodeHidScannerLine(new Uint8Array())).toMatchObject({ ok: false, code: "empty" });
    expect(decodeHidScannerLine(first)).toMatchObject({ ok: false, code: "end" });
    expect(decodeHidScannerLine(hex(twice))).toMatchObject({ ok: false, code: "field" });
    expect(decodeHidScannerLine(first.subarray(0, 60))).toMatchObject({ ok: false, code: "length" });
  });

  it("may hold what we send", () => {
    expect(readHidScannerRequest(hex("fd0f164d0d524556494e462e"))).toEqual({
      ok: true,
      value: { command: "revinf" },
    });
    expect(readHidScannerRequest(hex("fd0316990d"))).toMatchObject({ ok: false, code: "unknown-command" });
  });
});

describe("hid-scanner, whatever comes", () => {
  it("joins what a scanner has split", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const code = Uint8Array.from([...bytes, 0x21]);
        const reports = encodeHidReports("]Q1", code);
        expect(take(reports)).toMatchObject([{ ok: true, value: { kind: "scan", aim: "]Q1", bytes: code } }]);
      }),
    );
  });

  it("takes any report in without throwing, and stays bounded", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 60, maxLength: 64 }), { maxLength: 5 }), (reports) => {
        expect(take(reports).length).toBeLessThanOrEqual(2 * reports.length);
      }),
    );
  });
});
