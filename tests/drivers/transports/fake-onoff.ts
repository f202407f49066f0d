import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OnoffModule } from "../../../drivers/transports/gpio-onoff.ts";

/** A line as the fake onoff sees it; `active` is what it reads and writes. */
export interface FakeLine {
  readonly direction: string;
  readonly activeLow: boolean;
  active: boolean;
  exported: boolean;
}

/** onoff without a kernel, with a chip `bench` of eight lines from number 520, listed in a folder of its own. */
export interface FakeOnoff {
  readonly root: string;
  readonly module: OnoffModule;
  /** By global number, as they were last opened. */
  readonly lines: ReadonlyMap<number, FakeLine>;
  /** Moves an input; whoever watches it is told unless `unheard`. */
  move(number: number, active: boolean, unheard?: "unheard"): void;
  /** Makes reading fail, as it does once the chip is gone. */
  present: boolean;
  /** Why the next opening of a line fails. */
  refusal: Error | undefined;
  remove(): void;
}

export function fakeOnoff(): FakeOnoff {
  const root = mkdtempSync(join(tmpdir(), "storewire-gpio-"));
  const chip = join(root, "gpiochip520");
  const lines = new Map<number, FakeLine>();
  const watchers = new Map<number, () => void>();
  mkdirSync(chip);
  for (const [file, content] of [
    ["label", "bench"],
    ["base", "520"],
    ["ngpio", "8"],
  ] as const)
    writeFileSync(join(chip, file), `${content}\n`);
  const fake: FakeOnoff = {
    root,
    lines,
    present: true,
    refusal: undefined,
    remove: () => rmSync(root, { recursive: true }),
    move(number, active, unheard) {
      const line = lines.get(number);
      if (line === undefined) return;
      line.active = active;
      if (unheard === undefined && line.exported) watchers.get(number)?.();
    },
    module: {
      Gpio: class {
        readonly #number: number;
        readonly #line: FakeLine;
        constructor(
          number: number,
          direction: string,
          _edge: string,
          options: { readonly activeLow: boolean },
        ) {
          if (fake.refusal !== undefined) throw fake.refusal;
          this.#number = number;
          const active = lines.get(number)?.active ?? false;
          this.#line = { direction, activeLow: options.activeLow, active, exported: true };
          lines.set(number, this.#line);
        }
        readSync() {
          if (!fake.present)
            throw Object.assign(new Error("ENODEV: no such device, read"), { code: "ENODEV" });
          return this.#line.active ? 1 : 0;
        }
        writeSync(value: 0 | 1) {
          this.#line.active = value === 1;
        }
        watch(callback: (error: null, value: 0 | 1) => void) {
          watchers.set(this.#number, () => callback(null, this.readSync()));
        }
        unexport() {
          this.#line.exported = false;
        }
      },
    },
  };
  return fake;
}
