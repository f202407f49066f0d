import iconv from "iconv-lite";
import { join, toLatin1 } from "../../../protocols/stream/bytes.ts";

/** What has come out of the printer as one piece of paper. */
export interface PrintedTicket {
  readonly lines: readonly string[];
  /** Contents of QR codes and barcodes, in order. */
  readonly codes: readonly string[];
  /** False when the paper ended first: the ticket hangs torn in the printer. */
  readonly cut: boolean;
}

/** The ticket that is being printed. */
export interface Paper {
  /** The line so far, not yet fed. */
  readonly line: Uint8Array;
  readonly lines: readonly string[];
  readonly codes: readonly string[];
  /** The QR code that has been stored and not yet printed. */
  readonly stored: string;
}

export const blankPaper: Paper = { line: new Uint8Array(), lines: [], codes: [], stored: "" };

/** One thing that the printer understood, with the number of bytes that it took up. */
export interface PrintStep {
  readonly length: number;
  readonly paper: Paper;
  readonly cut?: true;
  /** GS a: which news the printer tells of by itself. */
  readonly automatic?: number;
}

interface Form {
  readonly prefix: readonly number[];
  /** Bytes after the prefix, as far as they tell their own length; undefined when too few have come. */
  readonly parameters: (after: Uint8Array) => number | undefined;
  readonly apply?: (paper: Paper, parameters: Uint8Array) => Partial<Omit<PrintStep, "length">>;
}

const fixed = (count: number) => () => count;
const lineFeed = 0x0a;
const firstCutWithFeed = 65;
const storeQr = 0x50;
const printQr = 0x51;

/** Every command that drivers/ sends and a few that all printers know. */
const forms: readonly Form[] = [
  { prefix: [0x1b, 0x40], parameters: fixed(0), apply: () => ({ paper: blankPaper }) },
  { prefix: [0x1b, 0x61], parameters: fixed(1) },
  { prefix: [0x1b, 0x45], parameters: fixed(1) },
  { prefix: [0x1b, 0x74], parameters: fixed(1) },
  {
    prefix: [0x1b, 0x64],
    parameters: fixed(1),
    apply: (paper, [count = 0]) => ({
      paper: { ...paper, lines: [...paper.lines, ...Array.from({ length: count }, () => "")] },
    }),
  },
  { prefix: [0x1c, 0x26], parameters: fixed(0) },
  { prefix: [0x1c, 0x2e], parameters: fixed(0) },
  { prefix: [0x1c, 0x21], parameters: fixed(1) },
  { prefix: [0x1d, 0x21], parameters: fixed(1) },
  { prefix: [0x1d, 0x68], parameters: fixed(1) },
  { prefix: [0x1d, 0x77], parameters: fixed(1) },
  { prefix: [0x1d, 0x48], parameters: fixed(1) },
  { prefix: [0x1d, 0x61], parameters: fixed(1), apply: (_, [mask = 0]) => ({ automatic: mask }) },
  {
    prefix: [0x1d, 0x56],
    parameters: ([mode]) => (mode === undefined ? undefined : mode < firstCutWithFeed ? 1 : 2),
    apply: () => ({ cut: true }),
  },
  {
    prefix: [0x1d, 0x6b],
    parameters: ([, count]) => (count === undefined ? undefined : count + 2),
    apply: (paper, bytes) => ({
      paper: { ...paper, codes: [...paper.codes, toLatin1(bytes.subarray(4)).replaceAll("{{", "{")] },
    }),
  },
  {
    prefix: [0x1d, 0x28, 0x6b],
    parameters: ([low, high]) => (low === undefined || high === undefined ? undefined : 2 + low + 256 * high),
    apply: applyQr,
  },
];

function applyQr(paper: Paper, bytes: Uint8Array): { readonly paper: Paper } {
  const action = bytes[3];
  if (action === storeQr) return { paper: { ...paper, stored: new TextDecoder().decode(bytes.subarray(5)) } };
  return { paper: action === printQr ? { ...paper, codes: [...paper.codes, paper.stored] } : paper };
}

/** Understands the beginning of `bytes`; undefined while more has to come. */
export function printNext(paper: Paper, bytes: Uint8Array): PrintStep | undefined {
  const [first] = bytes;
  if (first === undefined) return undefined;
  if (first === lineFeed) return { length: 1, paper: feed(paper) };
  const form = forms.find(({ prefix }) => prefix.every((byte, index) => bytes[index] === byte));
  if (form === undefined) {
    if (isPartOfPrefix(bytes)) return undefined;
    return { length: 1, paper: { ...paper, line: join(paper.line, Uint8Array.of(first)) } };
  }
  const after = bytes.subarray(form.prefix.length);
  const count = form.parameters(after);
  if (count === undefined || after.length < count) return undefined;
  const applied = form.apply?.(paper, after.subarray(0, count));
  return { paper, ...applied, length: form.prefix.length + count };
}

const isPartOfPrefix = (bytes: Uint8Array): boolean =>
  forms.some(
    ({ prefix }) => bytes.length < prefix.length && bytes.every((byte, index) => prefix[index] === byte),
  );

/** A line is characters of GB18030; a line that only ends a code is none. */
function feed(paper: Paper): Paper {
  if (paper.line.length === 0) return paper;
  const text = iconv.decode(paper.line, "gb18030");
  return { ...paper, line: new Uint8Array(), lines: [...paper.lines, text] };
}
