import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromHex } from "../../../protocols/stream/bytes.ts";

const folder = fileURLToPath(new URL("../../../../shared/vectors/", import.meta.url));

/** The vectors are shared between projects and not part of this repository. */
export const vectorsPresent = existsSync(folder);
if (!vectorsPresent) console.warn("skipped: the tests against ../shared/vectors, which are not here");

export interface VectorRow {
  readonly id: string;
  readonly protocol: string;
  readonly dir: string;
  readonly hex: string;
  readonly valid: boolean;
  readonly decoded: Record<string, unknown> | null;
}

export interface VectorStream {
  readonly protocol: string;
  readonly name: string;
  readonly chunksHex: readonly string[];
  readonly expectFrames: readonly string[];
}

export interface ReportRow {
  readonly id: string;
  readonly kind: string;
  readonly reportsHex: readonly string[];
  readonly decoded: Record<string, unknown>;
}

function read(file: string): { rows: unknown[]; streams?: unknown[] } {
  return vectorsPresent ? JSON.parse(readFileSync(`${folder}${file}`, "utf8")) : { rows: [] };
}

export const vectorRows = [...read("rfid.json").rows, ...read("scale.json").rows] as readonly VectorRow[];
export const vectorStreams = (read("rfid.json").streams ?? []) as readonly VectorStream[];
export const reportRows = read("barcode-hid.json").rows as readonly ReportRow[];

export const rowsOf = (protocol: string): readonly VectorRow[] =>
  vectorRows.filter((row) => row.protocol === protocol);

/** The bytes of a test's own hex. */
export function hex(digits: string): Uint8Array {
  const bytes = fromHex(digits);
  if (bytes === undefined) throw new Error(`not hex: ${digits}`);
  return bytes;
}
