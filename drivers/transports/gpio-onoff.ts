import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { GpioConfig, GpioLine } from "../../protocols/config/transport.ts";
import type { Debounce } from "../../protocols/debounce.ts";
import { debounce } from "../../protocols/debounce.ts";
import type { Fault } from "../../protocols/faults.ts";
import type { Lifeline } from "../../protocols/lifeline.ts";
import { lifeline } from "../../protocols/lifeline.ts";
import type { Connection, Opening, Transport, TransportListener } from "../../protocols/transport.ts";
import { unsupported } from "../../protocols/transport.ts";
import type { Chip } from "./gpio-lines.ts";
import { findLine, gpioRoot } from "./gpio-lines.ts";
import { detailOf, errnoOf, openingFault } from "./system-errors.ts";

/** What onoff gives for one exported line; values are logical, 1 is active. */
export interface OnoffLine {
  readSync(): 0 | 1;
  writeSync(value: 0 | 1): void;
  watch(callback: (error: Error | null | undefined, value: 0 | 1) => void): void;
  unexport(): void;
}

export interface OnoffModule {
  readonly Gpio: new (
    number: number,
    direction: "in" | "high" | "low",
    edge: "both" | "none",
    options: { readonly activeLow: boolean },
  ) => OnoffLine;
}

export interface OnoffEnvironment {
  readonly clock: Clock;
  /** Where the chips are looked up. */
  readonly root?: string;
  /** The optional package; rejected where it is not installed. */
  readonly loadOnoff?: () => Promise<OnoffModule>;
}

/**
 * How often each line is read besides its interrupts: onoff says nothing when a chip goes away, and the
 * read fails then. It also finds an edge whose interrupt was lost.
 */
export const lineCheckMs = 1_000;

const installHint =
  "the optional package onoff is missing; it is compiled when it is installed: " +
  "apt-get install build-essential python3, then npm install onoff in Storewire's folder";

interface OpenLine {
  readonly name: string;
  readonly settings: GpioLine;
  readonly chip: Chip;
  readonly line: OnoffLine;
  readonly initial: boolean;
}

/** GPIO lines by /sys/class/gpio; all lines of the device open together or not at all. */
export function onoffTransport(config: GpioConfig, environment: OnoffEnvironment): Transport {
  return {
    async open(listener) {
      const loaded = await load(environment);
      if (loaded.onoff === undefined) return { ok: false, fault: loaded.fault };
      return openLines(config, loaded.onoff, environment, listener);
    },
  };
}

type Loaded = { readonly onoff: OnoffModule } | { readonly onoff: undefined; readonly fault: Fault };

async function load({ loadOnoff = () => import("onoff") }: OnoffEnvironment): Promise<Loaded> {
  try {
    return { onoff: await loadOnoff() };
  } catch (error) {
    const missing = errnoOf(error).endsWith("MODULE_NOT_FOUND");
    const detail = missing ? installHint : `onoff cannot be loaded: ${detailOf(error)}`;
    return { onoff: undefined, fault: { code: "gpio-unavailable", detail } };
  }
}

function openLines(
  config: GpioConfig,
  onoff: OnoffModule,
  { clock, root = gpioRoot }: OnoffEnvironment,
  listener: TransportListener,
): Opening {
  const open: OpenLine[] = [];
  for (const [name, settings] of Object.entries(config.lines)) {
    const opened = openLine(name, settings, onoff, root);
    if (!opened.ok) {
      release(open);
      return opened;
    }
    open.push(opened.line);
  }
  const life = lifeline(listener);
  const inputs = watchInputs(open, clock, life);
  checkLines(open, inputs, clock, life);
  life.atEnd(() => {
    for (const input of inputs) input.stop();
    release(open);
  });
  return { ok: true, connection: connection(open, life) };
}

