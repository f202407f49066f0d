import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import { type Store, startWholeStore } from "../../cli/store.ts";
import { bootId, systemClock, systemRandom } from "../../cli/system.ts";
import { configurationSchema } from "../../protocols/config/configuration.ts";
import { carryInProcess } from "../../simulators/carriers/in-process.ts";
import {
  EscposSimulator,
  type PrinterState,
  type PrinterStimulus,
} from "../../simulators/devices/escpos-printer.ts";
import type { Simulator } from "../../simulators/simulator.ts";
import { silentLog } from "../gateway/store.ts";
import { siteConfiguration } from "../site.ts";
import { waitUntil } from "../wait-until.ts";

type Input = z.input<typeof configurationSchema>;
type Accounts = NonNullable<NonNullable<Input["gateway"]["console"]>["accounts"]>;

const clock = systemClock();

/** The printer of the devices' tests, and a look at what it has printed. */
function printer() {
  const inner = new EscposSimulator();
  let state: PrinterState = inner.initial;
  const watched: Simulator<PrinterState, PrinterStimulus> = {
    name: inner.name,
    initial: inner.initial,
    step(before, input) {
      const step = inner.step(before, input);
      state = step.state;
      return step;
    },
  };
  const carried = carryInProcess(watched, { clock, kind: "serial" });
  return { ...carried, printed: () => state.tickets.map(({ elements }) => JSON.stringify(elements)) };
}

/** A whole store with a kiosk's printer and three counters, whose pages are at the same address over every restart. */
export class PageStore {
  readonly printer = printer();
  readonly #directory = mkdtempSync(join(tmpdir(), "storewire-pages-"));
  readonly #accounts: Accounts;
  /** The first start finds a free one; the others take it again. */
  #port = 0;
  #store: Store | undefined;

  constructor(accounts: Accounts = []) {
    this.#accounts = accounts;
  }

  static async open(accounts: Accounts = []): Promise<PageStore> {
    const store = new PageStore(accounts);
    await store.start();
    return store;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How many wait, of all services and classes. */
  get waiting(): number {
    const lines = this.#store?.gateway?.status().queue ?? [];
    return lines.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  async start(): Promise<void> {
    this.#store = await startWholeStore(this.#configuration(), {
      clock,
      random: systemRandom,
      boot: bootId(),
      version: "test",
      log: silentLog,
      simulated: new Map([["printer1", this.printer.transport]]),
    });
    this.#port = this.#store.gateway?.consolePort ?? 0;
    await waitUntil(
      "the printer is ready",
      () => this.#store?.agent?.devices().every(({ state }) => state === "ready") === true,
    );
  }

  async stop(): Promise<void> {
    await this.#store?.close();
    this.#store = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.printer.close();
    rmSync(this.#directory, { recursive: true });
  }

  #configuration() {
    const site = siteConfiguration({
      directory: this.#directory,
      // Nobody listens there: a store's pages need no headquarters.
      headquartersUrl: "mqtt://127.0.0.1:1",
    });
    site.gateway.console = { enabled: true, port: this.#port, accounts: this.#accounts };
    site.devices = [
      {
        id: "printer1",
        readPoint: "kiosk",
        driver: "escpos-printer",
        transport: { kind: "simulated", name: "printer1" },
      },
    ];
    site.queue = {
      ...site.queue,
      services: [
        ...(site.queue?.services ?? []),
        // As long as names may be.
        {
          id: "pickup",
          prefix: "C",
          name: "Pick-up of large items, orders and rents",
          nameChinese: "大件商品订单提货以及租赁工具归还服务台",
        },
      ],
      printers: [{ kiosk: "kiosk", device: "printer1" }],
      // The pages themselves have to know an impatient finger.
      pressAgainMs: 0,
    };
    return configurationSchema.parse(site);
  }
}
