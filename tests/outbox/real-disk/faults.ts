import { execFileSync } from "node:child_process";
import { unlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** As faults.c has them. */
export type FaultKind = "count" | "error" | "full" | "dead" | "torn" | "kill" | "rend";

const compilers = ["cc", "gcc", "g++", "clang"];

/** Compiles the library into a folder; undefined where no compiler is, or no Linux. */
export function compileFaults(folder: string): string | undefined {
  const library = join(folder, "faults.so");
  // Compiled code lies below dist/, the C source does not.
  const here = fileURLToPath(new URL(".", import.meta.url)).replace("/dist/tests/", "/tests/");
  for (const compiler of process.platform === "linux" ? compilers : []) {
    try {
      const source = join(here, "faults.c");
      const language = ["-x", "c", source, "-x", "none"];
      execFileSync(compiler, ["-O1", "-shared", "-fPIC", "-o", library, ...language, "-ldl", "-lpthread"], {
        stdio: "ignore",
      });
      return library;
    } catch {
      // Not this one; perhaps the next.
    }
  }
  return undefined;
}

/** Tells the library, in a process that runs under it; operations below the folder are counted from 1. */
export function orderFault(kind: FaultKind, at: number, folder: string): void {
  unlinkSync(`fault:${kind}:${at}:${folder}`);
}

export async function operationsSince(reportFile: string): Promise<readonly string[]> {
  unlinkSync(`fault:report:0:${reportFile}`);
  return (await readFile(reportFile, "utf8"))
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "");
}
