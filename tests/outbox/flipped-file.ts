import { open } from "node:fs/promises";
import { join } from "node:path";
import { type GroupedOutbox } from "../../outbox/grouped-outbox.ts";
import { OutboxError } from "../../outbox/outbox-error.ts";
import { type Salvage } from "../../outbox/salvage-report.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import type { StartReport } from "../../outbox/start-check.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

/** As an uplink reads: what one read does not give, the next one has to. */
const batch = { rowsMax: 200, bytesMax: 1_000_000 };

/** Everything that an outbox keeps, by name; an entry without its place, which changes with the epoch. */
export interface Content {
  readonly entries: ReadonlyMap<string, string>;
  readonly documents: ReadonlyMap<string, string>;
  readonly marks: ReadonlyMap<string, number>;
}

const collections = ["case", "queue", "over"] as const;
const settledEntries = 140;
const keptDocuments = 300;

export const start = (path: string): ReturnType<typeof openSqliteOutbox> =>
  openSqliteOutbox({
    path,
    clock: new ManualClock(),
    random: seededRandom(5),
    limits: { tailBytesMax: 0, keepConfirmedBytes: 0 },
  });

const textOf = (number: number): string =>
  `entry ${number} ${"退 ab".repeat(number % 50 === 7 ? 2_000 : 40 + (number % 60))}`;

/** Enough of them that whole pages are given up with them. */
const overDocuments = Array.from({ length: 200 }, (_, index) => ({
  collection: "over",
  key: `key ${index}`,
  value: JSON.stringify(`over ${index} ${"z".repeat(60)}`),
}));

/** Some of every kind of page: interior and leaf ones of each table, long texts, and free ones. */
export async function fill(outbox: GroupedOutbox): Promise<void> {
  for (let first = 1; first <= 400; first += 100) {
    await outbox.commit({
      entries: Array.from({ length: 100 }, (_, index) => ({
        stream: (first + index) % 10 === 0 ? "tel" : "evt",
        category: "return",
        body: () => textOf(first + index),
      })),
      documents: Array.from({ length: 100 }, (_, index) => ({
        collection: index % 3 === 0 ? "queue" : "case",
        key: `key ${first + index}`,
        value: JSON.stringify(`value ${first + index} ${"y".repeat((first + index) % 90)}`),
      })),
      marks: Array.from({ length: 100 }, (_, index) => ({
        source: "agent1",
        epoch: `epoch ${first + index}`,
        sequence: first + index,
      })),
    });
  }
  await outbox.commit({ documents: overDocuments });
}

/** After another start, so that pages which are given up keep in the file what is true no more. */
export async function change(outbox: GroupedOutbox): Promise<void> {
  await outbox.commit({
    documents: [
      ...Array.from({ length: keptDocuments }, (_, index) => ({
        collection: index % 3 === 0 ? "queue" : "case",
        key: `key ${index + 1}`,
        value: JSON.stringify(`newer ${index + 1}`),
      })),
      ...overDocuments.map((document) => ({ ...document, value: undefined })),
    ],
  });
  await outbox.settle("evt", settledEntries);
  await outbox.forgetOld();
}

export async function contentOf(outbox: GroupedOutbox): Promise<Content> {
  const entries = new Map<string, string>();
  for (const stream of ["evt", "tel"]) {
    const { settled, last } = outbox.position(stream);
    for (let after = settled; after < last; ) {
      for (const { sequence, body } of await outbox.nextBatch(stream, after, batch)) {
        entries.set(`${stream} ${body.split(" ", 2)[1]}`, body);
        after = sequence;
      }
    }
  }
  const documents = new Map<string, string>();
  for (const collection of collections)
    for (const [key, value] of await outbox.documents(collection))
      documents.set(`${collection}/${key}`, value);
  const marks = new Map(
    (await outbox.marks()).map(({ source, epoch, sequence }) => [`${source}/${epoch}`, sequence]),
  );
  return { entries, documents, marks };
}

export async function flipBit(path: string, byte: number, bit: number): Promise<void> {
  const file = await open(path, "r+");
  const one = new Uint8Array(1);
  await file.read(one, 0, 1, byte);
  one[0] = (one[0] ?? 0) ^ (1 << bit);
  await file.write(one, 0, 1, byte);
  await file.close();
}

export interface Outcome {
  readonly content: Content;
  readonly report: StartReport;
  /** A first start had to end, because the damage was met while running. */
  readonly restarted: boolean;
}

/** A service's life on a file: it reads everything; where that shows damage, it starts anew, as systemd has it do. */
export async function live(path: string): Promise<Outcome> {
  for (let starts = 1; ; starts += 1) {
    const { outbox, report } = await start(path);
    try {
      const content = await contentOf(outbox);
      return { content, report, restarted: starts > 1 };
    } catch (error) {
      if (!(error instanceof OutboxError) || error.code !== "outbox-broken" || starts > 2) throw error;
    } finally {
      await outbox.close();
    }
  }
}

/** Everything about an outcome that breaks a promise: wrong content, and loss that nobody was told of. */
export function problemsOf(truth: Content, { content, report }: Outcome): readonly string[] {
  const salvage = report.salvages?.[0];
  return [
    ...wrong("entry", truth.entries, content.entries),
    ...wrong("document", truth.documents, content.documents),
    ...wrong("mark", truth.marks, content.marks),
    ...untold(truth, content, salvage),
  ];
}

function wrong<Value>(
  what: string,
  truth: ReadonlyMap<string, Value>,
  found: ReadonlyMap<string, Value>,
): readonly string[] {
  return [...found]
    .filter(([name, value]) => truth.get(name) !== value)
    .map(([name]) => `${what} ${name} is wrong`);
}

function untold(truth: Content, content: Content, salvage: Salvage | undefined): readonly string[] {
  // A name may be what was flipped, so names are counted. The newest entries of a stream leave no hole, and a page
  // that is not whole says only that it is not.
  const state = missing(truth.documents, content.documents) + missing(truth.marks, content.marks);
  const entries = missing(truth.entries, content.entries);
  const { streams, lostDocuments, lostMarks, damagedPages, stateInDoubt } = salvage ?? nothingSaid;
  const told = streams.flatMap(({ lost }) => lost).reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const named = lostDocuments.length + lostMarks.length;
  const problems: string[] = [];
  if (entries < told || (entries > told && damagedPages === 0))
    problems.push(`${entries} entries are gone, ${told} were told`);
  if (state > named && !stateInDoubt) problems.push(`${state} of the state is gone, ${named} was named`);
  return problems;
}

const nothingSaid = { streams: [], lostDocuments: [], lostMarks: [], damagedPages: 0, stateInDoubt: false };

const missing = (all: ReadonlyMap<string, unknown>, found: ReadonlyMap<string, unknown>): number =>
  [...all.keys()].filter((name) => !found.has(name)).length;

/** How much of everything is gone. */
export const missingIn = (truth: Content, content: Content): number =>
  missing(truth.entries, content.entries) +
  missing(truth.documents, content.documents) +
  missing(truth.marks, content.marks);

export const pathIn = (folder: string): string => join(folder, "outbox.db");
