import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import { llrp } from "../../../protocols/codecs/llrp.ts";
import { accessReport } from "./llrp-reports.ts";
import { hex, rowsOf, vectorStreams } from "./vectors.ts";

interface TheirMessage {
  decode(): unknown;
  toLLRPData(): { readonly id: number; readonly type: string; readonly data: unknown };
}
// Its types are its sources, which our compiler would have to take in.
const { LLRPMessage } = createRequire(import.meta.url)("llrpjs") as {
  LLRPMessage: new (bytes: Buffer) => TheirMessage;
};

interface Seen {
  readonly name: string;
  readonly value: unknown;
}

/** One value of a tag as a number or as hex, whatever the peer makes of it. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "string") return value;
  const time = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(value);
  if (time !== null) return Date.parse(`${time[1]}Z`) * 1_000 + Number((time[2] ?? "").padEnd(6, "0"));
  return value.toLowerCase();
}

/** What llrpjs has read of each tag: its parameters hold one field each, named after themselves or not. */
function theirTags(data: unknown): readonly (readonly Seen[])[] {
  const { TagReportData = [] } = data as { readonly TagReportData?: object | readonly object[] };
  const reports = Array.isArray(TagReportData) ? TagReportData : [TagReportData];
  return reports.map((report: object) =>
    Object.entries(report).map(([name, fields]) => ({
      name,
      value: plain(Object.values(fields as object)[0]),
    })),
  );
}

function ourTags(parameters: readonly LlrpParameter[]): readonly (readonly Seen[])[] {
  return parameters.flatMap((report) => {
    if (!("parameters" in report) || report.name !== "TagReportData") return [];
    return [
      report.parameters.map((parameter): Seen => {
        if ("value" in parameter) return { name: parameter.name, value: parameter.value };
        if ("payload" in parameter) return { name: String(parameter.type), value: parameter.payload };
        const { bits, hex: digits } = parameter.fields["EPC"] as { bits: number; hex: string };
        expect(digits.length * 4).toBe(bits);
        return { name: parameter.name, value: digits };
      }),
    ];
  });
}

const sorted = (tags: readonly (readonly Seen[])[]): readonly (readonly Seen[])[] =>
  tags.map((tag) => tag.toSorted((left, right) => left.name.localeCompare(right.name)));

/** Both read the same bytes; what is not of a tag's report has names and number only. */
function compare(bytes: Uint8Array): number {
  const message = llrp.decode(bytes);
  if (!message.ok) throw new Error(message.error);
  const peer = new LLRPMessage(Buffer.from(bytes));
  peer.decode();
  const theirs = peer.toLLRPData();
  expect({ name: message.value.name, id: message.value.id }).toEqual({ name: theirs.type, id: theirs.id });
  if (theirs.type !== "RO_ACCESS_REPORT") return 0;
  const ours = ourTags(message.value.parameters);
  expect(sorted(ours)).toEqual(sorted(theirTags(theirs.data)));
  return ours.length;
}

describe("llrp beside llrpjs", () => {
  it("reads the same of each tag in each report, whatever the reader was told to report", () => {
    let tags = 0;
    fc.assert(
      fc.property(accessReport, (report) => {
        tags += compare(llrp.encode(report));
      }),
      { numRuns: 300 },
    );
    expect(tags).toBeGreaterThan(1_000);
  });

  it("reads the same of each recorded report", () => {
    const recorded = [
      ...rowsOf("llrp").flatMap((row) => (row.valid ? [row.hex] : [])),
      ...vectorStreams.flatMap((stream) => (stream.protocol === "llrp" ? stream.expectFrames : [])),
    ];
    const tags = recorded.reduce((sum, frame) => sum + compare(hex(frame)), 0);
    expect(tags).toBeGreaterThanOrEqual(recorded.length > 0 ? 80 : 0);
  });
});
