import type { Clock } from "../protocols/clock.ts";
import type { HidConfig, TransportConfig } from "../protocols/config/transport.ts";
import type { Opening, Transport, TransportListener } from "../protocols/transport.ts";
import type { HidProcess } from "./transports/hid.ts";

/** What all transports of one agent share. */
export interface TransportEnvironment {
  readonly clock: Clock;
  /** Simulators in this process, by the name that the configuration gives. */
  readonly simulated: ReadonlyMap<string, Transport>;
  /** The process of all HID devices, started when the first one is opened. */
  hid(): Promise<HidProcess>;
  /** Ends what was started on the way; every connection has been closed before. */
  close(): Promise<void>;
}

export function transportEnvironment(
  clock: Clock,
  simulated: ReadonlyMap<string, Transport> = new Map(),
): TransportEnvironment {
  let hid: Promise<HidProcess> | undefined;
  return {
    clock,
    simulated,
    hid() {
      hid ??= import("./transports/hid.ts").then(({ hidProcess }) => hidProcess({ clock }));
      return hid;
    },
    async close() {
      await (await hid)?.stop();
    },
  };
}

/**
 * The transport of a configured device. Each kind's package is loaded at its first opening, so that a box
 * without such devices pays neither the start-up time nor the memory for it.
 */
export function openTransport(config: TransportConfig, environment: TransportEnvironment): Transport {
  switch (config.kind) {
    case "serial":
      return loadedLater(async () => {
        const { serialTransport } = await import("./transports/serial.ts");
        return serialTransport(config, environment);
      });
    case "tcp":
      return loadedLater(async () => {
        const { tcpTransport } = await import("./transports/tcp.ts");
        return tcpTransport(config, environment);
      });
    case "hid":
      return loadedLater(() => openHid(config, environment));
    case "gpio":
      return loadedLater(async () => {
        const { gpioTransport } = await import("./transports/gpio.ts");
        return gpioTransport(config, environment);
      });
    case "simulated":
      return simulated(config.name, environment);
  }
}

async function openHid(config: HidConfig, environment: TransportEnvironment): Promise<Transport> {
  const { hidTransport } = await import("./transports/hid.ts");
  return hidTransport(config, await environment.hid());
}

function loadedLater(load: () => Promise<Transport>): Transport {
  let loaded: Transport | undefined;
  return {
    async open(listener: TransportListener): Promise<Opening> {
      // A load that failed is tried again at the next opening.
      loaded ??= await load();
      return loaded.open(listener);
    },
  };
}

/** Looked up at each opening: a simulator may be added after the device that wants it. */
function simulated(name: string, environment: TransportEnvironment): Transport {
  return {
    async open(listener) {
      const twin = environment.simulated.get(name);
      if (twin !== undefined) return await twin.open(listener);
      const names = [...environment.simulated.keys()].join(", ") || "none";
      const detail = `no simulator is named ${name}; there are: ${names}`;
      return { ok: false, fault: { code: "device-absent", detail } };
    },
  };
}
