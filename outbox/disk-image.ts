import { type DocumentWrite, type Mark, type MarkName, outrunNote } from "./outbox.ts";
import { secondReaderCollection, secondReaderThrough } from "./second-reader.ts";
import type { EntryRow, GroupWrite, StoredStream } from "./storage.ts";

interface StreamImage {
  readonly name: string;
  /** In order and without holes; `oldest` is the first one's sequence. */
  rows: EntryRow[];
  oldest: number;
  settled: number;
  settledTotal: number;
}

/** What a simulated file holds. */
export interface DiskImage {
  readonly epoch: string;
  readonly streams: Map<number, StreamImage>;
  readonly marks: Map<string, Mark>;
  readonly documents: Map<string, Map<string, string>>;
}

export const emptyImage = (epoch: string): DiskImage => ({
  epoch,
  streams: new Map(),
  marks: new Map(),
  documents: new Map(),
});

export function copyOf({ epoch, streams, marks, documents }: DiskImage): DiskImage {
  return {
    epoch,
    streams: new Map([...streams].map(([number, stream]) => [number, { ...stream, rows: [...stream.rows] }])),
    marks: new Map(marks),
    documents: new Map([...documents].map(([name, each]) => [name, new Map(each)])),
  };
}

export const rowOf = (stream: StreamImage | undefined, sequence: number): EntryRow | undefined =>
  stream?.rows[sequence - stream.oldest];

export function storedStream(
  number: number,
  { name, rows, oldest, settled, settledTotal }: StreamImage,
): StoredStream {
  const last = rows.at(-1);
  const counters = { last: last?.sequence ?? 0, lastTotal: last?.total ?? 0 };
  return { name, number, settled, settledTotal, oldest, ...counters };
}

export function applyTo({ streams, marks, documents }: DiskImage, group: GroupWrite): void {
  for (const { number, name } of group.streams)
    streams.set(number, { name, rows: [], oldest: 1, settled: 0, settledTotal: 0 });
  for (const row of group.entries) streams.get(row.stream)?.rows.push(row);
  for (const mark of group.marks) raise(marks, mark);
  for (const name of group.forgotten) marks.delete(markKey(name));
  for (const write of group.documents) writeDocument(documents, write);
  for (const { stream, through } of group.settles) settle(streams.get(stream), through);
  for (const { stream, through } of group.removals) remove(streams.get(stream), through);
}

const markKey = ({ source, epoch }: MarkName): string => `${source} ${epoch}`;

/** Whichever moved last is last. */
function raise(marks: Map<string, Mark>, mark: Mark): void {
  const key = markKey(mark);
  if (mark.sequence <= (marks.get(key)?.sequence ?? 0)) return;
  marks.delete(key);
  marks.set(key, mark);
}

function writeDocument(documents: DiskImage["documents"], { collection, key, value }: DocumentWrite): void {
  const kept = documents.get(collection) ?? new Map<string, string>();
  documents.set(collection, kept);
  if (value === undefined) kept.delete(key);
  else kept.set(key, value);
}

function settle(stream: StreamImage | undefined, through: number): void {
  const row = rowOf(stream, through);
  if (stream === undefined || row === undefined || through <= stream.settled) return;
  stream.settled = through;
  stream.settledTotal = row.total;
}

function remove(stream: StreamImage | undefined, through: number): void {
  if (stream === undefined || through < stream.oldest) return;
  stream.rows = stream.rows.slice(through + 1 - stream.oldest);
  stream.oldest = through + 1;
}

/** What `outrun.ts` does to a file, by the same rule: what is not settled is numbered from 1, in its own text as well. */
export function renumbered({ epoch, streams, marks, documents }: DiskImage, newEpoch: string): DiskImage {
  const anew = [...streams].map(([number, { name, rows, settled }]): [number, StreamImage] => {
    const second = secondReaderThrough(documents.get(secondReaderCollection)?.get(name), epoch);
    const arrived = Math.max(Math.min(settled, second ?? settled), (rows[0]?.sequence ?? 1) - 1);
    let total = 0;
    const left = rows
      .filter(({ sequence }) => sequence > arrived)
      .map((row): EntryRow => {
        const sequence = row.sequence - arrived;
        const body = row.body.replaceAll(
          `"epoch":"${epoch}","sequence":"${row.sequence}"`,
          `"epoch":"${newEpoch}","sequence":"${sequence}"`,
        );
        total += Buffer.byteLength(body);
        return { ...row, sequence, body, total };
      });
    return [number, { name, rows: left, oldest: 1, settled: 0, settledTotal: 0 }];
  });
  documents.get(outrunNote.collection)?.delete(outrunNote.key);
  return { epoch: newEpoch, streams: new Map(anew), marks, documents };
}
