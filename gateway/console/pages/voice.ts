import type { ShownCounter } from "../../../protocols/screens.ts";

/** Behind so many calls nobody who is spoken to still listens; a board that shows them all is enough. */
const spokenMax = 6;

/** Speaks calls, one after the other, where the browser can: Chinese, then English. */
export class Voice {
  #isOn = true;
  /** Calls that were spoken, or were there before this page was. */
  #known: Set<string> | undefined;

  get isThere(): boolean {
    return "speechSynthesis" in globalThis;
  }

  set isOn(isOn: boolean) {
    this.#isOn = isOn;
    if (!isOn && this.isThere) speechSynthesis.cancel();
  }

  /** What stands on the board now; what was not there before is spoken. */
  hear(counters: readonly ShownCounter[]): void {
    const calls = counters.filter(({ current }) => current?.state === "called");
    const before = this.#known;
    this.#known = new Set(calls.map(callOf));
    if (before === undefined || !this.#isOn || !this.isThere) return;
    const fresh = calls.filter((call) => !before.has(callOf(call)));
    // The latest call stands first on the board, and is spoken last.
    for (const call of fresh.slice(0, spokenMax).reverse()) speak(call);
  }
}

const callOf = ({ id, current }: ShownCounter): string => `${id} ${current?.ticket} ${current?.attempt}`;

function speak({ name, current }: ShownCounter): void {
  if (current === undefined) return;
  // A voice that is asked for too much lags behind the board.
  for (const [lang, text] of [
    ["zh-CN", `请 ${spelled(current.number)} 号，到 ${placeChinese(name)}`],
    ["en-GB", `Number ${spelled(current.number)}, please go to ${placeEnglish(name)}`],
  ] as const) {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = lang;
    utterance.rate = 0.9;
    speechSynthesis.speak(utterance);
  }
}

/** "A-017" is spoken as "A 0 1 7", as it is read. */
const spelled = (number: string): string => Array.from(number.replace(/[^A-Z0-9]/gi, "")).join(" ");
const numberOf = (name: string): string | undefined => /(\d+)$/.exec(name)?.[1];
const placeChinese = (name: string): string => (numberOf(name) ? `${numberOf(name)} 号柜台` : name);
const placeEnglish = (name: string): string => (numberOf(name) ? `counter ${numberOf(name)}` : name);
