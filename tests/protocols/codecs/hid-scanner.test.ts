import { describe, expect, it } from "vitest";
import { decodeHidScannerLine } from "../../../protocols/codecs/hid-scanner.ts";
import { hex, reportRows, vectorsPresent } from "./vectors.ts";

describe.skipIf(!vectorsPresent)("hid-scanner against the vectors", () => {
  const rows = reportRows.filter((row) => row.kind.startsWith("hid-pos"));
  it.each(rows.map((row) => [row.id, row] as const))("%s", (_, row) => {
    const message = decodeHidScannerLine(hex(row.reportsHex.join("")));
    if (!message.ok) throw new Error(message.error);
    expect(message.value).toMatchObject(row.decoded);
  });
});
