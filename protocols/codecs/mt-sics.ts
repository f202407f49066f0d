import type { Decoded, StreamCodec } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { fromLatin1, toLatin1 } from "../stream/bytes.ts";
import type { Probe } from "../stream/cut.ts";

/** Why the scale did not do what it was asked. */
const obstacles = { "+": "overload", "-": "underload", I: "not-executable", L: "parameter" } as const;
export type MtSicsObstacle = (typeof obstacles)[keyof typeof obstacles];

/** One line of either direction; `echo` is the command that the scale repeats at the start of its answer. */
export type MtSicsFrame =
  | { readonly kind: "command"; readonly command: string }
  /** The answer to S, SI, SR and SIR: the echo is `S`, with some firmware `SI`. */
  | {
      readonly kind: "weight";
      readonly echo: string;
      readonly value: string;
      readonly unit: string;
      readonly stable: boolean;
    }
  /** The answer to T and TI (stable or not) and to TA, which is always `stable`. */
  | {
      readonly kind: "tare";
      readonly echo: string;
      readonly value: string;
      readonly unit: string;
      readonly stable: boolean;
    }
  /** Zeroed or tare cleared: `Z A`, `ZI D`, `TAC A`. */
  | { readonly kind: "done"; readonly echo: string; readonly stable: boolean }
  | { readonly kind: "obstacle"; readonly echo: string; readonly obstacle: MtSicsObstacle }
  /** ES: not understood; ET: garbled on the way; EL: understood, but cannot be done. */
  | { readonly kind: "error"; readonly error: string }
  /** `I4 A "serial"`, also sent unasked at power-up; `more` when further lines follow. */
  | { readonly kind: "identity"; readonly item: string; readonly more: boolean; readonly content: string }
  /** What the print key sends, between the answers to our commands. */
  | {
      readonly kind: "print";
      readonly line: string;
      readonly value: string;
      readonly unit: string;
      readonly net: boolean;
    };

interface LineForm {
  readonly pattern: RegExp;
  /** A scale's answer, recognised even when the beginning of another line stands before it. */
  readonly answer: boolean;
  readonly read: (groups: Readonly<Record<string, string>>) => MtSicsFrame;
}

const isObstacle = (letter: string): letter is keyof typeof obstacles => letter in obstacles;
const weightPattern = String.raw` +(?<value>-?\d{1,12}(?:\.\d{1,9})?) (?<unit>\S{1,8})`;

/** All forms of a line, tried in order. */
const lineForms: readonly LineForm[] = [
  {
    pattern: /^(?<command>S|SI|SR|SIR|Z|ZI|T|TI|TA|TAC|@|I[0-5])$/,
    answer: false,
    read: ({ command = "" }) => ({ kind: "command", command }),
  },
  {
    pattern: new RegExp(`^(?<echo>S|SI|SR|SIR) (?<state>[SD])${weightPattern}$`),
    answer: true,
    read: ({ echo = "", state, value = "", unit = "" }) => ({
      kind: "weight",
      echo,
      value,
      unit,
      stable: state === "S",
    }),
  },
  {
    pattern: new RegExp(`^(?<echo>TA(?= A)|TI?(?= [SD])) (?<state>[SDA])${weightPattern}$`),
    answer: true,
    read: ({ echo = "", state, value = "", unit = "" }) => ({
      kind: "tare",
      echo,
      value,
      unit,
      stable: state !== "D",
    }),
  },
  {
    pattern: /^(?<echo>Z(?= A)|TAC(?= A)|ZI(?= [SD])) (?<state>[SDA])$/,
    answer: true,
    read: ({ echo = "", state }) => ({ kind: "done", echo, stable: state !== "D" }),
  },
  {
    pattern: /^(?<echo>S|SI|SR|SIR|Z|ZI|T|TI|TA|TAC) (?<letter>[-+IL])$/,
    answer: true,
    read: ({ echo = "", letter = "" }) => ({
      kind: "obstacle",
      echo,
      obstacle: isObstacle(letter) ? obstacles[letter] : "parameter",
    }),
  },
  {
    pattern: /^(?<error>E[STL])$/,
    answer: true,
    read: ({ error = "" }) => ({ kind: "error", error }),
  },
  {
    pattern: /^(?<item>I\d) (?<state>[AB]) (?<content>.+)$/,
    answer: true,
    read: ({ item = "", state, content = "" }) => ({ kind: "identity", item, more: state === "B", content }),
  },
  {
    pattern: new RegExp(`^ (?<line>\\d{1,4}) {4}(?<net>[N ])${weightPattern}$`),
    answer: false,
    read: ({ line = "", net, value = "", unit = "" }) => ({
      kind: "print",
      line,
      value,
      unit,
      net: net === "N",
    }),
  },
];

function readLine(line: string, forms: readonly LineForm[]): MtSicsFrame | undefined {
  for (const { pattern, read } of forms) {
    const match = pattern.exec(line);
    if (match) return read(match.groups ?? {});
  }
  return undefined;
}

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
/** Far longer than any answer; the longest are the texts of I2. */
const lineBytesMax = 128;
const answerForms = lineForms.filter((form) => form.answer);
const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;

