import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import type { GpioLine } from "../../protocols/config/transport.ts";
import type { Fault } from "../../protocols/faults.ts";
import type { NamedChip } from "./gpio-lines.ts";
import { detailOf, errnoOf } from "./system-errors.ts";

/** A tool that lists or sets is done within milliseconds; this is for one that hangs in a driver. */
const toolMsMax = 3_000;

export type Bias = NonNullable<GpioLine["bias"]> | undefined;

/** Lines of one chip with one bias: what one process of the tools can watch. */
export interface LineGroup {
  readonly chip: string;
  readonly bias: Bias;
  readonly offsets: readonly number[];
}

/** Debian's gpiod, of whichever version is there. */
export interface GpiodTools {
  chips(): Promise<readonly NamedChip[]>;
  /** The pins' own levels, in the order of the offsets. */
  levels(group: LineGroup): Promise<readonly boolean[]>;
  /** The offsets of a chip's lines that a tool of this name holds. */
  heldBy(chip: string, tool: string): Promise<ReadonlySet<number>>;
  /** Sets an output; fulfilled when the kernel has taken it. The line is not held then. */
  set(chip: string, offset: number, high: boolean): Promise<void>;
  /** Prints the edges of these lines, one `parseEdge` a line. */
  watch(group: LineGroup): ChildProcess;
  /** Holds an output until its input ends, which it does with us. */
  hold(chip: string, offset: number, high: boolean): ChildProcess;
}

/*
 * The two versions take other options, and `-b` means something else in each: from the --help of 1.6.3 and the manual
 * pages of 2.1 and 2.2. Ours prints edges as offset and type; rising is 1 in both (falling is 0 or 2).
 */
const edgeFormat = "%o %e";
interface Syntax {
  readonly onChip: (chip: string) => readonly string[];
  readonly bias: (bias: string) => readonly string[];
  readonly levels: readonly string[];
  readonly watch: readonly string[];
  readonly set: readonly string[];
  readonly hold: readonly string[];
}
const syntaxOf: Readonly<Record<"1" | "2", Syntax>> = {
  "1": {
    onChip: (chip) => [chip],
    bias: (bias) => ["-B", bias === "disabled" ? "disable" : bias],
    levels: [],
    watch: ["-b", "-F", edgeFormat],
    set: ["-m", "exit"],
    hold: ["-m", "wait"],
  },
  "2": {
    onChip: (chip) => ["-c", chip],
    bias: (bias) => ["-b", bias],
    levels: ["--numeric"],
    watch: ["-F", edgeFormat],
    set: ["-t", "0"],
    hold: ["-i"],
  },
};

/** The tools in `folder`, or on the path; rejected where they are missing or of a version that is not known. */
export async function findGpiod(folder?: string): Promise<GpiodTools> {
  const path = (tool: string): string => (folder === undefined ? tool : join(folder, tool));
  const runTool = (tool: string, ...options: readonly string[]): Promise<string> => run(path(tool), options);
  const version = /\bv?([12])\.\d+/.exec(await runTool("gpiodetect", "--version"))?.[1];
  if (version !== "1" && version !== "2") throw new Error("a gpiod of neither version 1 nor 2");
  const syntax = syntaxOf[version];
  const place = ({ chip, bias, offsets }: LineGroup): readonly string[] => [
    ...(bias === undefined ? [] : syntax.bias(bias)),
    ...syntax.onChip(chip),
    ...offsets.map(String),
  ];
  const driven = (chip: string, offset: number, high: boolean): readonly string[] => [
    ...syntax.onChip(chip),
    `${offset}=${high ? 1 : 0}`,
  ];
  return {
    chips: async () => parseChips(await runTool("gpiodetect"), await runTool("gpioinfo")),
    async levels(group) {
      const printed = await runTool("gpioget", ...syntax.levels, ...place(group));
      return printed
        .trim()
        .split(/\s+/)
        .map((level) => level === "1");
    },
    heldBy: async (chip, tool) => parseHeld(await runTool("gpioinfo", ...syntax.onChip(chip)), tool),
    set: async (chip, offset, high) => {
      await runTool("gpioset", ...syntax.set, ...driven(chip, offset, high));
    },
    // Version 2 has no option for it, and a pipe would hold edges back until it is full.
    watch: (group) => start("stdbuf", ["-oL", path("gpiomon"), ...syntax.watch, ...place(group)]),
    hold: (chip, offset, high) => start(path("gpioset"), [...syntax.hold, ...driven(chip, offset, high)]),
  };
}

const start = (program: string, options: readonly string[]): ChildProcess =>
  spawn(program, options, { stdio: ["pipe", "pipe", "pipe"] });

function run(program: string, options: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, options, { timeout: toolMsMax }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(errnoOf(error) === "ENOENT" ? error : new Error(stderr.trim() || detailOf(error)));
    });
  });
}

/** What a tool's last words mean; they are those of the C library, which Debian's tools do not translate. */
export function faultOfTool(error: unknown): Fault {
  const detail = detailOf(error);
  if (errnoOf(error) === "ENOENT")
    return {
      code: "gpio-unavailable",
      detail: "neither /sys/class/gpio nor the gpiod tools are there: apt-get install gpiod",
    };
  if (/Device or resource busy/.test(detail)) return { code: "port-in-use", detail };
  if (/Permission denied|Operation not permitted/.test(detail)) return { code: "permission-denied", detail };
  return { code: "device-absent", detail };
}

/** `gpiochip0 [pinctrl-bcm2711] (58 lines)`, and for each chip its lines: `	line   3:	"GPIO3"	input`. */
export function parseChips(detected: string, info: string): readonly NamedChip[] {
  const names = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of info.split("\n")) {
    const chip = /^(gpiochip\d+) - \d+ lines:/.exec(line)?.[1];
    if (chip !== undefined) {
      current = [];
      names.set(chip, current);
    }
    const found = /^\s+line\s+(\d+):\s+(?:"([^"]*)")?/.exec(line);
    if (found !== null) current[Number(found[1])] = found[2] ?? "";
  }
  return [...detected.matchAll(/^(gpiochip\d+) \[(.*)\] \((\d+) lines?\)$/gm)].map(
    ([, directory = "", label = "", lineCount]) => ({
      directory,
      label,
      lineCount: Number(lineCount),
      lineNames: names.get(directory) ?? [],
    }),
  );
}

/** The consumer stands in quotes, after the line's name: `"GPIO3" "gpiomon" input` or `consumer="gpiomon"`. */
export function parseHeld(info: string, tool: string): ReadonlySet<number> {
  const held = info.split("\n").flatMap((line) => {
    const offset = /^\s+line\s+(\d+):/.exec(line)?.[1];
    return offset !== undefined && line.includes(`"${tool}"`) ? [Number(offset)] : [];
  });
  return new Set(held);
}

export interface Edge {
  readonly offset: number;
  readonly rising: boolean;
}

export function parseEdge(line: string): Edge | undefined {
  const found = /^(\d+) ([012])$/.exec(line.trim());
  return found === null ? undefined : { offset: Number(found[1]), rising: found[2] === "1" };
}
