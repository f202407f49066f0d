import { chmodSync, existsSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import type { Logger } from "pino";
import type { Cancel } from "../../protocols/clock.ts";
import { doorQuestionSchema } from "../../protocols/door.ts";
import { answerDoor, type DoorHost } from "./answer.ts";

/** Technicians and their tools at one box; the next one has to wait for one of them to leave. */
export const visitorsMax = 8;
/** A print of 64 elements, with room; a question without end is none. */
export const questionBytesMax = 65_536;
/** Who comes to ask does so at once. */
export const questionMsMax = 5_000;
/** A visitor that does not read is sent away: a whole ring as a recording is 500 KB. */
export const unreadBytesMax = 4_194_304;

export interface Door {
  close(): Promise<void>;
}

export interface DoorOptions extends DoorHost {
  /** The socket's path; its folder says who may come near, the socket who may come in: its owner and group. */
  readonly path: string;
  readonly log: Logger;
}

/**
 * Opens the agent's door: a Unix socket for commands on the same box. Without a folder for it, or with another
 * agent behind it, there is none, and that is said; devices do not depend on it.
 */
export async function openDoor(options: DoorOptions): Promise<Door | undefined> {
  const { path, log } = options;
  if (!existsSync(dirname(path))) {
    log.info({ event: "door-closed", reason: `there is no folder ${dirname(path)}` });
    return undefined;
  }
  try {
    if (await somebodyAnswers(path)) throw new Error(`another agent answers at ${path}`);
    // Left by a process that was killed.
    rmSync(path, { force: true });
    return await listen(options);
  } catch (error) {
    log.warn({ event: "door-closed", reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

function somebodyAnswers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const knock = connect(path);
    const answer = (answered: boolean) => () => {
      knock.destroy();
      resolve(answered);
    };
    knock.once("connect", answer(true));
    knock.once("error", answer(false));
  });
}

async function listen(options: DoorOptions): Promise<Door> {
  const { path, log } = options;
  const visitors = new Set<Socket>();
  const server = createServer((socket) => {
    // Without a listener a visitor who leaves in the midst of a word would end the process.
    socket.on("error", () => socket.destroy());
    if (visitors.size >= visitorsMax) {
      const refusal = JSON.stringify({ refused: `${visitorsMax} are here already` });
      socket.end(`${refusal}\n`, () => socket.destroy());
      return;
    }
    visitors.add(socket);
    socket.once("close", () => visitors.delete(socket));
    receive(socket, options);
  });
  await bind(server, path);
  chmodSync(path, 0o660);
  server.on("error", (error) => log.warn({ event: "door-closed", reason: error.message }));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const visitor of visitors) visitor.destroy();
      }),
  };
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** One visitor: one question, one answer, and out. */
function receive(socket: Socket, host: DoorHost): void {
  let asked = "";
  let stop: Cancel = host.clock.after(questionMsMax, () => socket.destroy());
  socket.setEncoding("utf8");
  socket.once("close", () => stop());
  const hear = (text: string): void => {
    asked += text;
    const end = asked.indexOf("\n");
    if (end < 0) {
      if (asked.length > questionBytesMax) socket.destroy();
      return;
    }
    socket.off("data", hear);
    // Whatever else is said is read and forgotten, so that its end is noticed.
    socket.resume();
    stop();
    stop = answer(socket, host, asked.slice(0, end));
  };
  socket.on("data", hear);
}

function answer(socket: Socket, host: DoorHost, line: string): Cancel {
  const say = (words: object): void => {
    if (socket.destroyed) return;
    if (socket.writableLength > unreadBytesMax) socket.destroy();
    else socket.write(`${JSON.stringify(words)}\n`);
  };
  const question = doorQuestionSchema.safeParse(parsed(line));
  if (question.success) return answerDoor(host, question.data, { say, ended: () => leave(socket) });
  say({ refused: `not a question: ${question.error.issues[0]?.message}` });
  leave(socket);
  return () => undefined;
}

/** The visitor gets the last words, and need not say that it has them. */
function leave(socket: Socket): void {
  socket.end(() => socket.destroy());
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
