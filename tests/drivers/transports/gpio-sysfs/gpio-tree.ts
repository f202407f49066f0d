/**
 * What the kernel shows under /sys/class/gpio, as a tree of files that act when they are read or written:
 * one chip labelled `bench` with eight lines, and a `.bench` file by which the test plays the world.
 */

/** Linux error numbers, as FUSE wants them. */
export const errno = { EPERM: 1, ENOENT: 2, EBUSY: 16, ENODEV: 19, EINVAL: 22, ENOSYS: 38 } as const;
type Errno = keyof typeof errno;

export interface TreeFile {
  readonly kind: "file";
  read(): Buffer | Errno;
  write(written: string): Errno | undefined;
  /** Present where a file can be waited on: whether something happened since the last read. */
  readonly pending?: () => boolean;
}
export interface TreeFolder {
  readonly kind: "folder";
  entries(): ReadonlyMap<string, TreeNode>;
}
export type TreeNode = TreeFile | TreeFolder;

/** As on a kernel of 2024 and later; nothing may take it for granted. */
const base = 520;
const lineCount = 8;
export const chipLabel = "bench";

interface Line {
  /** The pin's own level. */
  level: boolean;
  direction: "in" | "out";
  edge: string;
  activeLow: boolean;
  pending: boolean;
}

const newLine = (): Line => ({
  level: true,
  direction: "in",
  edge: "none",
  activeLow: false,
  pending: false,
});

/** `wake` is called with a line's value file when whoever waits on it should look. */
export function gpioTree(wake: (file: TreeFile) => void): TreeFolder {
  const lines = Array.from({ length: lineCount }, newLine);
  const exported = new Map<number, TreeFolder>();
  let present = true;

  const lineOf = (number: string): Line | undefined => (present ? lines[Number(number) - base] : undefined);

  function setLevel(line: Line, level: boolean): void {
    if (line.level === level) return;
    line.level = level;
    if (line.edge !== "both") return;
    line.pending = true;
    const file = exported
      .get(base + lines.indexOf(line))
      ?.entries()
      .get("value");
    if (file?.kind === "file") wake(file);
  }

  function lineFolder(line: Line): TreeFolder {
    const alive = (file: Omit<TreeFile, "kind">): TreeFile => ({
      kind: "file",
      ...file,
      read: () => (present ? file.read() : "ENODEV"),
      write: (written) => (present ? file.write(written) : "ENODEV"),
    });
    const value = alive({
      read() {
        line.pending = false;
        return text(line.level === line.activeLow ? "0" : "1");
      },
      write(written) {
        if (line.direction !== "out") return "EPERM";
        line.level = (written === "1") !== line.activeLow;
        return undefined;
      },
      pending: () => line.pending,
    });
    const direction = alive({
      read: () => text(line.direction),
      write(written) {
        line.direction = written === "in" ? "in" : "out";
        if (written !== "in") line.level = written === "high";
        return undefined;
      },
    });
    const edge = alive({
      read: () => text(line.edge),
      write(written) {
        line.edge = written;
        return undefined;
      },
    });
    const activeLow = alive({
      read: () => text(line.activeLow ? "1" : "0"),
      write(written) {
        line.activeLow = written !== "0";
        return undefined;
      },
    });
    return folder({ value, direction, edge, active_low: activeLow });
  }

  const exportFile = writeOnly((text) => {
    const line = lineOf(text);
    if (line === undefined) return "EINVAL";
    if (exported.has(Number(text))) return "EBUSY";
    exported.set(Number(text), lineFolder(line));
    return undefined;
  });
  const unexportFile = writeOnly((text) => (exported.delete(Number(text)) ? undefined : "EINVAL"));
  const chip = folder({
    label: constant(chipLabel),
    base: constant(String(base)),
    ngpio: constant(String(lineCount)),
  });
  /** `level OFFSET 0|1`, `chip 0|1`; reading gives the levels of all pins and the exported lines. */
  const bench: TreeFile = {
    kind: "file",
    read: () =>
      text(JSON.stringify({ levels: lines.map(({ level }) => level), exported: [...exported.keys()] })),
    write(written) {
      const [word, first = "", second] = written.split(" ");
      const line = lines[Number(first)];
      if (word === "level" && line !== undefined) setLevel(line, second === "1");
      if (word === "chip") present = first === "1";
      if (!present) exported.clear();
      return undefined;
    },
  };
  return {
    kind: "folder",
    entries: () =>
      new Map<string, TreeNode>([
        ["export", exportFile],
        ["unexport", unexportFile],
        [".bench", bench],
        ...(present ? ([[`gpiochip${base}`, chip]] as const) : []),
        ...[...exported].map(([number, line]) => [`gpio${number}`, line] as const),
      ]),
  };
}

const text = (content: string): Buffer => Buffer.from(`${content}\n`);

function folder(files: Readonly<Record<string, TreeFile>>): TreeFolder {
  const entries = new Map(Object.entries(files));
  return { kind: "folder", entries: () => entries };
}

const constant = (content: string): TreeFile => ({
  kind: "file",
  read: () => text(content),
  write: () => "EPERM",
});
const writeOnly = (write: TreeFile["write"]): TreeFile => ({ kind: "file", read: () => "EPERM", write });
