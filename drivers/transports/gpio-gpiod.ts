import { existsSync } from "node:fs";
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
import type { NamedChip } from "./gpio-lines.ts";
import { findOffset } from "./gpio-lines.ts";
import { GpiodInputs } from "./gpiod-inputs.ts";
import { GpiodOutput } from "./gpiod-output.ts";
import type { GpiodTools, LineGroup } from "./gpiod-tools.ts";
import { faultOfTool, findGpiod } from "./gpiod-tools.ts";
import { once } from "./stream-connection.ts";
import { detailOf } from "./system-errors.ts";

export interface GpiodEnvironment {
  readonly clock: Clock;
  /** Where gpiodetect and the others are; on the path when absent. */
  readonly gpiodFolder?: string;
  /** Where the gpiochip nodes are. */
  readonly deviceFolder?: string;
}

/** How often is looked whether the chip is still there, and for edges that got lost. */
const chipCheckMs = 1_000;

interface PlacedLine {
  readonly name: string;
  readonly settings: GpioLine;
  readonly chip: string;
  readonly offset: number;
}

/** GPIO lines by the gpiochip devices, through Debian's gpiod tools as child processes. */
export function gpiodTransport(config: GpioConfig, environment: GpiodEnvironment): Transport {
  return {
    async open(listener) {
      let tools: GpiodTools;
      let chips: readonly NamedChip[];
      try {
        tools = await findGpiod(environment.gpiodFolder);
        chips = await tools.chips();
      } catch (error) {
        return { ok: false, fault: faultOfTool(error) };
      }
      const placed: PlacedLine[] = [];
      for (const [name, settings] of Object.entries(config.lines)) {
        const found = findOffset(settings, chips);
        if (!found.ok) return { ok: false, fault: about(name, found.fault) };
        placed.push({ name, settings, chip: found.chip.directory, offset: found.offset });
      }
      return new GpiodLines(placed, tools, environment, listener).open();
    },
  };
}

const about = (name: string, { code, detail }: Fault): Fault => ({ code, detail: `line ${name}: ${detail}` });

/** All lines of one device, from their opening to their end. */
class GpiodLines {
  readonly #placed: readonly PlacedLine[];
  readonly #tools: GpiodTools;
  readonly #environment: GpiodEnvironment;
  readonly #life: Lifeline;
  readonly #outputs = new Map<string, { readonly output: GpiodOutput; readonly settings: GpioLine }>();
  readonly #groups: GpiodInputs[] = [];
  readonly #contacts = new Map<string, Debounce>();
  #letGo: Promise<unknown> = Promise.resolve();

  constructor(
    placed: readonly PlacedLine[],
    tools: GpiodTools,
    environment: GpiodEnvironment,
    listener: TransportListener,
  ) {
    this.#placed = placed;
    this.#tools = tools;
    this.#environment = environment;
    this.#life = lifeline(listener);
  }

  /** All of them or none: what was opened before a line that cannot be is given back. */
  async open(): Promise<Opening> {
    this.#life.atEnd(() => {
      this.#letGo = this.#release();
    });
    try {
      for (const line of this.#placed.filter(({ settings }) => settings.direction === "out"))
        await this.#openOutput(line);
      for (const lines of groupsOf(this.#placed)) await this.#openInputs(lines);
    } catch (error) {
      this.#life.end();
      await this.#letGo;
      return { ok: false, fault: faultOfTool(error) };
    }
    this.#watchChips();
    return { ok: true, connection: this.#connection() };
  }

  async #openOutput({ name, settings, chip, offset }: PlacedLine): Promise<void> {
    const output = new GpiodOutput(this.#tools, chip, offset, (detail) => this.#lose(name, detail));
    this.#outputs.set(name, { output, settings });
    await naming(name, output.set(settings.activeLow));
  }

  async #openInputs(lines: readonly PlacedLine[]): Promise<void> {
    const [first] = lines;
    if (first === undefined) return;
    const names = lines.map(({ name }) => name).join(", ");
    const offsets = lines.map(({ offset }) => offset);
    const group: LineGroup = { chip: first.chip, bias: first.settings.bias, offsets };
    const inputs: GpiodInputs = new GpiodInputs(this.#tools, group, this.#environment.clock, {
      moved: (offset) => {
        for (const line of lines.filter((each) => each.offset === offset))
          this.#contact(line, inputs).moved();
      },
      lost: (detail) => this.#lose(names, detail),
    });
    this.#groups.push(inputs);
    await naming(names, inputs.begin());
    for (const line of lines) this.#contact(line, inputs);
  }

  /** What the line was at its opening is no edge. */
  #contact({ name, settings, offset }: PlacedLine, inputs: GpiodInputs): Debounce {
    const known = this.#contacts.get(name);
    if (known !== undefined) return known;
    const read = (): boolean => inputs.level(offset) !== settings.activeLow;
    const quiet = { clock: this.#environment.clock, quietMs: settings.debounceMs };
    const contact = debounce(quiet, read(), read, (active) => this.#life.edge(name, active));
    this.#contacts.set(name, contact);
    return contact;
  }

  /** An output's holder does not notice that its chip is gone. */
  #watchChips(): void {
    const { clock, deviceFolder = "/dev" } = this.#environment;
    let cancel: Cancel;
    const check = async (): Promise<void> => {
      const gone = this.#placed.find(({ chip }) => !existsSync(join(deviceFolder, chip)));
      if (gone !== undefined) this.#lose(gone.name, `the GPIO chip ${gone.chip} is gone`);
      try {
        for (const group of this.#groups) if (!this.#life.ended) await group.check();
      } catch (error) {
        this.#lose("of the inputs", detailOf(error));
      }
      if (!this.#life.ended) cancel = clock.after(chipCheckMs, () => void check());
    };
    cancel = clock.after(chipCheckMs, () => void check());
    this.#life.atEnd(() => cancel());
  }

  #lose(name: string, detail: string): void {
    this.#life.lose({ code: "connection-lost", detail: `line ${name}: ${detail}` });
  }

  #connection(): Connection {
    const drive = async (name: string, active: boolean): Promise<void> => {
      const found = this.#outputs.get(name);
      if (found === undefined) throw new Error(`no output line is named ${name}`);
      await found.output.set(active !== found.settings.activeLow);
    };
    const close = once(async () => {
      this.#life.end();
      await this.#letGo;
    });
    return {
      send: unsupported("byte stream"),
      sendFeature: unsupported("feature reports"),
      setLine: (name, active) => this.#life.whileOpen(() => drive(name, active)),
      close,
    };
  }

  /** A lamp that nobody watches any more is switched off; of a chip that is gone nothing is asked. */
  async #release(): Promise<void> {
    for (const contact of this.#contacts.values()) contact.stop();
    await Promise.allSettled([
      ...this.#groups.map((group) => group.close()),
      ...[...this.#outputs.values()].map(({ output, settings }) => output.end(settings.activeLow)),
    ]);
  }
}

async function naming(name: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new Error(`line ${name}: ${detailOf(error)}`, { cause: error });
  }
}

/** Inputs by chip and bias. */
function groupsOf(placed: readonly PlacedLine[]): readonly (readonly PlacedLine[])[] {
  const inputs = placed.filter(({ settings }) => settings.direction === "in");
  const groups = new Map<string, PlacedLine[]>();
  for (const line of inputs) {
    const group = `${line.chip} ${line.settings.bias ?? ""}`;
    groups.set(group, [...(groups.get(group) ?? []), line]);
  }
  return [...groups.values()];
}
