import type { QueueAction } from "../../../protocols/readings.ts";
import type { PressAnswer } from "../../../protocols/screens.ts";
import { after, newId, nowMs } from "./page-clock.ts";
import { Retry } from "./retry.ts";

/** A press that may not have been answered, kept over a reload of the page. */
interface Press {
  readonly id: string;
  readonly screen: "kiosk" | "counter";
  readonly readPoint: string;
  readonly action: QueueAction;
}

export type Pressed =
  | { readonly kind: "done"; readonly answer: PressAnswer }
  /** The gateway said no, or could not be reached for longer than anybody waits. */
  | { readonly kind: "refused"; readonly code: string };

/** Nobody stands at a screen that does nothing for longer. */
const patienceMs = 90_000;
/** An answer takes milliseconds, on a card that is worn a second; then the connection is dead. */
const answerMs = 5_000;

const storageKey = `press ${location.pathname}`;
interface Kept {
  readonly press: Press;
  readonly sinceMs: number;
}

/** Sends a press until it is answered: the same id each time, so that it is done once. */
export function send(action: QueueAction): Promise<Pressed> {
  const [, screen, readPoint = ""] = location.pathname.split("/");
  const press: Press = {
    id: newId(),
    screen: screen === "kiosk" ? "kiosk" : "counter",
    readPoint,
    action,
  };
  const kept: Kept = { press, sinceMs: nowMs() };
  localStorage.setItem(storageKey, JSON.stringify(kept));
  return untilAnswered(kept);
}

/** What was pressed before this page was loaded and has no answer; undefined where nothing was. */
export function unanswered(): Promise<Pressed> | undefined {
  const text = localStorage.getItem(storageKey);
  if (text === null) return undefined;
  const kept = JSON.parse(text) as Kept;
  return nowMs() - kept.sinceMs < patienceMs ? untilAnswered(kept) : undefined;
}

async function untilAnswered({ press, sinceMs }: Kept): Promise<Pressed> {
  const retry = new Retry();
  while (nowMs() - sinceMs < patienceMs) {
    const pressed = await tryOnce(press);
    if (pressed !== undefined) {
      localStorage.removeItem(storageKey);
      return pressed;
    }
    await new Promise<void>((resolve) => void after(retry.nextMs(), resolve));
  }
  localStorage.removeItem(storageKey);
  return { kind: "refused", code: "unreachable" };
}

/** Undefined where it has to be tried again. */
async function tryOnce(press: Press): Promise<Pressed | undefined> {
  try {
    const response = await fetch("/api/press", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(press),
      signal: AbortSignal.timeout(answerMs),
    });
    if (response.ok) return { kind: "done", answer: (await response.json()) as PressAnswer };
    if (response.status === 429 || response.status >= 500) return undefined;
    const { code } = (await response.json()) as { readonly code: string };
    return { kind: "refused", code };
  } catch {
    return undefined;
  }
}
