import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findChineseFont } from "../../../cli/paper/chinese-font.ts";
import { commandSheet } from "../../../cli/returns/command-sheet.ts";
import { sheetHtml } from "../../../cli/returns/sheet-html.ts";
import { commandCodes, commandText } from "../../../protocols/returns/command-codes.ts";
import { answerOf } from "../command-answer.ts";

const testMs = 60_000;
const folder = mkdtempSync(join(tmpdir(), "sheet-"));
afterAll(() => rmSync(folder, { recursive: true }));
const commands = Object.entries(commandCodes);

describe("the sheet of command barcodes", () => {
  it("has every command once, in its group, and the clerks that were asked for", () => {
    const { sheet, impossible } = commandSheet(["LI-WEI", "li wei"]);
    const texts = sheet.sections.flatMap(({ cells }) => cells.map(({ text }) => text));
    const expected = commands.map(([name]) => commandText(name as keyof typeof commandCodes));
    expect(texts.toSorted()).toEqual([...expected, "STOREWIRE:BADGE:LI-WEI"].toSorted());
    expect(impossible).toEqual(["li wei"]);
    expect(commandSheet([]).sheet.sections.map(({ wide }) => wide)).toEqual([false, false, false, false]);
  });

  it("shows as HTML each command in the languages that were asked for, with both barcodes", () => {
    const { sheet } = commandSheet([]);
    const [both, chinese, english] = (["both", "zh", "en"] as const).map((language) =>
      sheetHtml(sheet, language),
    );
    for (const [, { words, wordsChinese, code }] of commands) {
      expect(both).toContain(
        `<strong>${wordsChinese}</strong><small>${words}</small><small>STOREWIRE:${code}`,
      );
      expect(chinese).not.toContain(words);
      expect(english).not.toMatch(/\p{Script=Han}/u);
      expect(english).toContain(`<strong>${words}</strong>`);
    }
    expect(both?.match(/<svg class="qr"/g)).toHaveLength(commands.length);
    expect(both?.match(/<svg class="line"/g)).toHaveLength(commands.length);
  });

  it("lets no name break the page", () => {
    const { sheet } = commandSheet([]);
    const words = { chinese: "<b>&", english: '"' };
    expect(sheetHtml({ ...sheet, title: words }, "both")).toContain("<h1>&#60;b&#62;&#38; / &#34;</h1>");
  });
});

/** The words of a PDF, where the machine can read one. */
function pdfText(file: string): string | undefined {
  const { error, stdout } = spawnSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
  if (error !== undefined)
    console.warn("skipped: the words of a PDF (pdftotext of poppler-utils is missing)");
  return error === undefined ? stdout : undefined;
}

describe("storewire returns sheet", () => {
  it(
    "prints HTML without a file, and writes what the file's name says",
    async () => {
      const { exitCode, stdout, stderr } = await answerOf(["returns", "sheet", "--language", "zh"]);
      expect(stdout[0]).toBe("<!doctype html>");
      expect(stderr).toBe("");
      expect(exitCode).toBe(0);
      const html = join(folder, "sheet.html");
      await answerOf(["returns", "sheet", html, "--clerk", "A7", "B8"]);
      expect(readFileSync(html, "utf8")).toContain("STOREWIRE:BADGE:B8");
      const pdf = join(folder, "english.pdf");
      expect(await answerOf(["returns", "sheet", pdf, "--language", "en"])).toEqual({
        exitCode: 0,
        stdout: [],
        stderr: "",
      });
      expect(readFileSync(pdf, "latin1")).toMatch(/^%PDF-1/);
      const words = pdfText(pdf);
      for (const [, { words: each, code }] of words === undefined ? [] : commands) {
        expect(words).toContain(each);
        expect(words).toContain(`STOREWIRE:${code}`);
      }
    },
    testMs,
  );

  const font = findChineseFont(undefined);
  if (font === undefined) console.warn("skipped: a Chinese PDF (no font that has Chinese is installed)");
  it.skipIf(font === undefined)(
    "writes a PDF that carries the letters of its Chinese",
    async () => {
      const pdf = join(folder, "chinese.pdf");
      expect(await answerOf(["returns", "sheet", pdf])).toMatchObject({ exitCode: 0 });
      const words = pdfText(pdf);
      for (const [, { wordsChinese }] of words === undefined ? [] : commands)
        expect(words).toContain(wordsChinese);
    },
    testMs,
  );

  it(
    "says what is missing instead of printing boxes for Chinese",
    async () => {
      const pdf = join(folder, "none.pdf");
      const { exitCode, stderr } = await answerOf([
        "returns",
        "sheet",
        pdf,
        "--font",
        join(folder, "no.ttf"),
      ]);
      expect(exitCode).toBe(69);
      expect(stderr).toMatch(/no\.ttf is not on this machine.*fonts-wqy-microhei.*--language en/);
      expect(existsSync(pdf)).toBe(false);
      writeFileSync(join(folder, "broken.ttf"), "no font");
      const broken = await answerOf(["returns", "sheet", pdf, "--font", join(folder, "broken.ttf")]);
      expect(broken).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("storewire: ") });
    },
    testMs,
  );

  it.each([
    [["sheet.txt"], /sheet\.txt is neither \.html nor \.pdf/],
    [["--clerk", "li wei"], /no badge can hold "li wei": 1 to 20 of A-Z/],
  ])(
    "%j is answered on stderr, with 64",
    async (words, answer) => {
      const { exitCode, stderr } = await answerOf(["returns", "sheet", ...words]);
      expect(stderr).toMatch(answer);
      expect(exitCode).toBe(64);
    },
    testMs,
  );
});
