import { fromHex, toHex } from "../../stream/bytes.ts";
import type { R2000Packet } from "./packet.ts";
import { r2000Command, r2000Errors } from "./tables.ts";

/** What the payload says, seen from the host; requests come out as `bare`, `byte` or `data`. */
export type R2000Content =
  | { readonly kind: "bare" }
  /** A setting, a count or a status: the protocol does not tell, one must know what was asked. */
  | { readonly kind: "byte"; readonly value: number }
  | { readonly kind: "firmware"; readonly major: number; readonly minor: number }
  | { readonly kind: "temperature"; readonly celsius: number }
  /** One per antenna, where they differ. */
  | { readonly kind: "powers"; readonly powersDbm: readonly number[] }
  /** Region 1 FCC, 2 ETSI, 3 China; first and last frequency index. */
  | { readonly kind: "region"; readonly region: number; readonly first: number; readonly last: number }
  | {
      readonly kind: "tag";
      readonly frequencyIndex: number;
      /** 0-based, 0 to 7. */
      readonly antenna: number;
      readonly pc: string;
      readonly epc: string;
      /** As sent, with bit 7; `rssiDbm` of tables.ts makes dBm of it. */
      readonly rssiRaw: number;
      readonly phaseRaw?: number;
    }
  /** Ends a round of 89 or 8B; the short form of older firmware has no rate. */
  | {
      readonly kind: "inventory-end";
      readonly antenna: number;
      readonly readRatePerSec?: number;
      readonly totalReads: number;
    }
  /** Ends a round of 8A; `wide` is the form with a total of four bytes instead of three. */
  | {
      readonly kind: "switch-end";
      readonly totalReads: number;
      readonly durationMs: number;
      readonly wide?: true;
    }
  /** An inventory failed as a whole; `error` is a key of `r2000Errors`. */
  | { readonly kind: "failure"; readonly error: number }
  /** One antenna of a fast-switch round failed, nearly always because it is missing (22). */
  | { readonly kind: "antenna-failure"; readonly antenna: number; readonly error: number }
  /** Anything longer that this table does not take apart, as hex. */
  | { readonly kind: "data"; readonly payload: string };

/** Reads one form of payload, or undefined when it is not that form. */
type Reading = (payload: Uint8Array, view: DataView) => R2000Content | undefined;

/**
 * The words of the EPC stand in the top five bits of the PC; what is left over is the phase, or it is no tag.
 * (A wide switch end could only pass for a tag with more than 500,000 reads in one round.)
 */
const readTag: Reading = (payload, view) => {
  if (payload.length < 6) return undefined;
  const epcBytes = (view.getUint16(1) >> 11) * 2;
  const extra = payload.length - 4 - epcBytes;
  if (epcBytes === 0 || (extra !== 0 && extra !== 2)) return undefined;
  const place = view.getUint8(0);
  const rssiRaw = view.getUint8(payload.length - 1);
  return {
    kind: "tag",
    frequencyIndex: place >> 2,
    antenna: (place & 3) + (rssiRaw & 0x80 ? 4 : 0),
    pc: toHex(payload.subarray(1, 3)),
    epc: toHex(payload.subarray(3, 3 + epcBytes)),
    rssiRaw,
    ...(extra === 2 ? { phaseRaw: view.getUint16(3 + epcBytes) } : {}),
  };
};

const readInventoryEnd: Reading = (payload, view) => {
  const antenna = payload[0] ?? 0;
  if (payload.length === 5) return { kind: "inventory-end", antenna, totalReads: view.getUint32(1) };
  if (payload.length !== 7) return undefined;
  return { kind: "inventory-end", antenna, readRatePerSec: view.getUint16(1), totalReads: view.getUint32(3) };
};

const readSwitchEnd: Reading = (payload, view) => {
  if (payload.length === 7)
    return { kind: "switch-end", totalReads: view.getUint32(0) >>> 8, durationMs: view.getUint32(3) };
  if (payload.length !== 8) return undefined;
  return { kind: "switch-end", totalReads: view.getUint32(0), durationMs: view.getUint32(4), wide: true };
};

const readFailure: Reading = (payload) => {
  const error = payload[0];
  return payload.length === 1 && error !== undefined && error in r2000Errors
    ? { kind: "failure", error }
    : undefined;
};

const readAntennaFailure: Reading = (payload) => {
  const [antenna, error] = payload;
  if (payload.length !== 2 || antenna === undefined || error === undefined) return undefined;
  return { kind: "antenna-failure", antenna, error };
};

