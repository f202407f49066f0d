import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../protocols/clock.ts";
import type { Random } from "../../protocols/random.ts";
import { carryOnPty, type PtyDevice } from "../../simulators/carriers/on-pty.ts";
import { carryOnTcp, type TcpDevice } from "../../simulators/carriers/on-tcp.ts";
import { R2000Simulator, type ReaderStimulus, readerDefaults } from "../../simulators/devices/r2000-a0.ts";
import { createSerialScanner, type ScannerStimulus } from "../../simulators/devices/serial-scanner.ts";
import { CuttableProxy } from "../../simulators/network/cuttable-proxy.ts";
import { freePort, type RealBroker, startRealBroker } from "../real-broker.ts";
import { writeSite } from "../site.ts";
import { StorewireProcess } from "../storewire-process.ts";
import type { Watch } from "./caused.ts";

export const agentProgram = "tests/durability/agent-process.js";

export type Part = "agent" | "gateway" | "receiver" | "broker";
export const parts: readonly Part[] = ["agent", "gateway", "receiver", "broker"];
export type Cable = "agent-gateway" | "gateway-broker" | "broker-receiver";
export const cables: readonly Cable[] = ["agent-gateway", "gateway-broker", "broker-receiver"];

/** A whole site and its headquarters as real processes, with everything between them breakable. */
export class DurabilitySite {
  readonly directory: string;
  readonly scanner: PtyDevice<ScannerStimulus>;
  readonly reader: TcpDevice<ReaderStimulus>;
  readonly broker: RealBroker;
  readonly #cables: Readonly<Record<Cable, CuttableProxy>>;
  readonly #file: string;
  readonly #onCommitted: (line: string) => void;
  readonly #clock: Clock;
  readonly #watches: Watch[] = [];
  readonly #processes = new Map<Exclude<Part, "broker">, StorewireProcess>();

