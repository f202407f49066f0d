import { failOperations, killProcesses } from "./campaign.ts";
import { compileFaults } from "./faults.ts";
import { scriptNames } from "./killing.ts";
import { temporaryParent } from "./trial.ts";

/** `npm run test:disk`: every operation of every script, in every way; some minutes. */
const parent = await temporaryParent();
const library = compileFaults(parent.path);
if (library === undefined) throw new Error("a C compiler on Linux is needed");
const say = (words: string): unknown => process.stdout.write(`${words}\n`);

const failed = await failOperations(library, ["error", "full", "dead", "torn"], 1);
const killed = await killProcesses({ parent: parent.path, library }, [...scriptNames.keys()], 1);
const trials = [
  ...failed,
  ...killed.map((line) => ({ ...line, script: scriptNames[line.script] ?? "", operation: "" })),
];
const nameOf = ({ script, kind, of }: (typeof trials)[number]): string =>
  `${script}, ${kind}: ${of} operations`;
for (const name of new Set(trials.map(nameOf))) {
  const lines = trials.filter((line) => nameOf(line) === name);
  const bad = lines.filter(({ problems }) => problems.length > 0);
  say(`${name}, ${lines.length} trials, ${bad.length} broken promises`);
  for (const { at, operation, problems } of bad) say(`  ${at} ${operation}: ${problems.join("; ")}`);
}
await parent.remove();
process.exitCode = trials.some(({ problems }) => problems.length > 0) ? 1 : 0;
