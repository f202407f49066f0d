import type { SerialLine } from "../../protocols/config/transport.ts";
import { heardUnasked, type Question, questions, type Recognition } from "./table.ts";

/** A family as far as its serial lines go; `drivers/catalog.ts` has them. */
export interface LinedFamily {
  readonly serial: readonly SerialLine[];
}

export interface PlannedLine {
  readonly line: SerialLine;
  /** Who may speak by itself at this rate. */
  readonly unasked: readonly Recognition[];
  readonly questions: readonly Question[];
}

/**
 * What is tried at which rate, the likeliest first: rates by how many families have them as their usual one, then
 * at all. The printer's question is asked at every rate: what comes behind it could be printed.
 */
export function planLines(families: Readonly<Record<string, LinedFamily>>): readonly PlannedLine[] {
  const lines = new Map<string, { readonly line: SerialLine; weight: number }>();
  for (const { serial } of Object.values(families)) {
    for (const [index, line] of serial.entries()) {
      const known = lines.get(lineName(line)) ?? { line, weight: 0 };
      known.weight += index === 0 ? usualWeight : 1;
      lines.set(lineName(line), known);
    }
  }
  const ordered = [...lines.values()].toSorted((left, right) => right.weight - left.weight);
  return ordered.map(({ line }) => planned(line, families));
}

/** More than all other lines of all families together. */
const usualWeight = 1_000;

const lineName = ({ baudRate, dataBits, parity, stopBits }: SerialLine): string =>
  `${baudRate} ${dataBits}${parity}${stopBits}`;

function planned(line: SerialLine, families: Readonly<Record<string, LinedFamily>>): PlannedLine {
  const speaks = ({ driver }: Recognition): boolean =>
    families[driver]?.serial.some((each) => lineName(each) === lineName(line)) === true;
  const [printers, ...others] = questions;
  const asked = others.flatMap((question) => {
    const of = question.of.filter(speaks);
    return of.length === 0 ? [] : [{ ...question, of }];
  });
  return {
    line,
    unasked: heardUnasked.filter(speaks),
    questions: printers === undefined || asked.length === 0 ? asked : [printers, ...asked],
  };
}

/** The likeliest of them, the first where several are alike, and those that are as likely. */
export interface Likeliest {
  readonly driver: string;
  readonly or: readonly string[];
}

export function likeliest(rows: readonly Recognition[], heard: Uint8Array): Likeliest | undefined {
  const likely = rows.map(({ driver, like }) => ({ driver, likeness: like(heard) }));
  const most = Math.max(0, ...likely.map(({ likeness }) => likeness));
  const [first, ...others] = likely.filter(({ likeness }) => likeness > 0 && likeness === most);
  return first && { driver: first.driver, or: others.map(({ driver }) => driver) };
}
