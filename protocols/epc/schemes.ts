import type { Field } from "./fields.ts";
import { digits, governmentCode, integer, numericString, reserved, text6, text7 } from "./fields.ts";
import { partitioned } from "./partition.ts";

/** The name in `urn:epc:id:`; it says how the parts become application identifiers (identity-uri.ts). */
export type IdentityScheme =
  | "sgtin"
  | "sscc"
  | "sgln"
  | "grai"
  | "giai"
  | "gsrn"
  | "gsrnp"
  | "gdti"
  | "cpi"
  | "sgcn"
  | "itip"
  | "gid"
  | "usdod"
  | "adi";

export interface ClassicScheme {
  /** The name in `urn:epc:tag:`. */
  readonly name: string;
  readonly identity: IdentityScheme;
  readonly header: number;
  /** Bits in all; absent where the fields' own ends say it. */
  readonly bits?: number;
  /** Bits of the filter value; 0 for a scheme without one. */
  readonly filterBits: number;
  readonly fields: readonly Field[];
}

/** Reference of `total - prefix` digits in `total bits - prefix bits`: the widths follow from partition 0 on. */
const numbered = (widths: readonly number[], digitsAtZero: number): Field =>
  partitioned((partition) => digits(widths[partition] ?? 0, digitsAtZero + partition));

const serviceWidths = [18, 21, 24, 28, 31, 34, 38];
const locationWidths = [1, 4, 7, 11, 14, 17, 21];
const itemReference = numbered([4, 7, 10, 14, 17, 20, 24], 1);
const serialReference = numbered(serviceWidths, 5);
const locationReference = numbered(locationWidths, 0);
const assetType = numbered([4, 7, 10, 14, 17, 20, 24], 0);

/** GIAI-96: as large a number as the bits hold. */
const assetNumber = partitioned((partition) => integer([42, 45, 48, 52, 55, 58, 62][partition] ?? 0));
/** GIAI-202: what is left of 30 characters. */
const assetText = partitioned((partition) =>
  text7([148, 151, 154, 158, 161, 164, 168][partition] ?? 0, 18 + partition),
);
const partNumber = partitioned((partition) => {
  const width = [11, 14, 17, 21, 24, 27, 31][partition] ?? 0;
  const largest = 10n ** BigInt(3 + partition) - 1n;
  return integer(width, largest);
});
const partText = partitioned((partition) => text6(18 + partition, 1));
const pieceAndTotal = [digits(7, 2), digits(7, 2)];

/** All EPC binary coding schemes of TDS 1.13, section 14.5 and following. */
export const classicSchemes: readonly ClassicScheme[] = [
  {
    name: "gdti-96",
    identity: "gdti",
    header: 0x2c,
    bits: 96,
    filterBits: 3,
    fields: [locationReference, integer(41)],
  },
  {
    name: "gsrn-96",
    identity: "gsrn",
    header: 0x2d,
    bits: 96,
    filterBits: 3,
    fields: [serialReference, reserved(24)],
  },
  {
    name: "gsrnp-96",
    identity: "gsrnp",
    header: 0x2e,
    bits: 96,
    filterBits: 3,
    fields: [serialReference, reserved(24)],
  },
  {
    name: "usdod-96",
    identity: "usdod",
    header: 0x2f,
    bits: 96,
    filterBits: 4,
    fields: [governmentCode(8), integer(36)],
  },
  {
    name: "sgtin-96",
    identity: "sgtin",
    header: 0x30,
    bits: 96,
    filterBits: 3,
    fields: [itemReference, integer(38)],
  },
  {
    name: "sscc-96",
    identity: "sscc",
    header: 0x31,
    bits: 96,
    filterBits: 3,
    fields: [serialReference, reserved(24)],
  },
  {
    name: "sgln-96",
    identity: "sgln",
    header: 0x32,
    bits: 96,
    filterBits: 3,
    fields: [locationReference, integer(41)],
  },
  {
    name: "grai-96",
    identity: "grai",
    header: 0x33,
    bits: 96,
    filterBits: 3,
    fields: [assetType, integer(38)],
  },
  { name: "giai-96", identity: "giai", header: 0x34, bits: 96, filterBits: 3, fields: [assetNumber] },
  {
    name: "gid-96",
    identity: "gid",
    header: 0x35,
    bits: 96,
    filterBits: 0,
    fields: [integer(28), integer(24), integer(36)],
  },
  {
    name: "sgtin-198",
    identity: "sgtin",
    header: 0x36,
    bits: 198,
    filterBits: 3,
    fields: [itemReference, text7(140, 20)],
  },
  {
    name: "grai-170",
    identity: "grai",
    header: 0x37,
    bits: 170,
    filterBits: 3,
    fields: [assetType, text7(112, 16)],
  },
  { name: "giai-202", identity: "giai", header: 0x38, bits: 202, filterBits: 3, fields: [assetText] },
  {
    name: "sgln-195",
    identity: "sgln",
    header: 0x39,
    bits: 195,
    filterBits: 3,
    fields: [locationReference, text7(140, 20)],
  },
  {
    name: "gdti-113",
    identity: "gdti",
    header: 0x3a,
    bits: 113,
    filterBits: 3,
    fields: [locationReference, numericString(58, 17)],
  },
  {
    name: "adi-var",
    identity: "adi",
    header: 0x3b,
    filterBits: 6,
    fields: [governmentCode(6), text6(32, 0), text6(30, 1)],
  },
  {
    name: "cpi-96",
    identity: "cpi",
    header: 0x3c,
    bits: 96,
    filterBits: 3,
    fields: [partNumber, integer(31)],
  },
  {
    name: "cpi-var",
    identity: "cpi",
    header: 0x3d,
    filterBits: 3,
    fields: [partText, integer(40, 999_999_999_999n)],
  },
  {
    name: "gdti-174",
    identity: "gdti",
    header: 0x3e,
    bits: 174,
    filterBits: 3,
    fields: [locationReference, text7(119, 17)],
  },
  {
    name: "sgcn-96",
    identity: "sgcn",
    header: 0x3f,
    bits: 96,
    filterBits: 3,
    fields: [locationReference, numericString(41, 12)],
  },
  {
    name: "itip-110",
    identity: "itip",
    header: 0x40,
    bits: 110,
    filterBits: 3,
    fields: [itemReference, ...pieceAndTotal, integer(38)],
  },
  {
    name: "itip-212",
    identity: "itip",
    header: 0x41,
    bits: 212,
    filterBits: 3,
    fields: [itemReference, ...pieceAndTotal, text7(140, 20)],
  },
];
