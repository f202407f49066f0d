import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPointRoles } from "../../protocols/config/read-point-roles.ts";
import { siteConfiguration, writeSite } from "../site.ts";
import { answerOf } from "./command-answer.ts";

const testMs = 60_000;
/** The messages that `configuration-file.test.ts` holds as they are read by people. */
const samples = "tests/cli/configurations";

describe("storewire check", () => {
  let directory: string;
  let bad: string;
  let good: string;
  let errors: readonly string[];

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "storewire-check-"));
    good = writeSite({ directory, headquartersUrl: "mqtt://127.0.0.1:1883" });
    bad = join(directory, "bad.yaml");
    copyFileSync(join(samples, "everything-at-once.txt"), bad);
    const expected = readFileSync(join(samples, "everything-at-once.errors"), "utf8");
    errors = expected.trimEnd().replaceAll("everything-at-once.yaml", bad).split("\n");
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it(
    "says all errors at once, each with file, line and column, and exits 78",
    async () => {
      const { exitCode, stdout, stderr } = await answerOf(["check", bad]);
      expect(stderr.split("\n")).toEqual(errors);
      expect(errors.length).toBeGreaterThan(20);
      expect(stderr).toContain(
        `${bad}:16:11: readPoints[0].role: found the text "return-desk"; ` +
          `allowed: ${readPointRoles.join(", ")} (did you mean returns-desk?)`,
      );
      expect(stdout).toEqual([]);
      expect(exitCode).toBe(78);
    },
    testMs,
  );

  it(
    "says the same as one JSON object with --json",
    async () => {
      const { exitCode, stdout, stderr } = await answerOf(["check", bad, "--json"]);
      expect(stdout).toHaveLength(1);
      const answer = JSON.parse(stdout[0] ?? "") as { readonly errors: readonly object[] };
      expect(answer).toMatchObject({ ok: false, file: bad });
      expect(answer.errors).toHaveLength(errors.length);
      expect(answer.errors[0]).toEqual({
        file: bad,
        line: 2,
        column: 7,
        path: "site.id",
        found: 'the text "store 1"',
        allowed: "a name: letters, digits, '-', '_', '.'; at most 64 characters",
      });
      expect(stderr).toBe("");
      expect(exitCode).toBe(78);
    },
    testMs,
  );

  it(
    "has nothing against a good one, named either way",
    async () => {
      expect(await answerOf(["check", good])).toEqual({
        exitCode: 0,
        stdout: [],
        stderr: `${good}: in order`,
      });
      const named = await answerOf(["check", "--config", good, "--json"]);
      expect(named).toEqual({ exitCode: 0, stdout: [JSON.stringify({ ok: true, file: good })], stderr: "" });
    },
    testMs,
  );

  it(
    "takes a file that is not there for a configuration error",
    async () => {
      const missing = join(directory, "missing.yaml");
      const { exitCode, stderr } = await answerOf(["check", missing]);
      expect(stderr).toMatch(/missing\.yaml:1:1: found ENOENT: .*; allowed: a readable file/);
      expect(exitCode).toBe(78);
    },
    testMs,
  );

  it.each(["run", "agent", "gateway"])(
    "is what storewire %s does before anything else",
    async (part) => {
      const { exitCode, stdout, stderr } = await answerOf([part, "--config", bad]);
      expect(stderr.split("\n")).toEqual(errors);
      expect(stdout).toEqual([]);
      expect(exitCode).toBe(78);
    },
    testMs,
  );

  it(
    "is not all that an agent of its own wants: it needs a broker",
    async () => {
      const file = join(directory, "agent.yaml");
      const site = siteConfiguration({ directory, headquartersUrl: "mqtt://127.0.0.1:1883" });
      writeFileSync(file, JSON.stringify({ ...site, agent: { id: "agent1" } }, undefined, 2));
      const line = readFileSync(file, "utf8").split("\n").indexOf('  "agent": {') + 1;
      const { exitCode, stderr } = await answerOf(["agent", "--config", file]);
      expect(stderr).toBe(
        `${file}:${line}:3: agent.brokerUrl: found nothing; allowed: mqtt://host:port of the gateway's store broker`,
      );
      expect(exitCode).toBe(78);
    },
    testMs,
  );
});
