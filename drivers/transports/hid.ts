import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import type { Clock } from "../../protocols/clock.ts";
import type { HidConfig } from "../../protocols/config/transport.ts";
import type { Lifeline } from "../../protocols/lifeline.ts";
import { lifeline } from "../../protocols/lifeline.ts";
import type { Connection, Opening, Transport, TransportListener } from "../../protocols/transport.ts";
import { unsupported } from "../../protocols/transport.ts";
import type { HidChoice } from "./hid-messages.ts";
import { HidTalk } from "./hid-talk.ts";
import { once } from "./stream-connection.ts";

/** The process that owns all HID devices of one agent: started when first needed, and again after it died. */
export interface HidProcess {
  open(choice: HidChoice, listener: TransportListener): Promise<Opening>;
  stop(): Promise<void>;
}

export interface HidEnvironment {
  readonly clock: Clock;
  /** Starts the process; tests start one with devices of their own. */
  readonly forkProcess?: () => ChildProcess;
}

/** A HID device, in point-of-sale or keyboard mode; node-hid tells of no plugging, so reopening finds it. */
export function hidTransport(config: HidConfig, hid: HidProcess): Transport {
  const { usb, usagePage, usage } = config;
  const choice = {
    usb,
    ...(usagePage === undefined ? {} : { usagePage }),
    ...(usage === undefined ? {} : { usage }),
  };
  return { open: (listener) => hid.open(choice, listener) };
}

export function hidProcess({ clock, forkProcess = forkHidProcess }: HidEnvironment): HidProcess {
  let current: HidTalk | undefined;
  const talk = (): HidTalk => {
    current ??= new HidTalk(forkProcess(), clock, () => {
      current = undefined;
    });
    return current;
  };
  return {
    open: (choice, listener) => openHid(talk(), choice, listener),
    stop: () => current?.stop() ?? Promise.resolve(),
  };
}

/** Node 20 runs no TypeScript, so the sources (under vitest) start the process that `tsc -b` has compiled. */
function forkHidProcess(): ChildProcess {
  const fromSources = import.meta.url.endsWith(".ts");
  const folder = fromSources ? "../../dist/drivers/transports/" : "./";
  const entry = new URL(`${folder}hid-process.js`, import.meta.url);
  // "advanced" carries bytes as they are. Nothing of our own command line is meant for this process.
  return fork(entry, [], {
    serialization: "advanced",
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

async function openHid(talk: HidTalk, choice: HidChoice, listener: TransportListener): Promise<Opening> {
  const life = lifeline(listener);
  const number = talk.nextNumber();
  const fault = await talk.ask({ kind: "open", question: number, choice }, life);
  if (fault !== undefined) return { ok: false, fault };
  return { ok: true, connection: connection(talk, number, life) };
}

function connection(talk: HidTalk, number: number, life: Lifeline): Connection {
  const send = (bytes: Uint8Array, feature: boolean): Promise<void> =>
    life.whileOpen(async () => {
      const question = talk.nextNumber();
      const fault = await talk.ask({ kind: "send", question, connection: number, feature, bytes });
      if (fault !== undefined) throw new Error(fault.detail);
    });
  const close = once(async () => {
    await talk.ask({ kind: "close", question: talk.nextNumber(), connection: number });
  });
  return {
    send: (bytes) => send(bytes, false),
    sendFeature: (bytes) => send(bytes, true),
    setLine: unsupported("output lines"),
    close() {
      life.end();
      return close();
    },
  };
}
