import type { BoardView, ShownCounter, ShownService, ShownWaiter } from "../../../protocols/screens.ts";
import { clockTime, showConnection } from "./connection.ts";
import { bilingual, byId, element, say, type Words, write } from "./elements.ts";
import { follow } from "./live.ts";
import { after, nowMs } from "./page-clock.ts";
import { Voice } from "./voice.ts";
import { counterWords, namedWords, waitingWords, waitWords } from "./words.ts";

/** What can be read at five metres on a screen of ordinary size: rows beyond it would make all of them small. */
const callsShown = 7;
const nextShown = 6;
const servicesShown = 3;
/** More services or notices than there is room for take turns. */
const turnEveryMs = 8_000;
/** A fresh call stands out for so long. */
const freshMs = 10_000;

const calls = byId("calls", HTMLElement);
const next = byId("next", HTMLElement);
const services = byId("services", HTMLElement);
const spoken = byId("spoken", HTMLElement);
const sound = byId("sound", HTMLButtonElement);

const voice = new Voice();
let view: BoardView | undefined;
let turn = 0;
/** When each call was first seen; undefined before the first snapshot, whose calls are none that just came. */
let seen: ReadonlyMap<string, number> | undefined;

const callOf = ({ id, current }: ShownCounter): string => `${id} ${current?.ticket} ${current?.attempt}`;

function render(): void {
  if (view === undefined) return;
  write(byId("site", HTMLElement), view.siteName);
  const notice = view.notices[turn % Math.max(1, view.notices.length)];
  say(byId("notice", HTMLElement), notice && { chinese: notice.wordsChinese, english: notice.words });
  calls.replaceChildren(...view.counters.slice(0, callsShown).map(callRow));
  byId("nobody", HTMLElement).hidden = view.counters.length > 0;
  next.replaceChildren(...view.next.slice(0, nextShown).map(nextItem));
  services.replaceChildren(...servicesNow(view.services).map(serviceRow));
}

function callRow(counter: ShownCounter): HTMLElement {
  const { current } = counter;
  const isFresh = current?.state === "called" && nowMs() - (seen?.get(callOf(counter)) ?? 0) < freshMs;
  return element(
    "tr",
    {
      class: `${current?.state ?? ""}${isFresh ? " fresh" : ""}`,
      attributes: { "data-counter": counter.id },
    },
    element("th", { class: "number", attributes: { scope: "row" } }, current?.number ?? ""),
    element("td", { class: "counter" }, ...bilingual(counterWords(counter.name))),
  );
}

const nextItem = ({ number }: ShownWaiter): HTMLElement => element("li", {}, number);

function serviceRow(service: ShownService): HTMLElement {
  const wait: Words = waitWords(service.wait) ?? { chinese: "", english: "" };
  return element(
    "tr",
    {},
    element("th", { attributes: { scope: "row" } }, ...bilingual(namedWords(service))),
    element("td", { class: "count" }, ...bilingual(waitingWords(service.waiting))),
    element("td", { class: "wait" }, ...bilingual(wait)),
  );
}

function servicesNow(all: readonly ShownService[]): readonly ShownService[] {
  const pages = Math.max(1, Math.ceil(all.length / servicesShown));
  const first = (turn % pages) * servicesShown;
  return all.slice(first, first + servicesShown);
}

/** Marks what has just been called, and says it: to the ear, and to a screen reader. */
function noteCalls(counters: readonly ShownCounter[]): void {
  const called = counters.filter(({ current }) => current?.state === "called");
  const before = seen;
  const nowSeen = new Map(called.map((call) => [callOf(call), before?.get(callOf(call)) ?? nowMs()]));
  seen = before === undefined ? new Map([...nowSeen.keys()].map((call) => [call, 0])) : nowSeen;
  const [latest] = called;
  if (before !== undefined && latest !== undefined && !before.has(callOf(latest))) {
    const { chinese, english } = counterWords(latest.name);
    const number = latest.current?.number ?? "";
    say(spoken, { chinese: `请 ${number} 到 ${chinese}`, english: `${number}, please go to ${english}` });
    after(freshMs, render);
  }
  voice.hear(counters);
}

function turnLater(): void {
  after(turnEveryMs, () => {
    turn += 1;
    render();
    turnLater();
  });
}

function tick(): void {
  byId("time", HTMLElement).textContent = clockTime(nowMs()).slice(0, 5);
  after(1_000, tick);
}

// Browsers let a page speak once somebody has touched it; a kiosk's browser can be told to do without (deploy/).
sound.hidden = !voice.isThere;
sound.addEventListener("click", () => {
  const isOn = sound.getAttribute("aria-pressed") !== "true";
  sound.setAttribute("aria-pressed", String(isOn));
  voice.isOn = isOn;
});

turnLater();
tick();

follow<BoardView>({
  view(shown) {
    view = shown;
    showConnection(undefined);
    noteCalls(shown.counters);
    render();
  },
  lost(heardMs) {
    showConnection({ heardMs });
  },
  mayReload: () => true,
});
