/**
 * A HID process with one device that does not exist, to be forked instead of the real one. The test plays
 * the device over standard input, a command on each line; what the device hears goes to standard output.
 */
import { createInterface } from "node:readline";
import type { HidBackend, HidListener } from "../../../drivers/transports/hid-service.ts";
import { serveHid } from "../../../drivers/transports/hid-serving.ts";
import { fromHex, toHex } from "../../../protocols/stream/bytes.ts";

const device = {
  path: "/dev/hidraw7",
  vendor: "0c2e",
  product: "0b61",
  serial: "P1",
  ports: ["1-1"],
  usagePage: 0x8c,
  usage: 2,
};
const print = (line: string): void => void process.stdout.write(`${line}\n`);

let plugged = true;
let hanging = false;
const listeners = new Set<HidListener>();

const backend: HidBackend = {
  list() {
    if (hanging) return new Promise(() => {});
    return Promise.resolve(plugged ? [device, { ...device, usage: 1 }] : []);
  },
  open(_candidate, listener) {
    listeners.add(listener);
    const checkPlugged = async (): Promise<void> => {
      if (!plugged) throw new Error("cannot write to a device that is gone");
    };
    const handle = {
      async send(bytes: Uint8Array) {
        await checkPlugged();
        print(`heard ${toHex(bytes)}`);
      },
      async sendFeature(bytes: Uint8Array) {
        await checkPlugged();
        print(`feature ${toHex(bytes)}`);
      },
      async close() {
        listeners.delete(listener);
      },
    };
    return Promise.resolve({ ok: true, handle });
  },
};

const commands: Readonly<Record<string, (argument: string) => void>> = {
  say(hex) {
    for (const listener of listeners) listener.report(fromHex(hex) ?? new Uint8Array());
  },
  unplug() {
    plugged = false;
    for (const listener of listeners) listener.lost("could not read from HID device");
  },
  replug() {
    plugged = true;
  },
  crash: () => process.kill(process.pid, "SIGSEGV"),
  babble: () => void process.send?.({ kind: "report", bytes: "not bytes" }),
  hang() {
    hanging = true;
  },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const [command = "", argument = ""] = line.split(" ");
  commands[command]?.(argument);
  print(`did ${command}`);
});
serveHid(backend);
