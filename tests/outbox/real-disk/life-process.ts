import { renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type FaultKind, operationsSince, orderFault } from "./faults.ts";
import { Game, ledgerFrom, ledgerText } from "./game.ts";
import { scripts } from "./scripts.ts";
import { seeds } from "./trial.ts";

/**
 * Runs under the library: plays one script on one file until the library ends the process. The ledger is written
 * into a file after each line, because the process has no last word.
 */
const [scriptIndex = "0", kind = "kill", at = "0", path = "", ledgerFile = ""] = process.argv.slice(2);
const script = scripts[Number(scriptIndex)];
if (script === undefined) throw new Error(`there is no script ${scriptIndex}`);
const ledger = ledgerFrom(process.env["LEDGER"] ?? "");
const game = new Game(
  path,
  ledger,
  {
    heal: undefined,
    remember(known) {
      writeFileSync(`${ledgerFile}.new`, ledgerText(known));
      renameSync(`${ledgerFile}.new`, ledgerFile);
    },
  },
  seeds.played,
);
orderFault(kind as FaultKind, Number(at), dirname(path));
await script.play(game);
process.stdout.write(String((await operationsSince(`${ledgerFile}.operations`)).length));
