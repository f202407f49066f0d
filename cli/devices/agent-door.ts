import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { DoorLine, DoorQuestion } from "../../protocols/door.ts";
import { UnavailableError } from "../unavailable-error.ts";

/** A question that is being answered. */
export interface Asked {
  /** After the last line of the answer; the other side may have gone. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Asks the agent that runs on this box; undefined where none does. Throws where one does and lets nobody in. */
export async function askAgent(
  path: string,
  question: DoorQuestion,
  hear: (line: DoorLine) => void,
): Promise<Asked | undefined> {
  const socket = await knock(path);
  if (socket === undefined) return undefined;
  const lines = createInterface({ input: socket });
  // It comes from the agent of the same installation.
  lines.on("line", (line) => hear(JSON.parse(line) as DoorLine));
  const ended = new Promise<void>((resolve) => {
    lines.once("close", resolve);
  });
  socket.on("error", () => socket.destroy());
  socket.write(`${JSON.stringify(question)}\n`);
  return { ended, stop: () => socket.destroy() };
}

function knock(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const fail = (error: NodeJS.ErrnoException): void => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") return resolve(undefined);
      const cure = error.code === "EACCES" ? "; run it with sudo, or as a member of group storewire" : "";
      reject(new UnavailableError(`an agent runs, but ${path} says ${error.code ?? error.message}${cure}`));
    };
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail);
      resolve(socket);
    });
  });
}
