import { describe, expect, it } from "vitest";
import { faults } from "../protocols/faults.ts";
import { deadFixtures, foldersWithoutReadme, rules } from "./tidy/rules.ts";
import { bareCode, readSourceFiles } from "./tidy/source-files.ts";

/** Old debt: rule, file, how often. A number here may fall, never rise. */
const debt: Readonly<Record<string, Readonly<Record<string, number>>>> = {};

const files = readSourceFiles();

describe("tidy", () => {
  it("has something to check", () => {
    const paths = files.map(({ path }) => path);
    expect(paths.filter((path) => path.endsWith(".ts")).length).toBeGreaterThan(100);
    expect(paths).toContain("protocols/topics.ts");
    expect(paths).toContain("README.md");
    expect(paths.filter((path) => path.includes("node_modules") || path.startsWith("dist"))).toEqual([]);
  });

  it.each(rules)("$name", ({ name, check }) => {
    const findings = files.flatMap((file) => {
      const found = check(file);
      const allowed = debt[name]?.[file.path] ?? 0;
      if (found.length < allowed) {
        const words = `the debt of rule "${name}" is down to ${found.length}: lower it in tidy.test.ts`;
        return [{ path: file.path, line: 0, words }];
      }
      return found.length > allowed ? found : [];
    });
    expect(findings.map(({ path, line, words }) => `${path}:${line} ${words}`)).toEqual([]);
  });

  it("has a README in every folder", () => {
    expect(foldersWithoutReadme(files)).toEqual([]);
  });

  it("keeps no fixture that no test names", () => {
    expect(deadFixtures(files)).toEqual([]);
  });

  it("tells of every fault what it is, in both languages, and how to cure it", () => {
    const incomplete = Object.entries(faults).filter(
      ([, { words, wordsChinese, cure, cureChinese }]) =>
        !/^[a-z]|^GPIO/.test(words) ||
        !/\p{Script=Han}/u.test(wordsChinese) ||
        !/^[A-Z].*\.$/.test(cure) ||
        !/\p{Script=Han}.*。$/u.test(cureChinese),
    );
    expect(incomplete.map(([code]) => code)).toEqual([]);
  });

  it("knows no fault that nothing can report", () => {
    const code = files
      .filter(({ path }) => /^(?!tests\/|protocols\/faults)\S+\.ts$/.test(path))
      .map(({ text }) => text);
    const unused = Object.keys(faults).filter((fault) => !code.some((text) => text.includes(`"${fault}"`)));
    expect(unused).toEqual([]);
  });
});

describe("tidy can fail", () => {
  it.each(rules)("$name", ({ sample, check }) => {
    expect(check(sample)).toHaveLength(1);
  });

  it("reads code and not comments or strings where that matters", () => {
    expect(bareCode('a("x // y"); // z\n/* one\ntwo */ b(`m\nn`);')).toBe('a(""); \n\n b(""\n);');
  });

  it("misses a README and a fixture's test", () => {
    const sample = [
      { path: "gateway/a.ts", text: "" },
      { path: "tests/a.test.ts", text: 'read("tests/kept/b.hex")' },
      { path: "tests/kept/b.hex", text: "" },
      { path: "tests/dead/c.hex", text: "" },
    ];
    expect(foldersWithoutReadme(sample)).toEqual(["gateway", "tests"]);
    expect(deadFixtures(sample)).toEqual(["tests/dead/c.hex"]);
  });
});
