import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { FaultKind } from "./faults.ts";
import { diskProgram, type Killing, killAt } from "./killing.ts";
import { scripts } from "./scripts.ts";
import { type Stage, setStage } from "./trial.ts";

/** One line of disk-process.ts. */
export interface Line {
  readonly script: string;
  readonly kind: string;
  readonly at: number;
  readonly of: number;
  readonly operation: string;
  readonly problems: readonly string[];
  readonly faultCodes: readonly string[];
}

/** Fails operations within one process: what a failing disk does, and what is left when it does nothing any more. */
export async function failOperations(
  library: string,
  kinds: readonly FaultKind[],
  step: number,
): Promise<readonly Line[]> {
  const child = spawn(process.execPath, [diskProgram, kinds.join(","), String(step)], {
    env: { ...process.env, LD_PRELOAD: library },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const lines: Line[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line) as Line);
  const code = await ended;
  if (code !== 0) throw new Error(`the process that lives through every fault ended with ${code}`);
  return lines;
}

export interface KillLine extends Killing {
  readonly of: number;
  readonly problems: readonly string[];
}

/** Ends a process at every `step`th operation of each script that is named by its number. */
export async function killProcesses(
  { parent, library }: { readonly parent: string; readonly library: string },
  chosen: readonly number[],
  step: number,
): Promise<readonly KillLine[]> {
  const lines: KillLine[] = [];
  for (const script of chosen) {
    const stage = await stageOf(script, parent);
    const { operations: of, problems } = await killAt({ script, kind: "count", at: 0 }, stage, {
      parent,
      library,
    });
    lines.push({ script, kind: "count", at: 0, of, problems });
    const killings = Array.from({ length: Math.ceil(of / step) }, (_, index): Killing[] => [
      { script, kind: "kill", at: 1 + index * step },
      { script, kind: "rend", at: 1 + index * step },
    ]).flat();
    // Two at a time: each waits mostly for its process to begin.
    for (let start = 0; start < killings.length; start += 2) {
      const pair = killings.slice(start, start + 2);
      const killed = await Promise.all(pair.map((killing) => killAt(killing, stage, { parent, library })));
      pair.forEach((killing, index) =>
        lines.push({ ...killing, of, problems: killed[index]?.problems ?? [] }),
      );
    }
  }
  return lines;
}

function stageOf(index: number, parent: string): Promise<Stage> {
  const script = scripts[index];
  if (script === undefined) throw new Error(`there is no script ${index}`);
  return setStage(script, parent);
}