function openLine(
  name: string,
  settings: GpioLine,
  { Gpio }: OnoffModule,
  root: string,
): { readonly ok: true; readonly line: OpenLine } | { readonly ok: false; readonly fault: Fault } {
  const found = findLine(settings, root);
  if (!found.ok)
    return { ok: false, fault: { ...found.fault, detail: `line ${name}: ${found.fault.detail}` } };
  const { activeLow, direction } = settings;
  // `high` and `low` are the pin's own level, so that an output starts inactive instead of blinking.
  const outputStart = activeLow ? "high" : "low";
  const exported = join(root, `gpio${found.number}`);
  const exportedBefore = existsSync(exported);
  try {
    const line =
      direction === "in"
        ? new Gpio(found.number, "in", "both", { activeLow })
        : new Gpio(found.number, outputStart, "none", { activeLow });
    return { ok: true, line: { name, settings, chip: found.chip, line, initial: line.readSync() === 1 } };
  } catch (error) {
    // onoff overlooks errors on a line that it finds exported, so a half-made line must not stay so.
    if (!exportedBefore && existsSync(exported)) unexport(found.number, root);
    const { code, detail } = openingFault(error);
    return { ok: false, fault: { code, detail: `line ${name} (number ${found.number}): ${detail}` } };
  }
}

function unexport(number: number, root: string): void {
  try {
    writeFileSync(join(root, "unexport"), String(number));
  } catch {
    // The chip went meanwhile.
  }
}

function watchInputs(open: readonly OpenLine[], clock: Clock, life: Lifeline): readonly Debounce[] {
  return open
    .filter(({ settings }) => settings.direction === "in")
    .map((input) => {
      const { name, settings, line, initial } = input;
      const read = (): boolean => readOrLose(input, life) ?? initial;
      const quiet = { clock, quietMs: settings.debounceMs };
      const debounced = debounce(quiet, initial, read, (active) => life.edge(name, active));
      line.watch(() => debounced.moved());
      return debounced;
    });
}

/** Reads every line at fixed intervals until the connection ends. */
function checkLines(
  open: readonly OpenLine[],
  inputs: readonly Debounce[],
  clock: Clock,
  life: Lifeline,
): void {
  let cancel: Cancel;
  const check = (): void => {
    for (const line of open) readOrLose(line, life);
    if (life.ended) return;
    for (const input of inputs) input.check();
    cancel = clock.after(lineCheckMs, check);
  };
  cancel = clock.after(lineCheckMs, check);
  life.atEnd(() => cancel());
}

/** The line's level, or the end of the connection when its chip is gone. */
function readOrLose({ name, chip, line }: OpenLine, life: Lifeline): boolean | undefined {
  try {
    return life.ended ? undefined : line.readSync() === 1;
  } catch (error) {
    const detail = `line ${name}: the GPIO chip ${chip.label} cannot be read: ${detailOf(error)}`;
    life.lose({ code: "connection-lost", detail });
    return undefined;
  }
}

function connection(open: readonly OpenLine[], life: Lifeline): Connection {
  const outputs = new Map(
    open.flatMap(({ name, settings, line }) => (settings.direction === "out" ? [[name, line]] : [])),
  );
  const drive = (name: string, active: boolean): void => {
    const output = outputs.get(name);
    if (output === undefined) throw new Error(`no output line is named ${name}`);
    output.writeSync(active ? 1 : 0);
  };
  return {
    send: unsupported("byte stream"),
    sendFeature: unsupported("feature reports"),
    setLine: (name, active) => life.whileOpen(async () => drive(name, active)),
    close() {
      life.end();
      return Promise.resolve();
    },
  };
}

/** Gives the lines back to the kernel; a lamp that nobody watches any more is switched off first. */
function release(open: readonly OpenLine[]): void {
  for (const { settings, line } of open) {
    try {
      if (settings.direction === "out") line.writeSync(0);
      line.unexport();
    } catch {
      // The chip is gone, and its lines with it.
    }
  }
}
