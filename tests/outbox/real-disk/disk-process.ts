import type { FaultKind } from "./faults.ts";
import { scripts } from "./scripts.ts";
import { runTrial, setStage, temporaryParent } from "./trial.ts";

/**
 * Runs under the library: for each script and each kind that is named fails every operation after the other, and
 * prints one line of JSON for each trial. Parameters: kinds joined by commas, then the step from one operation to
 * the next in all scripts but the first, which is short.
 */
const [kindNames = "", every = "1"] = process.argv.slice(2);
const parent = await temporaryParent();
for (const script of scripts) {
  const stage = await setStage(script, parent.path);
  const { operations } = await runTrial({ script, kind: "count", at: 0 }, stage, parent.path);
  const step = script === scripts[0] ? 1 : Number(every);
  for (const [index, kind] of (kindNames.split(",") as FaultKind[]).entries()) {
    for (let at = 1 + (index % step); at <= operations.length; at += step) {
      const verdict = await runTrial({ script, kind, at }, stage, parent.path);
      const { operation, problems, faultCodes } = verdict;
      const line = { script: script.name, kind, at, of: operations.length, operation, problems, faultCodes };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
}
await parent.remove();
