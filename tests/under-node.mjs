// Runs the suite under another Node: `npm run test:node -- 24 [what vitest takes]`.
// The binary comes from npm (the platform package behind npm's package `node`) and stays in
// node_modules/.cache until the next `npm ci`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const usage =
  "usage: npm run test:node -- VERSION [vitest options], VERSION being 20, 22, 24 or one like 22.12.0";
/** EX_USAGE and EX_UNAVAILABLE of sysexits.h. */
const exitUsage = 64;
const exitUnavailable = 69;
const oldestMajor = 20;

/** Ends with words on stderr. */
function giveUp(code, words) {
  console.error(words);
  process.exit(code);
}

function nodeBinary(version) {
  const folder = join(root, "node_modules", ".cache", "node", version);
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const binary = join(folder, "node_modules", name, "bin", "node");
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  // A project of its own: otherwise npm would install beside Storewire's packages.
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const words = ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${version}`];
  const installed = spawnSync("npm", words, { cwd: folder, encoding: "utf8" });
  if (installed.status !== 0 || !existsSync(binary)) {
    giveUp(exitUnavailable, `npm has no ${name}@${version} here:\n${installed.stderr ?? installed.error}`);
  }
  return binary;
}

const [version = "", ...vitestOptions] = process.argv.slice(2);
if (!/^\d{1,3}(\.\d+){0,2}$/.test(version)) giveUp(exitUsage, `"${version}" is no version of Node\n${usage}`);
if (Number.parseInt(version, 10) < oldestMajor) {
  giveUp(exitUsage, `Storewire runs on Node ${oldestMajor}.19 and later, not on ${version}\n${usage}`);
}

const binary = nodeBinary(version);
const told = spawnSync(binary, ["--version"], { encoding: "utf8" });
if (told.status !== 0) giveUp(exitUnavailable, `${binary} does not run here: ${told.stderr ?? told.error}`);
console.error(`running the suite under Node ${told.stdout.trim()}`);
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const run = spawnSync(binary, [vitest, "run", ...vitestOptions], {
  cwd: root,
  stdio: "inherit",
  // Programs that a test starts as `node` run under the same one.
  env: { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH ?? ""}` },
});
process.exit(run.status ?? 1);
