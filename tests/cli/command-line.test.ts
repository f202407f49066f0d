import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answerOf } from "./command-answer.ts";

const testMs = 60_000;

/** Each command, and an option or argument that its help must name. */
const commands: readonly (readonly [string, string])[] = [
  ["", "demo [options]"],
  ["run", "--readings"],
  ["agent", "--readings"],
  ["gateway", "--config <file>"],
  ["check", "--json"],
  ["decode", "--relaxed"],
  ["epcis check", "--profile <name>"],
  ["returns", "sheet [options]"],
  ["returns sheet", "--clerk <names...>"],
  ["returns evidence", "--verify <file>"],
  ["schema", "asyncapi"],
  ["hq", "receive [options]"],
  ["hq receive", "--database <file>"],
  ["hq tail", "--mqtt-version <version>"],
  ["demo", "--seconds <n>"],
  ["simulate", "--start-after <seconds>"],
];

const mistakes: readonly (readonly [string, RegExp])[] = [
  ["", /^Usage: storewire/],
  ["sell", /unknown command 'sell'/],
  ["hq sell", /unknown command 'sell'/],
  ["run --fast", /unknown option '--fast'/],
  ["decode", /missing required argument 'codec'/],
  ["schema", /missing required argument 'name'/],
  ["demo --seconds soon", /'soon' is invalid\. a positive number, please/],
  [
    "demo --scenario nowhere",
    /"nowhere" is neither a file nor one of the shipped scenarios: ordinary-morning/,
  ],
  ["simulate nowhere", /"nowhere" is neither a file nor one of the shipped scenarios/],
  ["hq tail --mqtt-version 4", /'4' is invalid\. Allowed choices are 3\.1\.1, 5/],
  ["hq tail --ca-file /ca.pem", /all three: --ca-file, --cert-file and --key-file/],
];

const wordsOf = (line: string): string[] => line.split(" ").filter((word) => word !== "");

describe("the words of the command line", () => {
  it.each(commands)(
    "storewire %s --help says what it does and takes",
    async (command, names) => {
      const { exitCode, stdout, stderr } = await answerOf([...wordsOf(command), "--help"]);
      const help = stdout.join("\n");
      expect(help).toMatch(new RegExp(`^Usage: ${["storewire", ...wordsOf(command)].join(" ")} `));
      expect(help).toContain(names);
      expect(stderr).toBe("");
      expect(exitCode).toBe(0);
    },
    testMs,
  );

  it.each(mistakes)(
    "storewire %s is answered on stderr, with 64",
    async (line, words) => {
      const { exitCode, stdout, stderr } = await answerOf(wordsOf(line));
      expect(stderr).toMatch(words);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stdout).toEqual([]);
      expect(exitCode).toBe(64);
    },
    testMs,
  );

  it(
    "storewire --version is the version of the package",
    async () => {
      const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
      expect(await answerOf(["--version"])).toEqual({ exitCode: 0, stdout: [version], stderr: "" });
    },
    testMs,
  );
});
