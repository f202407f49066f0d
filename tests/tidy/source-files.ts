import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A file of the repository: its path from the root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Something untidy: where, and what to do instead. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly words: string;
}

const notOurs = new Set(["node_modules", "dist", "coverage", ".git", "data", "package-lock.json"]);
const texts = /\.(ts|mjs|json|md|yaml|sh|conf|acl|service|rules|hex|txt|errors)$|^\.ci\/run$/;

/** Every text file below `root` that is ours, in order. */
export function readSourceFiles(root = "."): SourceFile[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(root, folder)).flatMap((name) => {
      const path = join(folder, name);
      if (notOurs.has(name)) return [];
      return statSync(join(root, path)).isDirectory() ? walk(path) : [path];
    });
  return walk("")
    .filter((path) => texts.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** The code with comments, and the contents of strings, blanked; every line keeps its number. */
export function bareCode(text: string): string {
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
  return text.replace(token, (found) => {
    const lineFeeds = found.replace(/[^\n]/g, "");
    return found.startsWith("/") ? lineFeeds : `""${lineFeeds}`;
  });
}

/** One finding for every place where the pattern stands in the text. */
export function findPattern(path: string, text: string, pattern: RegExp, words: string): Finding[] {
  return text.split("\n").flatMap((line, index) => {
    const found = pattern.exec(line);
    return found ? [{ path, line: index + 1, words: words.replace("$0", found[0]) }] : [];
  });
}