const readFirmware: Reading = (payload) => {
  const [major, minor] = payload;
  if (payload.length !== 2 || major === undefined || minor === undefined) return undefined;
  return { kind: "firmware", major, minor };
};

/** Sign 1 is plus: two libraries and plausible captures say so, against the V2.2 manual. */
const readTemperature: Reading = (payload) => {
  const [sign, degrees] = payload;
  if (payload.length !== 2 || degrees === undefined) return undefined;
  if (sign === 1) return { kind: "temperature", celsius: degrees };
  return sign === 0 && degrees > 0 ? { kind: "temperature", celsius: -degrees } : undefined;
};

const readPowers: Reading = (payload) =>
  payload.length > 1 ? { kind: "powers", powersDbm: Array.from(payload) } : undefined;

const readRegion: Reading = (payload) => {
  const [region, first, last] = payload;
  if (payload.length !== 3 || region === undefined || first === undefined || last === undefined)
    return undefined;
  return { kind: "region", region, first, last };
};

/** The forms that each command's payload may have, tried in order. */
const readings: Readonly<Record<number, readonly Reading[]>> = {
  [r2000Command.getFirmware]: [readFirmware],
  [r2000Command.getTemperature]: [readTemperature],
  // The V2.2 manual prints the answer to 79 as 78.
  [r2000Command.setRegion]: [readRegion],
  [r2000Command.getRegion]: [readRegion],
  [r2000Command.getPower]: [readPowers],
  [r2000Command.getPowerOfEight]: [readPowers],
  [r2000Command.realTimeInventory]: [readTag, readInventoryEnd, readFailure, readAntennaFailure],
  [r2000Command.sessionInventory]: [readTag, readInventoryEnd, readFailure, readAntennaFailure],
  [r2000Command.fastSwitchInventory]: [readTag, readSwitchEnd, readFailure, readAntennaFailure],
};

export function readContent({ command, payload }: R2000Packet): R2000Content {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  for (const read of readings[command] ?? []) {
    const content = read(payload, view);
    if (content !== undefined) return content;
  }
  const [value] = payload;
  if (value === undefined) return { kind: "bare" };
  return payload.length === 1 ? { kind: "byte", value } : { kind: "data", payload: toHex(payload) };
}

const bigEndian = (value: number, byteCount: number): number[] =>
  Array.from({ length: byteCount }, (_, index) => Math.floor(value / 256 ** (byteCount - 1 - index)) & 0xff);

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`not hex: ${hex}`);
  return bytes;
}

export type ContentOf<Kind extends R2000Content["kind"]> = Extract<R2000Content, { kind: Kind }>;

/** The inverse of the readings above. */
const writings: {
  readonly [Kind in R2000Content["kind"]]: (content: ContentOf<Kind>) => Iterable<number>;
} = {
  bare: () => [],
  byte: ({ value }) => [value],
  firmware: ({ major, minor }) => [major, minor],
  temperature: ({ celsius }) => [celsius < 0 ? 0 : 1, Math.abs(celsius)],
  powers: ({ powersDbm }) => powersDbm,
  region: ({ region, first, last }) => [region, first, last],
  tag: ({ frequencyIndex, antenna, pc, epc, rssiRaw, phaseRaw }) => [
    (frequencyIndex << 2) | (antenna & 3),
    ...bytesOf(pc),
    ...bytesOf(epc),
    ...(phaseRaw === undefined ? [] : bigEndian(phaseRaw, 2)),
    (rssiRaw & 0x7f) | (antenna > 3 ? 0x80 : 0),
  ],
  "inventory-end": ({ antenna, readRatePerSec, totalReads }) => [
    antenna,
    ...(readRatePerSec === undefined ? [] : bigEndian(readRatePerSec, 2)),
    ...bigEndian(totalReads, 4),
  ],
  "switch-end": ({ totalReads, durationMs, wide }) => [
    ...bigEndian(totalReads, wide ? 4 : 3),
    ...bigEndian(durationMs, 4),
  ],
  failure: ({ error }) => [error],
  "antenna-failure": ({ antenna, error }) => [antenna, error],
  data: ({ payload }) => bytesOf(payload),
};

export function writeContent<Kind extends R2000Content["kind"]>(content: ContentOf<Kind>): Uint8Array {
  const write = writings[content.kind];
  return Uint8Array.from(write(content));
}
