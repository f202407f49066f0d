import { bareCode, type Finding, findPattern, type SourceFile } from "./source-files.ts";

/** A habit that a machine can check. */
export interface Rule {
  readonly name: string;
  /** A file that breaks it once, to prove that the rule can fail. */
  readonly sample: SourceFile;
  readonly check: (file: SourceFile) => Finding[];
}

const isCode = (path: string): boolean => /\.(ts|mjs)$/.test(path);
const inFolder = (path: string, ...folders: string[]): boolean =>
  folders.some((folder) => path.startsWith(`${folder}/`));

/** What each folder may import (design section 3); the compiler is the first net, this is the second. */
const layers: Readonly<Record<string, readonly string[]>> = {
  protocols: [],
  outbox: ["protocols"],
  drivers: ["protocols"],
  "edge-agent": ["protocols", "outbox", "drivers"],
  gateway: ["protocols", "outbox"],
  hq: ["protocols", "outbox"],
  simulators: ["protocols"],
  cli: ["protocols", "outbox", "drivers", "edge-agent", "gateway", "hq", "simulators"],
};

/** Packages that only these folders may know, so that another can take their place. */
const packageHomes: Readonly<Record<string, readonly string[]>> = {
  sqlite3: ["outbox", "tests"],
  serialport: ["drivers", "tests"],
  "node-hid": ["drivers"],
  onoff: ["drivers"],
  aedes: ["gateway", "tests", "cli"],
  mqtt: ["cli", "tests"],
  yaml: ["cli", "tests"],
  commander: ["cli"],
};

const importPattern = /(?:from|import)\s*\(?\s*"([^"]+)"/;

function importsOf({ path, text }: SourceFile): { readonly line: number; readonly target: string }[] {
  const here = path.split("/").slice(0, -1);
  return text.split("\n").flatMap((line, index) => {
    const specifier = importPattern.exec(line)?.[1];
    if (specifier === undefined) return [];
    if (!specifier.startsWith(".")) return [{ line: index + 1, target: specifier }];
    const parts = [...here];
    for (const part of specifier.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== ".") parts.push(part);
    }
    return [{ line: index + 1, target: parts.join("/") }];
  });
}

const layerRule: Rule = {
  name: "imports go only downwards",
  sample: { path: "protocols/a.ts", text: 'import { b } from "../outbox/b.ts";\n' },
  check(file) {
    const [folder = ""] = file.path.split("/");
    const allowed = layers[folder];
    if (!allowed || !isCode(file.path)) return [];
    return importsOf(file)
      .filter(({ target }) => {
        const [layer = ""] = target.split("/");
        return layer in layers && layer !== folder && !allowed.includes(layer);
      })
      .map(({ line, target }) => ({ path: file.path, line, words: `${folder} may not import ${target}` }));
  },
};

const pureRule: Rule = {
  name: "protocols do not see Node",
  sample: { path: "protocols/a.ts", text: 'import { readFileSync } from "node:fs";\n' },
  check(file) {
    if (!inFolder(file.path, "protocols")) return [];
    return importsOf(file)
      .filter(({ target }) => target.startsWith("node:"))
      .map(({ line, target }) => ({ path: file.path, line, words: `${target} in protocols` }));
  },
};

const packageRule: Rule = {
  name: "a package is known in one folder only",
  sample: { path: "gateway/a.ts", text: 'import sqlite3 from "sqlite3";\n' },
  check(file) {
    const [folder = ""] = file.path.split("/");
    if (!isCode(file.path) || !file.path.includes("/")) return [];
    return importsOf(file)
      .filter(({ target }) => packageHomes[target]?.includes(folder) === false)
      .map(({ line, target }) => ({
        path: file.path,
        line,
        words: `${target} belongs to ${packageHomes[target]?.[0]}`,
      }));
  },
};

/** As oxlint has them; here so that files that oxlint does not read are counted too. */
const codeLinesMax = 300;
const testLinesMax = 400;