/** Where in an unreadable line an answer begins, because the rest of a damaged line stands before it; or 0. */
function answerOffset(line: string): number {
  if (readLine(line, lineForms) !== undefined) return 0;
  for (let offset = 1; offset < line.length; offset += 1) {
    if (readLine(line.slice(offset), answerForms) !== undefined) return offset;
  }
  return 0;
}

/** A frame is a line of printable characters; one that nobody understands is still a frame, to be refused. */
const probe: Probe = (bytes) => {
  const window = bytes.subarray(0, lineBytesMax);
  const end = window.findIndex((byte) => !isPrintable(byte));
  if (end === 0) return { kind: "noise", length: 1 };
  if (end < 0 || end === window.length - 1) {
    return window.length < lineBytesMax ? "more" : { kind: "noise", length: 1 };
  }
  if (window[end] !== carriageReturn || window[end + 1] !== lineFeed) return { kind: "noise", length: end };
  const offset = answerOffset(toLatin1(window.subarray(0, end)));
  return offset > 0 ? { kind: "noise", length: offset } : { kind: "frame", length: end + 2 };
};

function decode(bytes: Uint8Array): Decoded<MtSicsFrame> {
  if (bytes.length === 0) return refused("empty", "no bytes");
  const text = toLatin1(bytes);
  if (!text.endsWith("\r\n")) return refused("end", "a line ends with CR LF");
  const line = text.slice(0, -2);
  if (!bytes.subarray(0, -2).every(isPrintable))
    return refused("character", "a line has printable characters");
  const frame = readLine(line, lineForms);
  return frame === undefined ? refused("unknown-command", `not MT-SICS: ${line}`) : decoded(frame);
}

const stability = (stable: boolean): string => (stable ? "S" : "D");
/** The weight stands right-aligned in ten characters. */
const weightField = (value: string, unit: string): string => `${value.padStart(10)} ${unit}`;
const letterOf = (obstacle: MtSicsObstacle): string =>
  Object.entries(obstacles).find(([, name]) => name === obstacle)?.[0] ?? "I";

type FrameOf<Kind extends MtSicsFrame["kind"]> = Extract<MtSicsFrame, { kind: Kind }>;

/** Firmware that echoes `SI` keeps the value's last column, so the field is then a character shorter. */
const valueEndColumn = 14;

/** The inverse of the forms above. */
const writings: { readonly [Kind in MtSicsFrame["kind"]]: (frame: FrameOf<Kind>) => string } = {
  command: ({ command }) => command,
  weight({ echo, stable, value, unit }) {
    const start = `${echo} ${stability(stable)} `;
    return `${start}${value.padStart(valueEndColumn - start.length)} ${unit}`;
  },
  tare: ({ echo, stable, value, unit }) =>
    `${echo} ${echo === "TA" ? "A" : stability(stable)} ${weightField(value, unit)}`,
  done: ({ echo, stable }) => `${echo} ${echo === "ZI" ? stability(stable) : "A"}`,
  obstacle: ({ echo, obstacle }) => `${echo} ${letterOf(obstacle)}`,
  error: ({ error }) => error,
  identity: ({ item, more, content }) => `${item} ${more ? "B" : "A"} ${content}`,
  print: ({ line, net, value, unit }) => ` ${line}    ${net ? "N" : " "}  ${weightField(value, unit)}`,
};

function writeLine<Kind extends MtSicsFrame["kind"]>(frame: FrameOf<Kind>): string {
  return writings[frame.kind](frame);
}

/** Mettler-Toledo Standard Interface Command Set, levels 0 and 1: lines of ASCII. */
export const mtSics: StreamCodec<MtSicsFrame> = {
  name: "mt-sics",
  frameBytesMax: lineBytesMax,
  probe,
  decode,
  encode: (frame) => fromLatin1(`${writeLine(frame)}\r\n`),
};

const unquoted = (content: string): string => /^"(.*)"$/.exec(content)?.[1] ?? content;

const describedObstacles: Readonly<Record<MtSicsObstacle, Record<string, unknown>>> = {
  overload: { overload: true },
  underload: { underload: true },
  "not-executable": { error: "not-executable" },
  parameter: { error: "parameter" },
};

/** The frame under the names of the published vectors. */
const described: {
  readonly [Kind in MtSicsFrame["kind"]]: (frame: FrameOf<Kind>) => Record<string, unknown>;
} = {
  command: ({ command }) => ({ command }),
  weight: ({ value, unit, stable }) => ({ value, unit, stable }),
  tare: ({ value, unit }) => ({ tare: value, unit }),
  done: () => ({}),
  obstacle: ({ obstacle }) => describedObstacles[obstacle],
  error: ({ error }) => ({ error }),
  identity: ({ item, content }) => ({ [item === "I4" ? "serial" : "text"]: unquoted(content) }),
  print: ({ value, unit, net }) => ({ value, unit, stable: true, net }),
};

export function describeMtSics<Kind extends MtSicsFrame["kind"]>(
  frame: FrameOf<Kind>,
): Record<string, unknown> {
  return described[frame.kind](frame);
}
