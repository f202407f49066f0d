import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { answerOf } from "./command-answer.ts";

const testMs = 60_000;
const folder = mkdtempSync(join(tmpdir(), "epcis-"));
afterAll(() => rmSync(folder, { recursive: true }));

const event = {
  "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
  type: "ObjectEvent",
  eventTime: "2026-01-05T09:00:00.000Z",
  eventTimeZoneOffset: "+08:00",
  action: "OBSERVE",
  epcList: ["urn:epc:id:sgtin:0614141.107346.2017"],
};
const good = JSON.stringify(event);
const bad = JSON.stringify({ ...event, bizStep: "assemble" });
const hash = (profile: string) =>
  expect.stringMatching(new RegExp(`^ni:///sha-256;[0-9a-f]{64}\\?ver=${profile}$`));
const parsed = (lines: readonly string[]): unknown[] => lines.map((line): unknown => JSON.parse(line));

describe("storewire epcis check", () => {
  it(
    "answers each line of stdin with one line of JSON, good or not, and exits 0",
    async () => {
      const { exitCode, stdout, stderr } = await answerOf(
        ["epcis", "check", "-"],
        [good, bad, "", "{", good],
      );
      expect(parsed(stdout)).toEqual([
        { ok: true, eventIDs: [hash("CBV2.0")] },
        { ok: false, errors: [{ path: "$.bizStep", found: '"assemble"', allowed: expect.any(String) }] },
        { ok: false, errors: [expect.objectContaining({ path: "$" })] },
        { ok: false, errors: [expect.objectContaining({ path: "$" })] },
        { ok: true, eventIDs: [hash("CBV2.0")] },
      ]);
      expect(stderr).toBe("");
      expect(exitCode).toBe(0);
    },
    testMs,
  );

  it(
    "takes a file: one document, or lines of them, in either profile",
    async () => {
      const [one, wrong, lines] = ["one.jsonld", "wrong.json", "lines.jsonl"].map((name) =>
        join(folder, name),
      );
      writeFileSync(String(one), JSON.stringify(event, undefined, 2));
      writeFileSync(String(wrong), bad);
      writeFileSync(String(lines), `${good}\n${bad}`);
      const answer = await answerOf(["epcis", "check", String(one), "--profile", "CBV2.1"]);
      expect(parsed(answer.stdout)).toEqual([{ ok: true, eventIDs: [hash("CBV2.1")] }]);
      expect(answer.exitCode).toBe(0);
      expect(await answerOf(["epcis", "check", String(wrong)])).toMatchObject({ exitCode: 1, stderr: "" });
      const both = await answerOf(["epcis", "check", String(lines)]);
      expect(parsed(both.stdout)).toMatchObject([{ ok: true }, { ok: false }]);
      expect(both.exitCode).toBe(0);
    },
    testMs,
  );

  it(
    "says which file it cannot read, and exits 64",
    async () => {
      const { exitCode, stderr } = await answerOf(["epcis", "check", join(folder, "nowhere.json")]);
      expect(stderr).toMatch(/^storewire: cannot read .*nowhere\.json: ENOENT/);
      expect(exitCode).toBe(64);
    },
    testMs,
  );
});
