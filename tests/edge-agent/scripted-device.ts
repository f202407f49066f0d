import type { RunningSession, SessionEffect, SessionInput } from "../../drivers/driver.ts";
import { type DeviceConfig, deviceSchema } from "../../protocols/config/devices.ts";
import type { Fault } from "../../protocols/faults.ts";
import type { Connection, Opening, Transport, TransportListener } from "../../protocols/transport.ts";

/** A device of the configuration; which driver it names does not matter to the agent. */
export function deviceNamed(id: string, smoothing: object = {}): DeviceConfig {
  return deviceSchema.parse({
    id,
    readPoint: "desk",
    driver: "serial-scanner",
    transport: { kind: "simulated", name: id },
    smoothing,
  });
}

/** A cable that a test plugs and unplugs; the device at its end answers through `answers`. */
export class ScriptedTransport implements Transport {
  /** Why it cannot be opened; undefined where it can. */
  missing: Fault | undefined;
  /** Whether `open` comes back at all. */
  hangs = false;
  /** Whether bytes leave. */
  takesBytes = true;
  /** Whether the device answers the greeting. */
  greets = true;
  openings = 0;
  closings = 0;
  readonly sent: string[] = [];
  #listener: TransportListener | undefined;
  #answerOpening: ((opening: Opening) => void) | undefined;

  open(listener: TransportListener): Promise<Opening> {
    this.openings += 1;
    if (this.missing) return Promise.resolve({ ok: false, fault: this.missing });
    if (this.hangs) return new Promise((resolve) => (this.#answerOpening = resolve));
    this.#listener = listener;
    return Promise.resolve({ ok: true, connection: this.#connection(listener) });
  }

  /** A hanging opening comes back after all. */
  answerOpening(): void {
    const silent: TransportListener = { bytes: () => {}, edge: () => {}, closed: () => {} };
    this.#answerOpening?.({ ok: true, connection: this.#connection(silent) });
  }

  say(text: string): void {
    this.#listener?.bytes(new TextEncoder().encode(text));
  }

  unplug(): void {
    const listener = this.#listener;
    this.missing = { code: "device-absent", detail: "unplugged" };
    this.#listener = undefined;
    listener?.closed({ code: "connection-lost", detail: "unplugged" });
  }

  replug(): void {
    this.missing = undefined;
  }

  #connection(listener: TransportListener): Connection {
    return {
      send: (bytes) => {
        const text = new TextDecoder().decode(bytes);
        this.sent.push(text);
        if (!this.takesBytes) return new Promise(() => {});
        if (text === "hello" && this.greets) listener.bytes(new TextEncoder().encode("ready;"));
        return Promise.resolve();
      },
      sendFeature: () => Promise.reject(new Error("none")),
      setLine: () => Promise.reject(new Error("none")),
      close: () => {
        this.closings += 1;
        if (this.#listener === listener) this.#listener = undefined;
        return Promise.resolve();
      },
    };
  }
}

/**
 * A session whose protocol is words ended by `;`: what the device says is what the session does.
 * A command is sent down as `print ID`; `done ID` answers it. A device with a clock says `time MS` by itself
 * and `answer-time MS` when asked, and `tag-at MS,EPC` of what it saw.
 */
export function scriptedSession(): RunningSession {
  return {
    step(input: SessionInput): readonly SessionEffect[] {
      switch (input.kind) {
        case "opened":
          return [send("hello"), { kind: "timer", name: "liveness", delayMs: 10_000 }];
        case "timer":
          return [{ kind: "give-up", fault: { code: "silent", detail: "nothing heard" } }];
        case "command":
          return [send(`print ${input.command.id}`)];
        case "edge":
          return [];
        case "bytes": {
          const heard = new TextDecoder().decode(input.bytes).split(";").slice(0, -1);
          return [{ kind: "timer", name: "liveness", delayMs: 10_000 }, ...heard.flatMap(effectsOf)];
        }
      }
    },
  };
}

const send = (text: string): SessionEffect => ({ kind: "send", bytes: new TextEncoder().encode(text) });

const words: Readonly<Record<string, (argument: string) => SessionEffect>> = {
  ready: () => ({ kind: "ready" }),
  tag: (epcHex) => ({ kind: "observe", observation: { kind: "tag", change: "seen", epcHex } }),
  "tag-at": (argument) => {
    const [readerMs, epcHex = ""] = argument.split(",");
    return {
      kind: "observe",
      observation: { kind: "tag", change: "seen", epcHex },
      readerMs: Number(readerMs),
    };
  },
  time: (readerMs) => ({ kind: "reader-time", readerMs: Number(readerMs), asked: false }),
  "answer-time": (readerMs) => ({ kind: "reader-time", readerMs: Number(readerMs), asked: true }),
  scan: (text) => ({ kind: "observe", observation: { kind: "scan", text, bytesHex: text } }),
  "paper-end": () => ({ kind: "degraded", fault: { code: "paper-end", detail: "no paper" } }),
  "paper-ok": () => ({ kind: "healthy" }),
  done: (command) => ({ kind: "answer", command, outcome: "done" }),
  poke: () => send("poke"),
  throw: () => {
    throw new Error("a state that must never be met");
  },
};

function effectsOf(word: string): readonly SessionEffect[] {
  const [verb = "", argument = ""] = word.split(" ");
  return [words[verb]?.(argument) ?? { kind: "noise", byteCount: word.length }];
}
