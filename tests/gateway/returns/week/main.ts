import { parseArgs } from "node:util";
import { systemClock } from "../../../../cli/system.ts";
import { playKilledWeek } from "./killed-week.ts";

// `npm run test:returns-week [-- --items N --kills N --seed S]`: a store and a depot as real processes, killed at random.
const { values } = parseArgs({
  options: {
    items: { type: "string", default: "2000" },
    kills: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
  },
});
const [items, kills, seed] = [values.items, values.kills, values.seed].map(Number) as [
  number,
  number,
  number,
];
console.error(`seed ${seed}: ${items} items, ${kills} kills`);
const { findings, week, directory, ...figures } = await playKilledWeek({ items, kills, seed }, systemClock());
for (const words of findings.slice(0, 50)) console.error(`  ${words}`);
if (findings.length > 0) console.error(`the files are kept in ${directory}`);
const alerts = week.expected.flatMap((each) => each.alerts).length;
console.log(JSON.stringify({ seed, items, alerts, ...figures, findings: findings.length }));
process.exitCode = findings.length === 0 ? 0 : 1;
