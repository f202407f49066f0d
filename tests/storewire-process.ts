import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { nodeFlags } from "../cli/node-flags.ts";

/** `npm test` compiles before it tests; a bare vitest run of old code must not pass for a test of the new. */
const compiledTests = import.meta.url.includes("/dist/tests/");
const dist = new URL(compiledTests ? "../" : "../dist/", import.meta.url);
const storewire = "cli/main.js";

/** Words of the log that are kept for a failure's report. */
const keptLines = 400;

export interface ProcessOptions {
  /** Told of each line of stdout. */
  readonly onLine?: (line: string) => void;
  /** A compiled program below dist/; the command itself when absent. */
  readonly program?: string;
  /** For Node itself, beside the flags that every service has. */
  readonly nodeFlags?: readonly string[];
  /** Over what this process has. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A `storewire` command as a real process: its lines as they come, killed as a power cut would. */
export class StorewireProcess {
  readonly #child: ChildProcess;
  readonly #said: string[] = [];
  /** Gone, and all that it wrote has been read. */
  readonly #ended: Promise<unknown>;
  /** Kept unless somebody listens to each line. */
  readonly stdoutLines: string[] = [];

  constructor(parameters: readonly string[], options: ProcessOptions = {}) {
    const { onLine, program = storewire, environment } = options;
    const file = fileURLToPath(new URL(program, dist));
    if (!existsSync(file)) throw new Error(`${file} is missing: run npm run build first`);
    const flags = [...nodeFlags, ...(options.nodeFlags ?? [])];
    this.#child = spawn(process.execPath, [...flags, file, ...parameters], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    this.#ended = once(this.#child, "close");
    const { stdin, stdout, stderr } = this.#child;
    if (!stdin || !stdout || !stderr) throw new Error("a piped child has all three streams");
    // A killed process takes nothing more.
    stdin.on("error", () => {});
    createInterface({ input: stdout }).on("line", (line) => {
      if (onLine === undefined) this.stdoutLines.push(line);
      else onLine(line);
    });
    createInterface({ input: stderr }).on("line", (line) => {
      this.#said.push(line);
      if (this.#said.length > keptLines) this.#said.shift();
    });
  }

  get processId(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error("the process did not start");
    return pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Nothing more will be told. */
  tellEnd(): void {
    this.#child.stdin?.end();
  }

  /** Reads nothing more, as `| head` does once it has its lines. */
  leave(): void {
    this.#child.stdout?.destroy();
  }

  /** What it wrote to stderr lately. */
  said(): string {
    return this.#said.join("\n");
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
    if (this.running) this.#child.kill(signal);
    return this.exit();
  }

  async exit(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }
}
