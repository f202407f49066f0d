import type { Observation } from "../../protocols/readings.ts";

export type ButtonObservation = Extract<Observation, { kind: "button" }>;

export interface ButtonSettings {
  readonly buttonLockoutMs: number;
}

/** Buttons of one device that are remembered: more than any panel has; a driver that invents names is bounded. */
export const buttonsMax = 256;

interface ButtonMemory {
  readonly held: boolean;
  readonly downMs: number;
  readonly pressedMs: number;
}

/** One `pressed` per press: deaf for a while after it, so that one ticket comes out where a hand trembles. */
export interface Buttons {
  changed(button: ButtonObservation, nowMs: number): readonly ButtonObservation[];
}

export function buttons(settings: ButtonSettings): Buttons {
  const memories = new Map<string, ButtonMemory>();
  return {
    changed(button, nowMs) {
      const memory = memories.get(button.button);
      if (button.change === "up") {
        if (memory) memories.set(button.button, { ...memory, held: false });
        return [];
      }
      const isPress = memory === undefined || nowMs - deafFromMs(memory) >= settings.buttonLockoutMs;
      memories.delete(button.button);
      memories.set(button.button, {
        held: button.change === "down",
        downMs: nowMs,
        pressedMs: isPress ? nowMs : memory.pressedMs,
      });
      forgetOldest(memories);
      return isPress ? [{ kind: "button", change: "pressed", button: button.button }] : [];
    },
  };
}

/** Without an `up` between, downs in quick succession are a keyboard's repeat; after a lost `up` it heals by itself. */
function deafFromMs(memory: ButtonMemory): number {
  return memory.held ? memory.downMs : memory.pressedMs;
}

function forgetOldest(memories: Map<string, ButtonMemory>): void {
  if (memories.size <= buttonsMax) return;
  const [oldest] = memories.keys();
  if (oldest !== undefined) memories.delete(oldest);
}
