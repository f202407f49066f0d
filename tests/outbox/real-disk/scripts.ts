import { open as openFile } from "node:fs/promises";
import { openDatabase } from "../../../outbox/database.ts";
import { outrunNote } from "../../../outbox/outbox.ts";
import { copyAsPowerCut } from "../sqlite-bench.ts";
import { fillVersion1 } from "../version-1.ts";
import { type Game, Ledger } from "./game.ts";

/** A piece of an outbox's life that is played again and again, with another operation failing each time. */
export interface Script {
  readonly name: string;
  /** Makes what the piece begins with, on a disk that works; says what had been acknowledged by then. */
  prepare(path: string, play: (path: string, ledger: Ledger) => Game): Promise<Ledger>;
  play(game: Game): Promise<void>;
}

const large = { collection: "case", key: "large", value: JSON.stringify("y".repeat(6_000)) };

/** Everything that writes: numbering, documents, a group, settling, a loss, retention, forgotten state, the end. */
async function live(game: Game): Promise<void> {
  await game.commit(1, { more: [large] });
  await Promise.all([game.commit(2), game.commit(3), game.commit(4, { tel: 0 })]);
  await game.handOut();
  await game.settle(4);
  await game.commit(5, { tel: 5 });
  await game.forgetOld();
  await game.commit(6, { more: [{ ...large, value: undefined }] });
  await game.handOut();
}

const nothingYet = (): Promise<Ledger> => Promise.resolve(new Ledger());

/** Short enough that each of its operations is failed in each way wherever the tests run. */
const shortLife: Script = {
  name: "a short life",
  prepare: nothingYet,
  async play(game) {
    await game.open();
    await game.commit(1);
    await game.settle(1);
    await game.handOut();
    await game.commit(2, { evt: 1, tel: 0 });
    await game.close();
  },
};

const freshFile: Script = {
  name: "a new file, lived in and closed",
  prepare: nothingYet,
  async play(game) {
    await game.open();
    await live(game);
    await game.close();
  },
};

/** What a power cut left behind after all of `live`, with more in the log than in the file. */
async function afterPowerCut(
  path: string,
  play: (path: string, ledger: Ledger) => Game,
  last: (game: Game) => Promise<void> = () => Promise.resolve(),
): Promise<Ledger> {
  const ledger = new Ledger();
  const game = play(`${path}.before`, ledger);
  await game.open();
  await live(game);
  await last(game);
  await copyAsPowerCut(`${path}.before`, path);
  await game.close();
  return ledger;
}

const afterCut: Script = {
  name: "a start after a power cut",
  prepare: (path, play) => afterPowerCut(path, play),
  async play(game) {
    await game.open();
    await game.commit(7);
    await game.handOut();
    await game.close();
  },
};

const outrun: Script = {
  name: "a start that numbers anew",
  prepare: (path, play) =>
    afterPowerCut(path, play, (game) => game.outbox.commit({ documents: [outrunNote] })),
  play: (game) => afterCut.play(game),
};

const upgrade: Script = {
  name: "a start with a file of version 1",
  async prepare(path) {
    const database = await openDatabase(path);
    await fillVersion1(database);
    await database.close();
    return new Ledger();
  },
  async play(game) {
    await game.open();
    await game.commit(7);
    await game.close();
  },
};

/** The head of the file is overwritten: SQLite opens nothing of it any more, and every row is still there. */
const broken: Script = {
  name: "a start with a damaged file, saved and replaced",
  async prepare(path, play) {
    const ledger = new Ledger();
    const game = play(path, ledger);
    await game.open();
    await live(game);
    await game.close();
    const file = await openFile(path, "r+");
    await file.write(new Uint8Array(100).fill(0xa5), 0, 100, 0);
    await file.close();
    return ledger;
  },
  play: (game) => afterCut.play(game),
};

export const scripts: readonly Script[] = [shortLife, freshFile, afterCut, outrun, upgrade, broken];
