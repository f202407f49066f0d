import { parseArgs } from "node:util";
import { systemClock } from "../../cli/system.ts";
import { needRealBroker } from "../real-broker.ts";
import { playRound, type RoundReport } from "./round.ts";

// `npm run test:durability [-- --rounds N --seed S --troubles N]`: real processes, killed and cut off at random.
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    troubles: { type: "string", default: "6" },
    "trouble-ms": { type: "string", default: "4000" },
  },
});
const rounds = Number(values.rounds);
const firstSeed = Number(values.seed);
needRealBroker();
const clock = systemClock();
const reports: RoundReport[] = [];
for (let seed = firstSeed; seed < firstSeed + rounds; seed += 1) {
  const startedMs = clock.monotonicMs();
  const report = await playRound(
    { seed, troubles: Number(values.troubles), troubleMs: Number(values["trouble-ms"]) },
    clock,
  );
  reports.push(report);
  const { caused, committed, stored, findings } = report;
  const seconds = ((clock.monotonicMs() - startedMs) / 1000).toFixed(1);
  console.error(
    `seed ${seed}: ${findings.length === 0 ? "kept" : "BROKEN"} in ${seconds} s, ${report.mqttVersion}, ${report.broker} broker; ` +
      `caused ${caused}, committed ${committed}, stored ${stored}; ${report.troubles.join(", ")}`,
  );
  for (const { kind, words } of findings.slice(0, 20)) console.error(`  ${kind}: ${words}`);
  if (report.evidence) console.error(report.evidence);
}
const total = (count: (report: RoundReport) => number): number =>
  reports.reduce((sum, report) => sum + count(report), 0);
const of = (kind: string): number =>
  total(({ findings }) => findings.filter((finding) => finding.kind === kind).length);
console.log(
  JSON.stringify({
    rounds: reports.length,
    seeds: [firstSeed, firstSeed + rounds - 1],
    troubles: total(({ troubles }) => troubles.length),
    caused: total(({ caused }) => caused),
    committed: total(({ committed }) => committed),
    stored: total(({ stored }) => stored),
    lost: of("lost"),
    unheard: of("unheard"),
    doubled: of("doubled"),
    gaps: of("gap"),
    invented: of("invented"),
    disorder: of("order"),
  }),
);
process.exitCode = reports.every(({ findings }) => findings.length === 0) ? 0 : 1;
