import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GpioLine } from "../../protocols/config/transport.ts";
import type { FaultCode } from "../../protocols/faults.ts";

/** Where the kernel shows its GPIO chips. */
export const gpioRoot = "/sys/class/gpio";

/** A chip as whoever lists it knows it. */
export interface NamedChip {
  /** Tells it from a chip with the same label. */
  readonly directory: string;
  readonly label: string;
  readonly lineCount: number;
  /** The lines' names in the device tree, by offset; empty where it gives none. */
  readonly lineNames: readonly string[];
}

export interface Chip extends NamedChip {
  /** The global number of the chip's first line; another one on every kernel. */
  readonly base: number;
}

type Missing = {
  readonly ok: false;
  readonly fault: { readonly code: FaultCode; readonly detail: string };
};
export type LineFound = { readonly ok: true; readonly number: number; readonly chip: Chip } | Missing;
export type OffsetFound<Listed> =
  | { readonly ok: true; readonly offset: number; readonly chip: Listed }
  | Missing;

/** The global number of a configured line, found anew at each opening by chip label or line name. */
export function findLine(line: GpioLine, root: string = gpioRoot): LineFound {
  if (!existsSync(root)) return missing("gpio-unavailable", `${root} is not there`);
  const found = findOffset(line, readChips(root));
  return found.ok ? { ok: true, number: found.chip.base + found.offset, chip: found.chip } : found;
}

/** The chip and offset of a configured line among the chips that there are. */
export function findOffset<Listed extends NamedChip>(
  line: GpioLine,
  chips: readonly Listed[],
): OffsetFound<Listed> {
  if (line.name !== undefined) return findByName(line.name, chips);
  if (line.chip === undefined || line.offset === undefined)
    return missing("device-absent", "the line is configured with neither a name nor a chip and an offset");
  return findByOffset(line.chip, line.offset, chips);
}

function findByName<Listed extends NamedChip>(name: string, chips: readonly Listed[]): OffsetFound<Listed> {
  const bearers = chips.flatMap((chip) =>
    chip.lineNames.flatMap((lineName, offset) => (lineName === name ? [{ chip, offset }] : [])),
  );
  const [found, ...others] = bearers;
  if (found === undefined)
    return missing("device-absent", `no line is named ${name}; chips: ${labels(chips)}`);
  if (others.length > 0) {
    const owners = bearers.map(({ chip, offset }) => `${chip.label} offset ${offset}`);
    return missing("wrong-device", `the line name ${name} is borne by ${owners.join(" and ")}`);
  }
  return { ok: true, ...found };
}

function findByOffset<Listed extends NamedChip>(
  label: string,
  offset: number,
  chips: readonly Listed[],
): OffsetFound<Listed> {
  const bearers = chips.filter((chip) => chip.label === label);
  const [chip, ...others] = bearers;
  if (chip === undefined)
    return missing("device-absent", `no GPIO chip is labelled ${label}; there are: ${labels(chips)}`);
  if (others.length > 0)
    return missing(
      "wrong-device",
      `the label ${label} is borne by ${bearers.map(({ directory }) => directory).join(" and ")}`,
    );
  if (offset >= chip.lineCount)
    return missing("device-absent", `${label} has only ${chip.lineCount} lines, so no offset ${offset}`);
  return { ok: true, offset, chip };
}

function readChips(root: string): readonly Chip[] {
  return readdirSync(root)
    .filter((entry) => entry.startsWith("gpiochip"))
    .toSorted()
    .flatMap((entry) => readChip(join(root, entry)) ?? []);
}

/** Undefined for a chip that went while we looked. */
function readChip(directory: string): Chip | undefined {
  try {
    const read = (file: string): string => readFileSync(join(directory, file), "utf8").trim();
    const base = Number(read("base"));
    const lineCount = Number(read("ngpio"));
    return { directory, label: read("label"), base, lineCount, lineNames: readNames(directory) };
  } catch {
    return undefined;
  }
}

/** The device tree keeps a chip's line names as strings that each end in NUL. */
function readNames(directory: string): readonly string[] {
  const path = join(directory, "device/of_node/gpio-line-names");
  return existsSync(path) ? readFileSync(path, "utf8").split("\0").slice(0, -1) : [];
}

function missing(code: FaultCode, detail: string): Missing {
  return { ok: false, fault: { code, detail } };
}

function labels(chips: readonly NamedChip[]): string {
  return chips.map(({ label }) => label).join(", ") || "none";
}
