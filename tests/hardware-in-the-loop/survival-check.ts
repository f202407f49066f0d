import type { Mark, StoredEntry } from "../../outbox/outbox.ts";
import { counter, type Place, plannedCommit, plannedSettle } from "./commit-plan.ts";

/** Everything that a store holds, as the guest read it after a boot. */
export interface Holding {
  readonly file: "new" | "existing" | "replaced";
  /** What SQLite says of every page: `ok`, or what is wrong. */
  readonly integrity: string;
  /** The names beside the store's file: a broken one that was put aside would be here. */
  readonly files: readonly string[];
  readonly streams: Readonly<Record<string, StreamHolding>>;
  readonly marks: readonly Mark[];
  readonly documents: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface StreamHolding {
  readonly last: number;
  readonly settled: number;
  readonly entries: readonly StoredEntry[];
}

export const emptyHolding: Holding = {
  file: "new",
  integrity: "ok",
  files: [],
  streams: {},
  marks: [],
  documents: {},
};

/** What the guest had said to be on disk when the power went. */
export interface Acknowledged {
  /** The highest number of a commit that was fulfilled. */
  readonly commit: number;
  /** How far `evt` was settled. */
  readonly settled: number;
}

export interface Finding {
  readonly kind: "broken" | "lost" | "half" | "hole" | "changed" | "unsettled";
  readonly words: string;
}

export const commitsOf = (holding: Holding): number =>
  Number(holding.documents[counter.collection]?.[counter.key] ?? "0");

/**
 * Whether what was found is what `before` and the first so many commits of the boot make, with at least those that
 * were acknowledged. Nothing may be between two commits; an empty list means that nothing is missing and nothing odd.
 */
export function findings(
  before: Holding,
  place: Place,
  acknowledged: Acknowledged,
  found: Holding,
): readonly Finding[] {
  const commits = commitsOf(found);
  const model = modelOf(before);
  for (let number = commitsOf(before) + 1; number <= commits; number += 1) apply(model, place, number);
  const lost = acknowledged.commit - commits;
  return [
    ...broken(found),
    ...(lost > 0 ? [finding("lost", `${lost} acknowledged commits, after ${commits}`)] : []),
    ...[...model.streams].flatMap(([name, stream]) => streamFindings(name, stream, found)),
    ...Object.keys(found.streams)
      .filter((name) => !model.streams.has(name))
      .map((name) => finding("half", `a stream ${name} without a commit`)),
    ...settleFindings(model, acknowledged, found),
    ...differences("mark", model.marks, marksOf(found)),
    ...differences("document", model.documents, documentsOf(found)),
  ];
}

const finding = (kind: Finding["kind"], words: string): Finding => ({ kind, words });

interface StreamModel {
  last: number;
  readonly bodies: Map<number, string>;
}

interface Model {
  readonly streams: Map<string, StreamModel>;
  readonly marks: Map<string, string>;
  readonly documents: Map<string, string>;
  /** Where `evt` may stand. */
  readonly settles: Set<number>;
}

function modelOf(before: Holding): Model {
  const streams = Object.entries(before.streams).map(([name, { last, entries }]): [string, StreamModel] => [
    name,
    { last, bodies: new Map(entries.map(({ sequence, body }) => [sequence, body])) },
  ]);
  return {
    streams: new Map(streams),
    marks: marksOf(before),
    documents: documentsOf(before),
    settles: new Set([before.streams["evt"]?.settled ?? 0]),
  };
}

function apply(model: Model, place: Place, number: number): void {
  const { entries, marks, documents } = plannedCommit(place, number);
  for (const entry of entries) {
    const known = model.streams.get(entry.stream) ?? { last: 0, bodies: new Map() };
    known.last += 1;
    known.bodies.set(known.last, entry.body(known.last));
    model.streams.set(entry.stream, known);
  }
  for (const { source, epoch, sequence } of marks) model.marks.set(`${source} ${epoch}`, String(sequence));
  for (const { collection, key, value } of documents) {
    if (value === undefined) model.documents.delete(`${collection} ${key}`);
    else model.documents.set(`${collection} ${key}`, value);
  }
  const settle = plannedSettle(number, model.streams.get("evt")?.last ?? 0);
  if (settle !== undefined) model.settles.add(settle);
}

function broken({ file, integrity, files }: Holding): readonly Finding[] {
  const aside = files.filter((name) => /\.broken-|\.suspect$/.test(name));
  return [
    ...(file === "existing" ? [] : [finding("broken", `the file is ${file}`)]),
    ...(integrity === "ok" ? [] : [finding("broken", integrity)]),
    ...aside.map((name) => finding("broken", `${name} was put aside`)),
  ];
}

function streamFindings(name: string, model: StreamModel, found: Holding): readonly Finding[] {
  const { entries, last, settled } = found.streams[name] ?? { entries: [], last: 0, settled: 0 };
  const oldest = entries[0]?.sequence ?? last + 1;
  const holes = entries.filter(({ sequence }, index) => sequence !== oldest + index);
  const changed = entries.filter(({ sequence, body }) => model.bodies.get(sequence) !== body);
  return [
    ...(last === model.last ? [] : [finding("half", `${name} ends at ${last} instead of ${model.last}`)]),
    ...((entries.at(-1)?.sequence ?? 0) === last ? [] : [finding("hole", `${name} has no entry ${last}`)]),
    ...(oldest <= settled + 1 ? [] : [finding("hole", `${name} begins at ${oldest}, settled ${settled}`)]),
    ...holes.slice(0, 3).map(({ sequence }) => finding("hole", `${name} before ${sequence}`)),
    ...changed.slice(0, 3).map(({ sequence }) => finding("changed", `${name} ${sequence} has another text`)),
  ];
}

/** Settled is what was asked for and no less than what was answered. */
function settleFindings(model: Model, acknowledged: Acknowledged, found: Holding): readonly Finding[] {
  const settled = found.streams["evt"]?.settled ?? 0;
  return [
    ...(settled >= acknowledged.settled
      ? []
      : [finding("unsettled", `settled ${settled}, acknowledged ${acknowledged.settled}`)]),
    ...(model.settles.has(settled) ? [] : [finding("unsettled", `nobody settled through ${settled}`)]),
  ];
}

const marksOf = ({ marks }: Holding): Map<string, string> =>
  new Map(marks.map(({ source, epoch, sequence }) => [`${source} ${epoch}`, String(sequence)]));

const documentsOf = ({ documents }: Holding): Map<string, string> =>
  new Map(
    Object.entries(documents).flatMap(([collection, values]) =>
      Object.entries(values).map(([key, value]): [string, string] => [`${collection} ${key}`, value]),
    ),
  );

function differences(
  what: string,
  model: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly Finding[] {
  return [...new Set([...model.keys(), ...found.keys()])]
    .filter((key) => model.get(key) !== found.get(key))
    .slice(0, 3)
    .map((key) => finding("half", `${what} ${key} is not what the newest commit made it`));
}
