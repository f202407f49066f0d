import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSourceFiles, type SourceFile } from "../tidy/source-files.ts";

/** Limits that no test reaches yet, each with the reason. A line may go from here, none may come. */
const debt: Readonly<Record<string, string>> = {
  "cli/mqtt-connection.ts connectMsMax": "ten real seconds of a broker that says nothing",
  "cli/system.ts answerMsMax": "five real seconds of a program that hangs",
  "drivers/transports/hid-talk.ts stopMsMax": "a process that does not end when it is told",
  "protocols/epcis/hash-value.ts rememberedUrnsMax": "1,024 short texts, seen by memory alone",
  "cli/supervision/broker-knock.ts knockMsMax": "the time of a connection, which is the kernel's",
  "cli/supervision/ending.ts crashCloseMsMax": "ends the process",
  "cli/supervision/ending.ts stuckCloseMsMax": "ends the process",
  "cli/supervision/last-resort.ts stuckEndsMax": "restarts the box",
  "cli/supervision/service.ts startMsMax": "half an hour of a start",
  "cli/supervision/service.ts lastWordsMsMax": "ends the process",
  "cli/commands/last-resort.ts fileMsMax": "a disk that hangs",
  "cli/commands/last-resort.ts rebootMsMax": "restarts the box",
  "gateway/broker/limits.ts addressesMax": "a thousand hosts",
  "gateway/broker/limits.ts clientIdBytesMax": "not reached yet",
  "gateway/broker/limits.ts debtUnitsMax": "not reached yet",
  "gateway/broker/limits.ts sessionsMax": "a store's clients have no sessions",
  "gateway/broker/limits.ts queuedMessagesMax": "a store's clients have no sessions",
  "gateway/broker/limits.ts queuedBytesMax": "a store's clients have no sessions",
  "gateway/broker/limits.ts retainedMax": "a store's clients retain nothing",
  "outbox/start-check.ts checkRowsMax": "a step of memory, which a file of few rows does not show",
  "outbox/outrun.ts renumberRowsMax": "a step of memory, which a file of few rows does not show",
  "gateway/queue/numbering.ts daysMax": "nine days of a clock that is set to and fro",
  "outbox/log-check.ts mendsMax": "not reached yet",
  "outbox/salvage-file.ts rangesMax": "not reached yet",
};

/** Names that look like limits and are none. */
const noLimits = new Set([
  "protocols/config/transport.ts activeLow",
  "protocols/epc/partition.ts companyPrefixDigitsMax",
  // The twin of a file that is in the table.
  "hq/simulated-event-store.ts deadLettersMax",
]);

const product = /^(protocols|outbox|drivers|edge-agent|gateway|hq|cli)\/.*\.ts$/;
/** No part of a store; and a protocol's own sizes, which `cut` and each codec's contract hold. */
const elsewhere = /^(cli\/(demo|simulation|whole-site)|protocols\/codecs)\//;
const limitName =
  /^(?:export )?const (\w+(?:Max|MaxDefault|Low|Burst|Kept))\b[^=]*= |^ +(\w+(?:Max|Low|Burst|Kept)): (?:\d|z$|z\.)/;

interface Limit {
  readonly name: string;
  /** Whether the number says why it is what it is, or shares the words of the one above it. */
  readonly reasoned: boolean;
}

/** Every limit that a source file declares at its top level or as a field of a table. */
function limitsIn({ path, text }: SourceFile): readonly Limit[] {
  if (!product.test(path) || elsewhere.test(path)) return [];
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const found = limitName.exec(line);
    const name = found?.[1] ?? found?.[2];
    if (name === undefined || noLimits.has(`${path} ${name}`)) return [];
    // The fields of a table of rules are explained where they are declared.
    const declared = lines.findIndex((each) => each.startsWith(`  readonly ${name}: `));
    const reasoned = isReasoned(lines, index) || (declared >= 0 && isReasoned(lines, declared));
    return [{ name: `${path} ${name}`, reasoned }];
  });
}

