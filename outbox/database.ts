import { rm } from "node:fs/promises";
import sqlite3 from "sqlite3";
import { OutboxError } from "./outbox-error.ts";

/** Another process may hold the file for as long as a checkpoint of a full log takes on a slow card. */
const busyTimeoutMs = 5_000;
/** The write-ahead log is cut back to this after a checkpoint, so that one burst does not keep the space. */
const logBytesKeptMax = 64 * 1024 * 1024;

type SqlValue = string | number | null | Uint8Array;

export interface Statement {
  /** Runs the statement as a transaction of its own and says how many rows it changed. */
  run(parameters?: readonly SqlValue[]): Promise<number>;
  all<Row>(parameters?: readonly SqlValue[]): Promise<Row[]>;
}

/** SQLite with promises. One connection does one thing after the other, off the main thread. */
export interface Database {
  exec(sql: string): Promise<void>;
  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  prepare(sql: string): Promise<Statement>;
  /** Ends what is running with an error; it was not done. */
  interrupt(): void;
  close(): Promise<void>;
}

/**
 * Opens a file for the one writer: what a fulfilled write has done survives a power cut
 * (https://sqlite.org/pragma.html#pragma_synchronous: FULL syncs the log at each commit).
 */
export async function openDatabase(path: string): Promise<Database> {
  const database = await connect(path, sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE);
  return prepared(database, [
    `PRAGMA busy_timeout = ${busyTimeoutMs}`,
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    `PRAGMA journal_size_limit = ${logBytesKeptMax}`,
  ]);
}

/**
 * Keeps other writers away from a file for as long as this process lives; the kernel lets go of it with the
 * process. Two services on one file would give out the same numbers, and neither could commit again.
 */
export async function lockForWriting(path: string): Promise<Database> {
  return beginLock(path).catch(async (error: unknown) => {
    if (!(error instanceof OutboxError) || error.code !== "outbox-broken") throw error;
    // Nothing is ever kept in it, so what a bad card has put there can go.
    await rm(`${path}.lock`, { force: true });
    return beginLock(path);
  });
}

async function beginLock(path: string): Promise<Database> {
  const lock = await connect(`${path}.lock`, sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE, path);
  return prepared(lock, [`PRAGMA busy_timeout = ${busyTimeoutMs}`, "BEGIN EXCLUSIVE"]);
}

/** A second connection that sees what is committed and never waits for the writer. */
export async function openReader(path: string): Promise<Database> {
  const database = await connect(path, sqlite3.OPEN_READONLY);
  return prepared(database, [`PRAGMA busy_timeout = ${busyTimeoutMs}`]);
}

async function prepared(database: Database, pragmas: readonly string[]): Promise<Database> {
  try {
    await database.exec(pragmas.join(";"));
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** `spokenOf` is the path that errors name. */
async function connect(path: string, mode: number, spokenOf = path): Promise<Database> {
  let connection: sqlite3.Database | undefined;
  await settled<void>((done) => {
    connection = new sqlite3.Database(path, mode, done);
  }, spokenOf);
  if (connection === undefined) throw new Error("sqlite3 called back before it returned");
  return new Connection(connection, spokenOf);
}

class Connection implements Database {
  readonly #connection: sqlite3.Database;
  readonly #path: string;
  readonly #statements: sqlite3.Statement[] = [];

  constructor(connection: sqlite3.Database, path: string) {
    this.#connection = connection;
    this.#path = path;
  }

  exec(sql: string): Promise<void> {
    return settled((done) => this.#connection.exec(sql, done), this.#path);
  }

  all<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return settled((done) => this.#connection.all<Row>(sql, [...parameters], done), this.#path);
  }

  async prepare(sql: string): Promise<Statement> {
    let statement: sqlite3.Statement | undefined;
    await settled<void>((done) => {
      statement = this.#connection.prepare(sql, done);
    }, this.#path);
    if (statement === undefined) throw new Error("sqlite3 called back before it returned");
    this.#statements.push(statement);
    return new PreparedStatement(statement, this.#path);
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  async close(): Promise<void> {
    // SQLite refuses to close a connection that still has statements.
    for (const statement of this.#statements.splice(0)) {
      await new Promise<void>((resolve) => statement.finalize(() => resolve()));
    }
    await settled<void>((done) => this.#connection.close(done), this.#path);
  }
}

class PreparedStatement implements Statement {
  readonly #statement: sqlite3.Statement;
  readonly #path: string;

  constructor(statement: sqlite3.Statement, path: string) {
    this.#statement = statement;
    this.#path = path;
  }

  run(parameters: readonly SqlValue[] = []): Promise<number> {
    return new Promise((resolve, reject) => {
      const path = this.#path;
      this.#statement.run([...parameters], function (error) {
        if (error) reject(explained(error, path));
        else resolve(this.changes);
      });
    });
  }

  all<Row>(parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return settled((done) => this.#statement.all<Row>([...parameters], done), this.#path);
  }
}

type Done<Value> = (error: Error | null, value: Value) => void;

function settled<Value>(start: (done: Done<Value>) => void, path: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error) reject(explained(error, path));
      else resolve(value);
    });
  });
}

/** SQLite's result codes (https://sqlite.org/rescode.html) as our faults, with words that help. */
const explanations: readonly { readonly codes: readonly string[]; readonly words: string }[] = [
  {
    codes: ["SQLITE_CANTOPEN"],
    words: "cannot be opened: does its folder exist, may the service write there?",
  },
  { codes: ["SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"], words: "may not be written by this user" },
  { codes: ["SQLITE_FULL"], words: "cannot grow: the disk is full" },
  { codes: ["SQLITE_IOERR"], words: "could not be read or written by the disk" },
  { codes: ["SQLITE_BUSY", "SQLITE_LOCKED"], words: "is held by another process" },
  { codes: ["SQLITE_CORRUPT", "SQLITE_NOTADB"], words: "is damaged" },
];

function explained(error: Error, path: string): OutboxError {
  const code = codeOf(error);
  const words = explanations.find(({ codes }) => codes.includes(code))?.words ?? "refused a statement";
  const fault = isDamage(error) ? "outbox-broken" : "disk-failed";
  return new OutboxError(fault, `${path} ${words} (${error.message})`, error);
}

/** The disk has no room for what was to be written. */
export const isFull = (error: unknown): boolean =>
  error instanceof OutboxError && error.cause instanceof Error && codeOf(error.cause) === "SQLITE_FULL";

/** The disk gave an error instead of what lies on it. */
export const isUnreadable = (error: OutboxError): boolean =>
  error.cause instanceof Error && codeOf(error.cause) === "SQLITE_IOERR";

function isDamage(error: Error): boolean {
  return codeOf(error) === "SQLITE_CORRUPT" || codeOf(error) === "SQLITE_NOTADB";
}

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : "");
