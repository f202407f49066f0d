import { existsSync } from "node:fs";
import type { GpioConfig } from "../../protocols/config/transport.ts";
import type { Transport } from "../../protocols/transport.ts";
import type { GpiodEnvironment } from "./gpio-gpiod.ts";
import { gpioRoot } from "./gpio-lines.ts";
import type { OnoffEnvironment } from "./gpio-onoff.ts";

export type GpioEnvironment = OnoffEnvironment & GpiodEnvironment;

/**
 * Buttons, sensors and lamps on GPIO lines: by /sys/class/gpio where the kernel still has it, else by the gpiochip
 * devices and Debian's gpiod tools. Looked at anew at each opening, as it changes with the kernel.
 */
export function gpioTransport(config: GpioConfig, environment: GpioEnvironment): Transport {
  return {
    async open(listener) {
      const transport = existsSync(environment.root ?? gpioRoot)
        ? (await import("./gpio-onoff.ts")).onoffTransport(config, environment)
        : (await import("./gpio-gpiod.ts")).gpiodTransport(config, environment);
      return transport.open(listener);
    },
  };
}
