import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ledgerFrom, ledgerText } from "./game.ts";
import { judge } from "./oracle.ts";
import { scripts } from "./scripts.ts";
import { copyFolder, type Stage } from "./trial.ts";

/** A forked Node 20 reads no TypeScript; `npm test` compiles first. */
const compiled = (name: string): string => {
  const here = import.meta.url.includes("/dist/tests/") ? "./" : "../../../dist/tests/outbox/real-disk/";
  return fileURLToPath(new URL(`${here}${name}.js`, import.meta.url));
};

export const diskProgram = compiled("disk-process");

export interface Killing {
  readonly script: number;
  /** Before the operation, or in the middle of a write. */
  readonly kind: "count" | "kill" | "rend";
  readonly at: number;
}

export interface Killed {
  readonly killed: boolean;
  readonly problems: readonly string[];
  /** Of the whole script, known when it was not killed. */
  readonly operations: number;
}

/** Plays a script in a process of its own that ends at one operation, and looks at what is left. */
export async function killAt(
  { script, kind, at }: Killing,
  stage: Stage,
  { parent, library }: { readonly parent: string; readonly library: string },
): Promise<Killed> {
  const folder = await mkdtemp(join(parent, "kill-"));
  const ledgerFile = join(parent, `${folder.slice(-6)}.ledger`);
  await copyFolder(stage.folder, folder);
  const before = ledgerText(stage.ledger);
  await writeFile(ledgerFile, before);
  const path = join(folder, "outbox.db");
  const parameters = [compiled("life-process"), String(script), kind, String(at), path, ledgerFile];
  const environment = { ...process.env, LD_PRELOAD: library, LEDGER: before };
  const { signal, output } = await run(parameters, environment);
  const ledger = ledgerFrom(await readFile(ledgerFile, "utf8"));
  const problems =
    signal === "SIGKILL" || kind === "count" ? await judge(path, ledger) : [`ended by ${signal}: ${output}`];
  await rm(folder, { recursive: true });
  return { killed: signal === "SIGKILL", problems, operations: Number(output) };
}

function run(
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly signal: string; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, { env: environment }, (error, stdout, stderr) => {
      const output = error === null ? stdout : `${stdout}${stderr}`;
      resolve({ signal: error?.signal ?? `exit ${error?.code ?? 0}`, output });
    });
  });
}

export const scriptNames = scripts.map(({ name }) => name);
