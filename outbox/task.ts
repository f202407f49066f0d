import type { DocumentWrite, Mark, MarkName } from "./outbox.ts";
import type { EntryRow, GroupWrite, StreamMark } from "./storage.ts";

/** One caller's part of a transaction. */
export interface Task {
  readonly entries: readonly EntryRow[];
  readonly marks: readonly Mark[];
  readonly documents: readonly DocumentWrite[];
  readonly settles: readonly StreamMark[];
  readonly removals: readonly StreamMark[];
  readonly forgotten: readonly MarkName[];
}

/** What a row costs beside its text: keys, counters and the page's own words. */
const rowBytes = 32;

export function taskBytes(task: Task): number {
  let bytes = rowBytes * (task.entries.length + task.marks.length + task.documents.length);
  for (const { body } of task.entries) bytes += body.length;
  for (const { value } of task.documents) bytes += value?.length ?? 0;
  return bytes;
}

/** Joins tasks in order: of several writes of one document the last counts, of marks and settles the highest. */
export function merge(tasks: readonly Task[]): Omit<GroupWrite, "streams"> {
  const documents = new Map<string, DocumentWrite>();
  const marks = new Map<string, Mark>();
  const settles = new Map<number, StreamMark>();
  for (const document of tasks.flatMap((task) => task.documents)) {
    documents.set(JSON.stringify([document.collection, document.key]), document);
  }
  for (const mark of tasks.flatMap((task) => task.marks)) {
    const key = JSON.stringify([mark.source, mark.epoch]);
    if (mark.sequence > (marks.get(key)?.sequence ?? 0)) marks.set(key, mark);
  }
  for (const settle of tasks.flatMap((task) => task.settles)) {
    if (settle.through > (settles.get(settle.stream)?.through ?? 0)) settles.set(settle.stream, settle);
  }
  return {
    entries: tasks.flatMap((task) => task.entries),
    marks: [...marks.values()],
    documents: [...documents.values()],
    settles: [...settles.values()],
    removals: tasks.flatMap((task) => task.removals),
    forgotten: tasks.flatMap((task) => task.forgotten),
  };
}