const lengthRule: Rule = {
  name: "a file is a few pages",
  sample: { path: "gateway/a.ts", text: "\n".repeat(codeLinesMax + 1) },
  check({ path, text }) {
    const most = inFolder(path, "tests") ? testLinesMax : codeLinesMax;
    const count = text.split("\n").length - 1;
    if (!isCode(path) || count <= most) return [];
    return [{ path, line: count, words: `${count} lines; split it at its seams (at most ${most})` }];
  },
};

interface Pattern {
  readonly name: string;
  readonly pattern: RegExp;
  readonly instead: string;
  readonly sample: SourceFile;
  readonly applies: (path: string) => boolean;
  /** Comments and strings count as well. */
  readonly everywhere?: boolean;
}

/** The patterns themselves are code that the patterns find. */
const thisFile = "tests/tidy/rules.ts";
const product = (path: string): boolean => isCode(path) && !inFolder(path, "tests");

/** Where pages in the browser have their time from. */
const browserClock = "gateway/console/pages/page-clock.ts";

// Words that this file forbids are put together here, so that it may stand in the tree it checks.
const mark = (...parts: string[]): string => parts.join("");

const patterns: readonly Pattern[] = [
  {
    name: "nothing is left for later",
    pattern: new RegExp(
      `\\b(${["FIX", "TO", "XX", "HA"].map((word, index) => word + ["ME", "DO", "X", "CK"][index]).join("|")})\\b`,
    ),
    instead: "$0: do it now, or write an issue",
    sample: { path: "gateway/a.ts", text: `// ${mark("TO", "DO")} later\n` },
    applies: (path) => isCode(path) || path.endsWith(".md"),
    everywhere: true,
  },
  {
    name: "time and chance come from outside",
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.now\b|\bprocess\.hrtime\b/,
    instead: "$0: take a Clock or a Random (protocols/clock.ts, protocols/random.ts)",
    sample: { path: "gateway/a.ts", text: "const now = new Date();\n" },
    applies: (path) => product(path) && path !== "cli/system.ts" && path !== browserClock,
  },
  {
    name: "timers come from the Clock",
    pattern: /\b(?:setTimeout|setInterval)\b/,
    instead: "$0: take a Clock and use its `after`",
    sample: { path: "gateway/a.ts", text: "setTimeout(run, 100);\n" },
    applies: (path) => product(path) && !inFolder(path, "cli") && path !== browserClock,
  },
  {
    name: "names say what a thing is",
    // Where it is declared: what a package calls its own can only be used.
    pattern: /(?<!\.)\b(?:\w*(?:[uU]tils?|[hH]elpers?|[mM]anager))\b/,
    instead: "$0: name it after what it does (encode, supervise, keep)",
    sample: { path: "gateway/a.ts", text: "class DeviceManager {}\n" },
    applies: (path) => isCode(path) && path !== thisFile,
  },
  {
    name: "words are written out",
    pattern: /\b(?:btn|cb|cnt|ctx|idx|msg|num|prev|req|str|tmp|val)\b/,
    instead: "$0: write the word out",
    sample: { path: "gateway/a.ts", text: "const msg = receive();\n" },
    applies: (path) => isCode(path) && path !== thisFile,
  },
  {
    name: "exports have names",
    pattern: /\bexport default\b/,
    instead: "$0: export it by name",
    sample: { path: "gateway/a.ts", text: "export default gateway;\n" },
    applies: (path) => isCode(path) && !path.endsWith(".config.ts") && !path.endsWith("-reporter.ts"),
  },
  {
    name: "words go to the log or to the command's streams",
    // The configuration has a section of this name.
    pattern: /(?<!\.)\bconsole\.\w+/,
    instead: "$0: return it, count it, or log it with pino",
    sample: { path: "gateway/a.ts", text: "console.log(1);\n" },
    applies: (path) => product(path) && !inFolder(path, "cli"),
  },
  {
    name: "no test is left out",
    pattern: /\b(?:it|test|describe)\.(?:only|skip|todo)\b/,
    instead: "$0: skipIf with words on stderr says what is missing",
    sample: { path: "tests/a.test.ts", text: "it.only();\n" },
    applies: (path) => inFolder(path, "tests"),
  },
  {
    name: "nothing is mocked behind its back",
    pattern: /\bvi\.(?:mock|spyOn|stubGlobal|useFakeTimers)\b/,
    instead: "$0: pass it in; a missing parameter is a missing seam",
    sample: { path: "tests/a.test.ts", text: `${mark("vi.", "mock")}();\n` },
    applies: (path) => inFolder(path, "tests"),
  },
  {
    name: "no path of one machine",
    pattern: new RegExp(`(?<![\\w.])/(?:${mark("wo", "rk")}|${mark("ro", "ot")}|home/\\w+)/`),
    instead: "$0: the tree stands anywhere",
    sample: { path: "README.md", text: `see ${mark("/wo", "rk/")}x\n` },
    applies: () => true,
    everywhere: true,
  },
];

