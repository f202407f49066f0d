import { realpathSync } from "node:fs";
import { stringify } from "yaml";
import { families } from "../../drivers/catalog.ts";
import { type ListedPort, listGpioChips, listHidDevices, listSerialPorts } from "../../drivers/listing.ts";
import { interviewMsMost } from "../../drivers/recognition/interview.ts";
import { findSerialPorts } from "../../drivers/transports/serial-ports.ts";
import { chooseByUsb } from "../../drivers/transports/usb-identity.ts";
import { openTransport, transportEnvironment } from "../../drivers/transports.ts";
import type { TransportConfig } from "../../protocols/config/transport.ts";
import { devicesOfAgent } from "../devices/desk.ts";
import { faultWords } from "../devices/observation-words.ts";
import { progressBar } from "../devices/progress-bar.ts";
import { scan, scanPlan } from "../devices/scan.ts";
import { type Suggested, suggested } from "../devices/suggestion.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Language } from "../language.ts";
import { systemClock } from "../system.ts";
import { UsageError } from "../usage-error.ts";
import { configurationOrComplain } from "./check.ts";

export interface ScanCommandOptions {
  /** Tells where a running agent's door is; the default one where no file is named. */
  readonly config?: string;
  readonly json: boolean;
  readonly host: readonly string[];
  readonly exclude: readonly string[];
  /** Looked at beside those that the kernel lists. */
  readonly port: readonly string[];
  readonly language: Language;
}

const doorDefault = "/run/storewire/agent.sock";
/** The port of LLRP without TLS (LLRP 1.0.1, section 14.1). */
const llrpPort = 5084;

/** `storewire devices scan`: what stands at this box, and a piece of configuration for what is known. */
export async function scanDevices(options: ScanCommandOptions): Promise<number> {
  const configuration = options.config === undefined ? undefined : configurationOrComplain(options.config);
  if (options.config !== undefined && configuration === undefined) return exitCodes.configuration;
  const clock = systemClock();
  const transports = transportEnvironment(clock);
  const inUse = await nodesInUse(configuration?.agent.door ?? doorDefault);
  const excluded = new Set(options.exclude.map(realPath));
  const bar = progressBar(clock, interviewMsMost(scanPlan));
  const found = await scan({
    clock,
    ports: [...listSerialPorts(), ...options.port.map(portAt)],
    hidDevices: listHidDevices(),
    chips: listGpioChips(),
    hosts: options.host.map(hostOf),
    leftAlone(path) {
      const real = realPath(path);
      if (excluded.has(real)) return "excluded";
      const device = inUse.get(real);
      return device === undefined ? undefined : `the running agent has it as ${device}`;
    },
    open: (transport) => openTransport(transport, transports),
  });
  bar();
  await transports.close();
  for (const each of suggested(found))
    console.log(options.json ? JSON.stringify(each) : inWords(each, options));
  if (found.length === 0) console.error("no serial port, no HID device, no GPIO chip");
  return exitCodes.done;
}

const portAt = (path: string): ListedPort => ({ path, console: false });

function hostOf(words: string): { readonly host: string; readonly port: number } {
  const [, host = "", port] = /^(.+?)(?::(\d{1,5}))?$/.exec(words) ?? [];
  if (host === "") throw new UsageError(`${words}: a host, or host:port`);
  return { host, port: port === undefined ? llrpPort : Number(port) };
}

/** The nodes of a running agent's devices, and whose they are: not even an opening may disturb them. */
async function nodesInUse(door: string): Promise<ReadonlyMap<string, string>> {
  const devices = (await devicesOfAgent(door)) ?? [];
  return new Map(
    devices.flatMap(({ device, transport }) => nodesOf(transport).map((node) => [node, device] as const)),
  );
}

function nodesOf(transport: TransportConfig): readonly string[] {
  if (transport.kind !== "serial" && transport.kind !== "hid") return [];
  if (transport.kind === "serial" && transport.path !== undefined) return [realPath(transport.path)];
  const { usb } = transport;
  if (usb === undefined) return [];
  const nodes =
    transport.kind === "serial" ? findSerialPorts() : listHidDevices().map(({ usb: each }) => each);
  const choice = chooseByUsb(nodes, usb);
  return choice.ok ? [realPath(choice.chosen.path)] : [];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function inWords({ device, ...found }: Suggested, { language }: ScanCommandOptions): string {
  const { kind, place, state, driver, or = [], detail, fault } = found;
  const family = driver && families[driver];
  const title = family && (language === "en" ? family.title : family.titleChinese);
  const alternatives = or.length === 0 ? "" : ` (or ${or.join(", ")}: put something on it and scan again)`;
  const trouble = fault && `${faultWords(fault, language).words}; ${faultWords(fault, language).cure}`;
  const about = [title && `${title}${alternatives}`, detail, trouble].filter(Boolean).join("; ");
  const head = `# ${kind} ${place}: ${state}${about === "" ? "" : `: ${about}`}`;
  return device === undefined ? head : `${head}\n${stringify([device]).trimEnd()}`;
}
