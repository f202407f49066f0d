import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Chance } from "./chance.ts";
import type { Script } from "./mqtt-grammar.ts";

/** A port and what is said to it: another protocol is another one of these. */
export interface FuzzTarget {
  readonly port: number;
  readonly draw: (chance: Chance) => Script;
}

/** Connections at once; hosts, so that no host is turned away for coming too often. */
const connectionsPerRound = 24;
const hosts = 250;
/** Afterwards a connection that has to stay is closed. */
const staysMs = 50;

/** One round: everything that is said in it follows from these two numbers, though not how it is interleaved. */
export async function fuzzRound(target: FuzzTarget, seed: number, round: number): Promise<void> {
  const connections = Array.from({ length: connectionsPerRound }, async (_, index) => {
    const chance = new Chance(seed * 1_000_003 + round * 1_009 + index);
    await play(target.port, target.draw(chance), chance);
  });
  await Promise.all(connections);
}

async function play(port: number, { pieces, ending }: Script, chance: Chance): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: `127.0.1.${1 + chance.below(hosts)}` });
  socket.on("error", () => {});
  if (chance.oneIn(3)) socket.pause();
  else socket.on("data", () => {});
  for (const piece of pieces) {
    if (socket.destroyed) break;
    await written(socket, piece);
  }
  if (ending === "end") socket.end();
  await wait(ending === "reset" ? 0 : staysMs);
  if (ending === "reset") socket.resetAndDestroy();
  else socket.destroy();
}

/** Whoever does not take it within a moment gets no more. */
async function written(socket: Socket, piece: Buffer): Promise<void> {
  const taken = new Promise<void>((resolve) => socket.write(piece, () => resolve()));
  await Promise.race([taken, wait(staysMs)]);
}
