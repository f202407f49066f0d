import type { Bits, Field, FieldRead } from "./fields.ts";
import { digits } from "./fields.ts";

/** Bits of the company prefix by partition value; partition 0 has 12 digits, 6 has 6 (TDS 1.13 section 14.2). */
const companyPrefixBits = [40, 37, 34, 30, 27, 24, 20];
const companyPrefixDigitsMax = 12;

/** The field behind the company prefix, made for one partition value out of seven. */
export type ReferenceOf = (partition: number) => Field;

/** Company prefix and reference share their bits; three bits in front say how. */
export function partitioned(reference: ReferenceOf): Field {
  const rows = companyPrefixBits.map((width, partition) => ({
    prefix: digits(width, companyPrefixDigitsMax - partition),
    reference: reference(partition),
  }));
  return {
    parts: 2,
    read: (bits) => {
      const row = rows[Number.parseInt(bits.slice(0, 3), 2)];
      return row === undefined ? "partition value 7" : readBoth(bits, row);
    },
    write: ([prefix = "", text = ""]) => {
      const partition = companyPrefixDigitsMax - prefix.length;
      const row = rows[partition];
      if (row === undefined) return `company prefix "${prefix}" is not 6 to 12 digits`;
      const left = row.prefix.write([prefix]);
      if (typeof left === "string") return left;
      const right = row.reference.write([text]);
      if (typeof right === "string") return right;
      return { bits: partition.toString(2).padStart(3, "0") + left.bits + right.bits };
    },
  };
}

function readBoth(bits: Bits, row: { prefix: Field; reference: Field }): FieldRead | string {
  const prefix = row.prefix.read(bits.slice(3));
  if (typeof prefix === "string") return `company prefix: ${prefix}`;
  const reference = row.reference.read(bits.slice(3 + prefix.width));
  if (typeof reference === "string") return `reference: ${reference}`;
  return { parts: [...prefix.parts, ...reference.parts], width: 3 + prefix.width + reference.width };
}
