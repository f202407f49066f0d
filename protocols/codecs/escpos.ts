import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { join, toHex } from "../stream/bytes.ts";
import type { Probe } from "../stream/cut.ts";

/** How many argument bytes follow an order: a fixed number, or a length byte or word (low first) and so many. */
type ArgumentForm = number | "length-byte" | "length-word";

interface OrderForm {
  readonly prefix: readonly number[];
  readonly argument: ArgumentForm;
}

/** Every order that we send or that a printer must tell apart; anything else is text or noise. */
const orders = {
  initialize: { prefix: [0x1b, 0x40], argument: 0 },
  "line-feed": { prefix: [0x0a], argument: 0 },
  "carriage-return": { prefix: [0x0d], argument: 0 },
  /** 0 left, 1 centre, 2 right. */
  align: { prefix: [0x1b, 0x61], argument: 1 },
  bold: { prefix: [0x1b, 0x45], argument: 1 },
  /** (width - 1) << 4 | (height - 1). */
  size: { prefix: [0x1d, 0x21], argument: 1 },
  "code-page": { prefix: [0x1b, 0x74], argument: 1 },
  "chinese-on": { prefix: [0x1c, 0x26], argument: 0 },
  "chinese-off": { prefix: [0x1c, 0x2e], argument: 0 },
  "chinese-double": { prefix: [0x1c, 0x57], argument: 1 },
  "chinese-mode": { prefix: [0x1c, 0x21], argument: 1 },
  feed: { prefix: [0x1b, 0x64], argument: 1 },
  cut: { prefix: [0x1d, 0x56, 0x00], argument: 0 },
  "cut-partly": { prefix: [0x1d, 0x56, 0x01], argument: 0 },
  "feed-and-cut": { prefix: [0x1d, 0x56, 0x41], argument: 1 },
  "feed-and-cut-partly": { prefix: [0x1d, 0x56, 0x42], argument: 1 },
  "barcode-height": { prefix: [0x1d, 0x68], argument: 1 },
  "barcode-width": { prefix: [0x1d, 0x77], argument: 1 },
  "barcode-text": { prefix: [0x1d, 0x48], argument: 1 },
  code128: { prefix: [0x1d, 0x6b, 0x49], argument: "length-byte" },
  /** Function 31 41 model, 31 43 size, 31 45 correction, 31 50 store, 31 51 print. */
  qr: { prefix: [0x1d, 0x28, 0x6b], argument: "length-word" },
  /** Answered at once, even in the middle of a job: escpos-status.ts. */
  "status-request": { prefix: [0x10, 0x04], argument: 1 },
  "automatic-status": { prefix: [0x1d, 0x61], argument: 1 },
} as const satisfies Record<string, OrderForm>;

export type EscposOrder = keyof typeof orders;

/** One order with its argument (a length before it not included), or a run of characters. */
export type EscposCommand =
  | { readonly kind: "order"; readonly order: EscposOrder; readonly argument: Uint8Array }
  | { readonly kind: "text"; readonly bytes: Uint8Array };

const forms = Object.entries(orders) as readonly [EscposOrder, OrderForm][];

/** A run of characters is handed on in pieces of this size, whatever the cut; readers join them. */
const textBytesMax = 1024;
/** The largest QR code holds 7,089 digits. */
const argumentBytesMax = 7200;
const headBytesMax = 5;
const isCharacter = (byte: number): boolean => byte >= 0x20;

const startsWith = (bytes: Uint8Array, prefix: readonly number[]): boolean =>
  prefix.every((byte, index) => index >= bytes.length || bytes[index] === byte);

interface Span {
  readonly order: EscposOrder;
  /** Where the argument starts and ends; undefined while its length has not come. */
  readonly from: number;
  readonly to: number | undefined;
}

function spanOf(bytes: Uint8Array): Span | undefined {
  const found = forms.find(([, { prefix }]) => startsWith(bytes, prefix));
  if (found === undefined) return undefined;
  const [order, { prefix, argument }] = found;
  const at = prefix.length;
  if (typeof argument === "number") return { order, from: at, to: at + argument };
  const [low, high] = bytes.subarray(at);
  if (argument === "length-byte") {
    return { order, from: at + 1, to: low === undefined ? undefined : at + 1 + low };
  }
  const length = low === undefined || high === undefined ? undefined : low + 256 * high;
  return { order, from: at + 2, to: length === undefined ? undefined : at + 2 + length };
}

const noiseByte = { kind: "noise", length: 1 } as const;

const probe: Probe = (bytes) => {
  if (isCharacter(bytes[0] ?? 0)) {
    const window = bytes.subarray(0, textBytesMax);
    const end = window.findIndex((byte) => !isCharacter(byte));
    if (end > 0) return { kind: "frame", length: end };
    return window.length < textBytesMax ? "more" : { kind: "frame", length: textBytesMax };
  }
  const span = spanOf(bytes);
  if (span === undefined) return noiseByte;
  if (span.to === undefined) return "more";
  if (span.to - span.from > argumentBytesMax) return noiseByte;
  return span.to > bytes.length ? "more" : { kind: "frame", length: span.to };
};

function decode(bytes: Uint8Array): Decoded<EscposCommand> {
  if (bytes.length === 0) return refused("empty", "no bytes");
  if (bytes.every(isCharacter)) return decoded({ kind: "text", bytes });
  const span = spanOf(bytes);
  if (span === undefined) return refused("unknown-command", `no known order: ${toHex(bytes.subarray(0, 4))}`);
  if (span.to !== bytes.length) return refused("length", `${span.order} does not have ${bytes.length} bytes`);
  return decoded({ kind: "order", order: span.order, argument: bytes.subarray(span.from) });
}

function encode(command: EscposCommand): Uint8Array {
  if (command.kind === "text") return command.bytes;
  const { argument } = command;
  const form: OrderForm = orders[command.order];
  const length = argument.length;
  if (typeof form.argument === "number") {
    if (length !== form.argument) throw new Error(`${command.order} takes ${form.argument} bytes`);
    return join(Uint8Array.from(form.prefix), argument);
  }
  const lengthBytes = form.argument === "length-byte" ? [length] : [length & 0xff, length >> 8];
  if (length > (form.argument === "length-byte" ? 0xff : argumentBytesMax)) {
    throw new Error(`${command.order}: ${length} bytes are too many`);
  }
  return join(Uint8Array.from([...form.prefix, ...lengthBytes]), argument);
}

/** What goes to a printer, order by order. */
export const escpos: StreamCodec<EscposCommand> = {
  name: "escpos",
  frameBytesMax: headBytesMax + argumentBytesMax,
  probe,
  decode,
  encode,
};

export function describeEscpos(command: EscposCommand): Record<string, unknown> {
  if (command.kind === "text") return { kind: "text", bytesHex: toHex(command.bytes) };
  return { kind: command.order, argumentHex: toHex(command.argument) };
}
