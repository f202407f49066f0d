import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../../cli/system.ts";
import { needRealBroker } from "../real-broker.ts";
import { needGuestImage } from "./guest-image.ts";
import { type Control, type CutReport, playPowerCuts, type RoundReport } from "./power-cut.ts";
import { playStoreCuts, type StoreGameReport } from "./store-game.ts";

// `npm run test:power-cut [-- --rounds N --copies N --seed S]`: cuts the power of an emulated machine at random.
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    copies: { type: "string", default: "7" },
    seed: { type: "string", default: "1" },
    "commits-max": { type: "string", default: "400" },
    "control-rounds": { type: "string", default: "2" },
    "store-rounds": { type: "string", default: "6" },
  },
});
const image = needGuestImage();
const clock = systemClock();
const seed = Number(values.seed);
const common = { image, clock, commitsMax: Number(values["commits-max"]) };

const games: { readonly name: "kept" | Control; readonly cuts: readonly CutReport[] }[] = [];
async function play(name: "kept" | Control, rounds: number, copies: number): Promise<void> {
  if (rounds === 0) return;
  const reports = await playPowerCuts({
    ...common,
    seed,
    rounds,
    copies,
    ...(name !== "kept" && { control: name }),
    onRound: (round) => tell(name, round),
  });
  games.push({ name, cuts: reports.flatMap(({ cuts }) => cuts) });
}

async function playStore(rounds: number): Promise<StoreGameReport> {
  needRealBroker();
  const report = await playStoreCuts({
    image,
    clock,
    seed,
    rounds,
    readingsMax: 200,
    onRound: (words) => console.error(words),
  });
  for (const { kind, words } of report.findings) console.error(`  ${kind}: ${words}`);
  return report;
}

function tell(name: string, { round, cuts, readMs, wholeMs }: RoundReport): void {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  console.error(`${name}, round ${round}: read after ${seconds(readMs)} s, whole boot ${seconds(wholeMs)} s`);
  for (const [index, { memory, unflushedWrites, acknowledged, found, findings, disk }] of cuts.entries()) {
    console.error(
      `  kept ${memory} of ${unflushedWrites} unflushed writes: acknowledged ${acknowledged}, found ${found}`,
    );
    for (const { kind, words } of findings) console.error(`    ${kind}: ${words}`);
    if (findings.length === 0 || name !== "kept") continue;
    const file = join(tmpdir(), `storewire-power-cut-${seed}-${round}-${index + 1}.ext4`);
    writeFileSync(file, disk.read(0, disk.size));
    console.error(`    the disk as the cut left it: ${file}`);
  }
}

await play("kept", Number(values.rounds), Number(values.copies));
for (const control of ["careless", "lying-disk"] as const)
  await play(control, Number(values["control-rounds"]), 3);
const storeRounds = Number(values["store-rounds"]);
const store = storeRounds === 0 ? undefined : await playStore(storeRounds);
const summaries = games.map(({ name, cuts }) => ({
  game: name,
  cuts: cuts.length,
  acknowledged: Math.max(0, ...cuts.map(({ acknowledged }) => acknowledged)),
  lossy: cuts.filter(({ findings }) => findings.length > 0).length,
}));
console.log(
  JSON.stringify({
    seed,
    kernel: image.kernelPackage,
    games: summaries,
    ...(store && { store: { ...store, findings: store.findings.length } }),
  }),
);
const promisesKept = games.every(({ name, cuts }) => {
  const lossy = cuts.some(({ findings }) => findings.length > 0);
  return name === "kept" ? !lossy : lossy;
});
process.exitCode = promisesKept && (store?.findings ?? []).length === 0 ? 0 : 1;
