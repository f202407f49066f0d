import type { Configuration } from "../../protocols/config/configuration.ts";
import type { ScreenKind } from "../../protocols/config/console.ts";
import type { QueueAction } from "../../protocols/readings.ts";

/** One page that is told of changes, and where it stands. */
export type Screen =
  | { readonly kind: "board" }
  | { readonly kind: "kiosk" | "counter"; readonly readPoint: string };

export const screenPath = (screen: Screen): string =>
  screen.kind === "board" ? "/board" : `/${screen.kind}/${screen.readPoint}`;

/** Every screen that the configuration has a place for. */
export function screensOf({ readPoints, queue }: Configuration): readonly Screen[] {
  return [
    ...readPoints
      .filter(({ role }) => role === "kiosk")
      .map(({ id }) => ({ kind: "kiosk" as const, readPoint: id })),
    ...queue.counters.map(({ readPoint }) => ({ kind: "counter" as const, readPoint })),
    { kind: "board" },
  ];
}

/** What may be pressed on which screen. */
const actions: Readonly<Record<ScreenKind, ReadonlySet<QueueAction["kind"]>>> = {
  kiosk: new Set(["issue"]),
  counter: new Set([
    "call-next",
    "recall",
    "no-show",
    "serve",
    "finish",
    "transfer",
    "pause",
    "resume",
    "cancel",
  ]),
  board: new Set(),
};

export const mayPress = ({ kind }: Screen, action: QueueAction): boolean => actions[kind].has(action.kind);
