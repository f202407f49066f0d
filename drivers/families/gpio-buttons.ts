import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Driver, Session } from "../driver.ts";
import { run } from "../driver.ts";
import { failed } from "./parts/answers.ts";

type Settings = SettingsOf<"gpio-buttons">;

/** Buttons on GPIO lines. The transport has debounced the edges; what a press means is the queue's matter. */
export const gpioButtons: Driver<Settings> = {
  name: "gpio-buttons",
  transports: ["gpio"],
  start: (settings) => run(gpioButtonsSession(settings)),
};

/** A line cannot be asked who is there, so an opened one is ready; it has nothing to remember. */
export function gpioButtonsSession(settings: Settings): Session<null> {
  const isButton = (line: string): boolean => Object.hasOwn(settings.buttons, line);
  return {
    initial: null,
    step(state, input) {
      switch (input.kind) {
        case "opened":
          return { state, effects: [{ kind: "ready" }] };
        case "edge": {
          if (!isButton(input.line)) return { state, effects: [] };
          const change = input.active ? "down" : "up";
          const observation = { kind: "button", change, button: input.line } as const;
          return { state, effects: [{ kind: "observe", observation }] };
        }
        case "command":
          return { state, effects: [failed(input.command, "command-unsupported")] };
        case "bytes":
        case "timer":
          return { state, effects: [] };
      }
    },
  };
}