function isReasoned(lines: readonly string[], index: number): boolean {
  if (/\/\/|\*\//.test(lines[index] ?? "")) return true;
  for (let above = index - 1; above >= 0; above -= 1) {
    const line = lines[above] ?? "";
    if (/\*\/\s*$|^\s*\/\//.test(line)) return true;
    // Its neighbours in one block share their words.
    if (!/^\s*(export )?(const )?\w+(: | = )/.test(line) && !/^\s*\.|\{$/.test(line)) return false;
  }
  return false;
}

interface Row {
  readonly limit: string;
  readonly file: string;
  readonly title: string;
  readonly cells: readonly string[];
}

/** The rows of `README.md`; a heading names the file that the limits below it stand in. */
function rowsOf(table: string): readonly Row[] {
  let heading = "";
  return table.split("\n").flatMap((line) => {
    if (line.startsWith("## ")) heading = line.slice(3).trim();
    const cells = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    const name = /^`([^`]+)`$/.exec(cells[0] ?? "")?.[1];
    const test = /^`([^`]+)`: (.+)$/.exec(cells[3] ?? "");
    if (name === undefined) return [];
    return [{ limit: `${heading} ${name}`, file: test?.[1] ?? "", title: test?.[2] ?? "", cells }];
  });
}

const files = readSourceFiles();
const found = files.flatMap(limitsIn);
const rows = rowsOf(readFileSync("tests/limits/README.md", "utf8"));
const debtMax = 25;

describe("the table of limits", () => {
  it("has something to hold", () => {
    expect(found.length).toBeGreaterThan(140);
    expect(rows.length).toBeGreaterThan(140);
    expect(Object.keys(debt).length).toBeLessThanOrEqual(debtMax);
  });

  it("has every limit of the house, or its debt", () => {
    const told = new Set([...rows.map(({ limit }) => limit), ...Object.keys(debt)]);
    expect(found.map(({ name }) => name).filter((name) => !told.has(name))).toEqual([]);
  });

  it("has none that is gone, and no debt that is paid", () => {
    const textOf = new Map(files.map(({ path, text }) => [path, text]));
    const gone = rows.filter(({ limit }) => {
      const [path = "", name = ""] = limit.split(" ");
      if (path === "protocols/codecs") return false;
      return !new RegExp(`\\b${name}\\b`).test(textOf.get(path) ?? "");
    });
    expect(gone.map(({ limit }) => limit)).toEqual([]);
    const reached = new Set(rows.map(({ limit }) => limit));
    const names = new Set(found.map(({ name }) => name));
    expect(Object.keys(debt).filter((name) => reached.has(name) || !names.has(name))).toEqual([]);
    expect(new Set(rows.map(({ limit }) => limit)).size).toBe(rows.length);
  });

  it("says of each its unit, what happens, and a test that is there", () => {
    expect(
      rows
        .filter(({ cells }) => cells.length !== 4 || cells.some((cell) => cell === ""))
        .map(({ limit }) => limit),
    ).toEqual([]);
    const missing = rows.filter(({ file, title }) => {
      const path = `tests/${file}`;
      return title === "" || !existsSync(path) || !readFileSync(path, "utf8").includes(title);
    });
    expect(missing.map(({ limit, file, title }) => `${limit}: ${file}: ${title}`)).toEqual([]);
  });

  it("leaves no number without a reason beside it", () => {
    expect(found.filter(({ reasoned }) => !reasoned).map(({ name }) => name)).toEqual([]);
  });
});

describe("the table of limits can fail", () => {
  const source = (text: string): SourceFile => ({ path: "gateway/a.ts", text });

  it("sees a new limit, as a constant, as a field, and in a schema", () => {
    const text =
      "/** Why. */\nexport const rowsMax = 3;\nconst x = {\n  /** Why. */\n  bytesMax: 4,\n  // Why.\n  waitMsMax: z.number(),\n  othersMax: rules.max,\n};\n";
    expect(limitsIn(source(text)).map(({ name }) => name)).toEqual([
      "gateway/a.ts rowsMax",
      "gateway/a.ts bytesMax",
      "gateway/a.ts waitMsMax",
    ]);
  });

  it("sees a number without a reason", () => {
    expect(limitsIn(source("import a;\n\nconst rowsMax = 3;\n"))).toEqual([
      { name: "gateway/a.ts rowsMax", reasoned: false },
    ]);
    expect(limitsIn(source("const rowsMax = 3; // why\n"))).toEqual([
      { name: "gateway/a.ts rowsMax", reasoned: true },
    ]);
  });

  it("reads rows, and what is wrong with them", () => {
    const table =
      "## gateway/a.ts\n\n| name | unit | when | by |\n| --- | --- | --- | --- |\n| `rowsMax` | rows | refused | `gateway/a.test.ts`: is bounded |\n| `bytesMax` | bytes | refused | soon |\n";
    expect(rowsOf(table).map(({ limit, file, title }) => [limit, file, title])).toEqual([
      ["gateway/a.ts rowsMax", "gateway/a.test.ts", "is bounded"],
      ["gateway/a.ts bytesMax", "", ""],
    ]);
  });
});
