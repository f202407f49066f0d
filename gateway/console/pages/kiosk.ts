import type { KioskView, Named, ShownService, TicketView } from "../../../protocols/screens.ts";
import { showConnection } from "./connection.ts";
import { bilingual, byId, element, say, showOnly, type Words, write } from "./elements.ts";
import { follow } from "./live.ts";
import { after } from "./page-clock.ts";
import { type Pressed, send, unanswered } from "./press.ts";
import { beforeWords, namedWords, refusedWords, waitingWords, waitWords } from "./words.ts";

/** Whoever has walked away leaves the choice of services behind. */
const idleMs = 30_000;
/** Long enough to read a number and take the paper. */
const ticketShownMs = 12_000;
/** The second tap of an impatient finger lands on what has just come under it. */
const deafMs = 700;

const site = byId("site", HTMLElement);
const notice = byId("notice", HTMLElement);
const services = byId("services", HTMLElement);
const classes = byId("classes", HTMLElement);
const parts = {
  service: byId("choose-service", HTMLElement),
  class: byId("choose-class", HTMLElement),
  wait: byId("wait", HTMLElement),
  ticket: byId("ticket", HTMLElement),
} as const;
type Part = keyof typeof parts;

let view: KioskView | undefined;
let part: Part = "service";
let chosen: string | undefined;
/** The ticket whose number stands on the screen. */
let shown: string | undefined;
let isDeaf = false;
let cancelIdle = (): void => undefined;

function show(next: Part): void {
  part = next;
  showOnly(Object.values(parts), parts[next]);
  // Whoever uses a keyboard or a screen reader goes on at the top of the new part.
  parts[next].querySelector("h2")?.focus();
  setDeaf(true);
  after(deafMs, () => setDeaf(false));
  restAfter(next === "ticket" ? ticketShownMs : idleMs);
}

function setDeaf(deaf: boolean): void {
  isDeaf = deaf;
  document.body.classList.toggle("deaf", deaf);
}

function restAfter(delayMs: number): void {
  cancelIdle();
  cancelIdle = after(delayMs, () => {
    if (part === "class" || part === "ticket") begin();
  });
}

function begin(): void {
  chosen = undefined;
  show("service");
  render();
}

function choice(words: Words, detail: readonly Words[], press: () => void): HTMLElement {
  const button = element("button", { class: "choice", attributes: { type: "button" } }, ...bilingual(words));
  for (const line of detail) button.append(element("span", { class: "detail" }, ...bilingual(line)));
  button.addEventListener("click", () => {
    if (!isDeaf) press();
  });
  return button;
}

function serviceChoice(service: ShownService): HTMLElement {
  const wait = waitWords(service.wait);
  const detail = [waitingWords(service.waiting), ...(wait === undefined ? [] : [wait])];
  return choice(namedWords(service), detail, () => chooseService(service.id));
}

function chooseService(service: string): void {
  const [only, ...others] = view?.classes ?? [];
  chosen = service;
  if (only !== undefined && others.length === 0) void issue(only.id);
  else show("class");
}

const classChoice = (named: Named): HTMLElement => choice(namedWords(named), [], () => void issue(named.id));

async function issue(priorityClass: string): Promise<void> {
  if (chosen === undefined || part === "wait") return;
  const service = chosen;
  show("wait");
  showPressed(await send({ kind: "issue", service, priorityClass }));
}

function showPressed(pressed: Pressed): void {
  showTicket(pressed.kind === "done" ? pressed.answer.ticket : undefined);
  show("ticket");
}

function showTicket(ticket: TicketView | undefined): void {
  shown = ticket?.ticket;
  parts.ticket.dataset["ticket"] = shown ?? "";
  write(byId("number", HTMLElement), ticket?.number ?? "");
  parts.ticket.classList.toggle("refused", ticket === undefined);
  if (ticket === undefined) {
    say(byId("outcome", HTMLElement), refusedWords);
    say(byId("before", HTMLElement), undefined);
    say(byId("expected", HTMLElement), undefined);
    say(byId("paper", HTMLElement), undefined);
    return;
  }
  say(byId("outcome", HTMLElement), namedWords(ticket.service));
  say(byId("before", HTMLElement), beforeWords(ticket.before ?? 0));
  say(byId("expected", HTMLElement), waitWords(ticket.wait));
  showPaper();
}

const paperWords: Readonly<Record<KioskView["prints"][number]["print"], Words>> = {
  none: { chinese: "请记住您的号码", english: "Please remember your number" },
  printing: { chinese: "正在打印", english: "Printing" },
  printed: { chinese: "请取票", english: "Please take your ticket" },
  failed: { chinese: "没有纸票，请记住您的号码", english: "No paper: please remember your number" },
  "in-doubt": {
    chinese: "若没有纸票，请记住您的号码",
    english: "If no paper came: please remember your number",
  },
};

/** With a printer that cannot print, the screen is the ticket. */
function showPaper(): void {
  if (view === undefined || shown === undefined) return;
  const print = view.prints.find(({ ticket }) => ticket === shown)?.print ?? "printing";
  const isStuck = print === "printing" && view.notices.length > 0;
  say(byId("paper", HTMLElement), paperWords[isStuck ? "failed" : print]);
}

function render(): void {
  if (view === undefined) return;
  write(site, view.siteName);
  const [first] = view.notices;
  say(notice, first && { chinese: first.wordsChinese, english: first.words });
  if (part === "ticket") showPaper();
  // A button that is being pressed is not taken away from under the finger.
  update(services, view.services.map(serviceChoice));
  update(classes, view.classes.map(classChoice));
}

/** Only what has changed is put anew, so that focus stays where it is. */
function update(list: HTMLElement, items: readonly HTMLElement[]): void {
  items.forEach((item, index) => {
    const old = list.children[index];
    if (old === undefined) list.append(item);
    else if (old.textContent !== item.textContent) {
      const hadFocus = old === document.activeElement;
      old.replaceWith(item);
      if (hadFocus) item.focus();
    }
  });
  while (list.children.length > items.length) list.lastElementChild?.remove();
}

byId("back", HTMLButtonElement).addEventListener("click", begin);
byId("done", HTMLButtonElement).addEventListener("click", () => {
  if (!isDeaf) begin();
});
addEventListener("pointerdown", () => restAfter(part === "ticket" ? ticketShownMs : idleMs));
addEventListener("keydown", () => restAfter(part === "ticket" ? ticketShownMs : idleMs));
// A long touch on a screen in a shop means nothing.
addEventListener("contextmenu", (event) => event.preventDefault());

const earlier = unanswered();
if (earlier !== undefined) {
  show("wait");
  void earlier.then(showPressed);
}

follow<KioskView>({
  view(next) {
    view = next;
    showConnection(undefined);
    render();
  },
  lost(heardMs) {
    showConnection({ heardMs });
  },
  mayReload: () => part === "service",
});