function patternRule({ name, pattern, instead, sample, applies, everywhere = false }: Pattern): Rule {
  return {
    name,
    sample,
    check: ({ path, text }) =>
      applies(path) ? findPattern(path, everywhere ? text : bareCode(text), pattern, instead) : [],
  };
}

const titleRule: Rule = {
  name: "a document has one title, and begins with it",
  sample: { path: "gateway/README.md", text: "# One\n\n# Two\n" },
  check({ path, text }) {
    if (!path.endsWith(".md")) return [];
    const plain = text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ""));
    const titles = findPattern(path, plain, /^# /, "title");
    if (titles.length === 1 && text.startsWith("# ")) return [];
    return [{ path, line: titles[1]?.line ?? 1, words: `${titles.length} titles; one, on the first line` }];
  },
};

const fileNameRule: Rule = {
  name: "files are kebab-case and named after what they do",
  sample: { path: "gateway/string-utils.ts", text: "" },
  check({ path }) {
    const name = path.split("/").at(-1) ?? "";
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|d))?\.(ts|mjs)$/.test(name);
    const banned = /\b(utils?|helpers?|manager|misc|common)\b/.test(name);
    if (!isCode(path) || (kebab && !banned)) return [];
    return [{ path, line: 1, words: `${name}: kebab-case, after what it does` }];
  },
};

/** Rules that look at one file at a time. */
export const rules: readonly Rule[] = [
  layerRule,
  pureRule,
  packageRule,
  lengthRule,
  titleRule,
  fileNameRule,
  ...patterns.map(patternRule),
];

/** Folders at the root that have words of their own to explain. */
export function foldersWithoutReadme(files: readonly SourceFile[]): string[] {
  const folders = new Set(
    files.flatMap(({ path }) => (/^[a-z-]+\//.test(path) ? [path.slice(0, path.indexOf("/"))] : [])),
  );
  return [...folders].filter((folder) => !files.some(({ path }) => path === `${folder}/README.md`));
}

/** Files that tests keep and no test names, neither by name nor by folder. */
export function deadFixtures(files: readonly SourceFile[]): string[] {
  const tests = files.filter(({ path }) => inFolder(path, "tests"));
  const code = tests.filter(({ path }) => isCode(path)).map(({ text }) => text);
  const named = (word: string): boolean =>
    code.some((text) => new RegExp(`["'\`/]${word.replace(/[.]/g, "\\.")}["'\`/]`).test(text));
  return tests
    .map(({ path }) => path)
    .filter((path) => !isCode(path) && !/(README\.md|tsconfig\.json)$/.test(path))
    .filter((path) => {
      const [name = "", folder = ""] = path.split("/").toReversed();
      return !named(name) && !named(folder);
    });
}