  private constructor(made: Made, onCommitted: (line: string) => void) {
    this.directory = made.directory;
    this.scanner = made.scanner;
    this.reader = made.reader;
    this.broker = made.broker;
    this.#cables = made.cables;
    this.#file = made.file;
    this.#clock = made.clock;
    this.#onCommitted = (line) => {
      onCommitted(line);
      if (scannerReady.test(line)) this.#watches.push({ fromMs: this.#clock.monotonicMs(), toMs: Infinity });
    };
  }

  /** `onCommitted` is told each reading that the agent has on disk, as a JSON line. */
  static async open(options: {
    readonly clock: Clock;
    readonly random: Random;
    readonly mqttVersion: "3.1.1" | "5";
    readonly brokerPersistence: boolean;
    readonly onCommitted: (line: string) => void;
  }): Promise<DurabilitySite> {
    const site = new DurabilitySite(await make(options), options.onCommitted);
    for (const part of parts) if (part !== "broker") site.start(part);
    return site;
  }

  get headquartersDatabase(): string {
    return join(this.directory, "hq.db");
  }

  press(panel: "kiosk" | "counter", line: string): void {
    this.#processes.get("agent")?.tell(`${panel} ${line}`);
  }

  start(part: Exclude<Part, "broker">): void {
    const started = {
      agent: () => new StorewireProcess([this.#file], { program: agentProgram, onLine: this.#onCommitted }),
      gateway: () => new StorewireProcess(["gateway", "--config", this.#file]),
      receiver: () =>
        new StorewireProcess([
          "hq",
          "receive",
          "--url",
          `mqtt://127.0.0.1:${this.#cables["broker-receiver"].port}`,
          "--database",
          this.headquartersDatabase,
        ]),
    }[part]();
    this.#processes.set(part, started);
  }

  /** When the agent was there to hear the scanner, up to now or its kill. */
  watches(nowMs: number): readonly Watch[] {
    return this.#watches.map((watch) => ({ ...watch, toMs: Math.min(watch.toMs, nowMs) }));
  }

  async kill(part: Part): Promise<void> {
    const last = this.#watches.at(-1);
    if (part === "agent" && last) last.toMs = Math.min(last.toMs, this.#clock.monotonicMs());
    if (part === "broker") await this.broker.kill();
    else await this.#processes.get(part)?.kill();
  }

  async restart(part: Part): Promise<void> {
    if (part === "broker") await this.broker.restart();
    else this.start(part);
  }

  cable(name: Cable): CuttableProxy {
    return this.#cables[name];
  }

  /** Processes that ended although nobody killed them, with their last words. */
  fallen(): readonly string[] {
    return [...this.#processes]
      .filter(([, process]) => !process.running)
      .map(([part, process]) => `${part} ended by itself:\n${process.said()}`);
  }

  said(): string {
    return [...this.#processes].map(([part, process]) => `--- ${part}\n${process.said()}`).join("\n");
  }

  /** `keep` leaves the files for whoever looks into a failure. */
  async close({ keep }: { readonly keep: boolean }): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.kill()));
    await this.broker.stop();
    await Promise.all(Object.values(this.#cables).map((cable) => cable.close()));
    await Promise.all([this.scanner.close(), this.reader.close()]);
    if (!keep) rmSync(this.directory, { recursive: true, force: true });
  }
}

const scannerReady = /"device":"desk-scanner".*"state":"ready"/;

interface Made {
  readonly clock: Clock;
  readonly directory: string;
  readonly file: string;
  readonly scanner: PtyDevice<ScannerStimulus>;
  readonly reader: TcpDevice<ReaderStimulus>;
  readonly broker: RealBroker;
  readonly cables: Readonly<Record<Cable, CuttableProxy>>;
}

async function make(options: {
  readonly clock: Clock;
  readonly random: Random;
  readonly mqttVersion: "3.1.1" | "5";
  readonly brokerPersistence: boolean;
}): Promise<Made> {
  const { clock, random, mqttVersion } = options;
  const directory = mkdtempSync(join(tmpdir(), "storewire-durability-"));
  const scanner = carryOnPty(createSerialScanner({ suffix: "cr", aimPrefix: true }), {
    clock,
    link: join(directory, "desk-scanner"),
  });
  const reader = await carryOnTcp(new R2000Simulator(readerDefaults, random), { clock });
  const broker = await startRealBroker({ persistence: options.brokerPersistence });
  const storePort = await freePort();
  const cables = {
    "agent-gateway": await CuttableProxy.open(storePort),
    "gateway-broker": await CuttableProxy.open(broker.port),
    "broker-receiver": await CuttableProxy.open(broker.port),
  };
  const file = writeSite({
    directory,
    mqttVersion,
    headquartersUrl: `mqtt://127.0.0.1:${cables["gateway-broker"].port}`,
    brokerPort: storePort,
    agentBrokerUrl: `mqtt://127.0.0.1:${cables["agent-gateway"].port}`,
    limits: { uplink: { resendAfterMs: 1_000, stateEveryMs: 1_000 }, reconnectMsMax: 500 },
    // Nothing but the dedupe marks may stand between a repeated reading and a second event.
    returns: { repeatMs: 0 },
    devices: [
      {
        id: "desk-scanner",
        readPoint: "desk",
        driver: "serial-scanner",
        transport: { kind: "serial", path: scanner.path },
        settings: { suffix: "cr", aimPrefix: true },
      },
      {
        id: "cage-reader",
        readPoint: "cage",
        driver: "r2000-a0",
        transport: { kind: "tcp", host: reader.host, port: reader.port },
      },
      {
        id: "kiosk-buttons",
        readPoint: "kiosk",
        driver: "gpio-buttons",
        transport: { kind: "simulated", name: "kiosk" },
        smoothing: { buttonLockoutMs: 50 },
        settings: { buttons: { ticket: { kind: "issue", service: "returns" } } },
      },
      {
        id: "counter-buttons",
        readPoint: "counter-1",
        driver: "gpio-buttons",
        transport: { kind: "simulated", name: "counter" },
        smoothing: { buttonLockoutMs: 50 },
        settings: { buttons: { call: { kind: "call-next" } } },
      },
    ],
  });
  return { clock, directory, file, scanner, reader, broker, cables };
}
