import type { QueueAction } from "../../../protocols/readings.ts";
import type { CounterView, ShownCounter, ShownTurn, ShownWaiter } from "../../../protocols/screens.ts";
import { showConnection } from "./connection.ts";
import { bilingual, byId, element, say, type Words, write } from "./elements.ts";
import { follow } from "./live.ts";
import { type Pressed, send, unanswered } from "./press.ts";
import { counterWords, namedWords } from "./words.ts";

type Simple = "call-next" | "recall" | "serve" | "finish" | "no-show" | "pause" | "resume";

/** One button: the key that presses it too, and when it makes sense. */
interface Control {
  readonly key: string;
  readonly isOn: (view: CounterView) => boolean;
}

const isCalled = ({ counter }: CounterView): boolean => counter.current?.state === "called";
const isOpen = ({ counter }: CounterView): boolean => counter.state === "open";
const isBusy = ({ counter }: CounterView): boolean => counter.current !== undefined;

const controls: Readonly<Record<Simple, Control>> = {
  "call-next": { key: "n", isOn: () => true },
  recall: { key: "r", isOn: isCalled },
  serve: { key: "s", isOn: isCalled },
  finish: { key: "f", isOn: isBusy },
  "no-show": { key: "x", isOn: isCalled },
  pause: { key: "p", isOn: isOpen },
  resume: { key: "o", isOn: (view) => !isOpen(view) },
};
const names = Object.keys(controls) as readonly Simple[];

const outcome = byId("outcome", HTMLElement);
const shortcuts = byId("shortcuts", HTMLInputElement);
const transferTo = byId("transfer-to", HTMLSelectElement);
const transferButton = byId("transfer", HTMLButtonElement);

const refusedWords: Readonly<Record<string, Words>> = {
  unreachable: {
    chinese: "网关没有回答，请再按一次",
    english: "The gateway did not answer. Please press again",
  },
  login: { chinese: "请重新登录", english: "Please log in again" },
};
const noWords: Words = { chinese: "没有执行", english: "Not done" };

let view: CounterView | undefined;
let isPressing = false;

const buttonOf = (name: Simple): HTMLButtonElement => byId(name, HTMLButtonElement);

async function press(action: QueueAction): Promise<void> {
  if (isPressing) return;
  isPressing = true;
  render();
  showPressed(await send(action));
}

function showPressed(pressed: Pressed): void {
  isPressing = false;
  if (pressed.kind === "refused") say(outcome, refusedWords[pressed.code] ?? noWords);
  else {
    say(outcome, undefined);
    view = pressed.answer.counter ?? view;
  }
  render();
}

function render(): void {
  document.body.classList.toggle("pressing", isPressing);
  if (view === undefined) return;
  const { counter } = view;
  say(byId("name", HTMLElement), counterWords(counter.name));
  say(byId("open", HTMLElement), stateWords[counter.state]);
  showTurn(counter.current, view);
  for (const name of names) enable(buttonOf(name), controls[name].isOn(view));
  buttonOf("pause").hidden = !isOpen(view);
  buttonOf("resume").hidden = isOpen(view);
  enable(transferButton, isBusy(view));
  showPlaces(view);
  showWaiting(view);
}

/** A disabled button would lose the focus of whoever just pressed it; this one says that it does nothing now. */
function enable(button: HTMLButtonElement, isOn: boolean): void {
  button.setAttribute("aria-disabled", String(!isOn || isPressing));
}

const isEnabled = (button: HTMLButtonElement): boolean =>
  !button.hidden && button.getAttribute("aria-disabled") !== "true";

const stateWords: Readonly<Record<ShownCounter["state"], Words>> = {
  open: { chinese: "开放", english: "Open" },
  paused: { chinese: "暂停", english: "Paused" },
  closed: { chinese: "关闭", english: "Closed" },
};

function showTurn(turn: ShownTurn | undefined, { services, classes }: CounterView): void {
  write(byId("number", HTMLElement), turn?.number ?? "\u2013");
  const service = services.find(({ id }) => id === turn?.service);
  const priorityClass = classes.find(({ id }) => id === turn?.priorityClass);
  say(byId("service", HTMLElement), service && namedWords(service));
  say(byId("class", HTMLElement), priorityClass && namedWords(priorityClass));
  say(byId("state", HTMLElement), turnWords(turn));
}

function turnWords(turn: ShownTurn | undefined): Words {
  if (turn === undefined) return { chinese: "没有顾客", english: "Nobody" };
  if (turn.state === "serving") return { chinese: "正在办理", english: "Being served" };
  return turn.attempt > 1
    ? { chinese: `已叫号 ${turn.attempt} 次`, english: `Called ${turn.attempt} times` }
    : { chinese: "已叫号", english: "Called" };
}

/** Where a ticket may be handed to: other services, then other counters. */
function showPlaces({ services, others, counter }: CounterView): void {
  const places = [
    ...services
      .filter(({ id }) => id !== counter.current?.service)
      .map((service) => ({ value: `service ${service.id}`, text: `${service.nameChinese} ${service.name}` })),
    ...others.map(({ id, name }) => {
      const { chinese, english } = counterWords(name);
      return { value: `counter ${id}`, text: `${chinese} ${english}` };
    }),
  ];
  const wanted = places.map(({ value }) => value).join(",");
  if (transferTo.dataset["places"] === wanted) return;
  transferTo.dataset["places"] = wanted;
  transferTo.replaceChildren(
    ...places.map(({ value, text }) => element("option", { attributes: { value } }, text)),
  );
}

function transfer(): void {
  const [kind, place] = transferTo.value.split(" ");
  if (place === undefined) return;
  void press({ kind: "transfer", ...(kind === "service" ? { service: place } : { counter: place }) });
}

function showWaiting(shown: CounterView): void {
  say(byId("waiting-count", HTMLElement), {
    chinese: `${shown.waitingCount} 人`,
    english: `${shown.waitingCount} people`,
  });
  byId("waiting", HTMLElement).replaceChildren(...shown.waiting.map((waiter) => waitingRow(waiter, shown)));
}

function waitingRow(waiter: ShownWaiter, { services, classes }: CounterView): HTMLElement {
  const service = services.find(({ id }) => id === waiter.service);
  const priorityClass = classes.find(({ id }) => id === waiter.priorityClass);
  const minutes = Math.floor(waiter.waitedMs / 60_000);
  return element(
    "tr",
    {},
    element("th", { attributes: { scope: "row" } }, waiter.number),
    element("td", {}, ...(service === undefined ? [waiter.service] : bilingual(namedWords(service)))),
    element("td", {}, ...(priorityClass === undefined ? [] : bilingual(namedWords(priorityClass)))),
    element("td", { class: "minutes" }, `${minutes}`),
  );
}

for (const name of names) {
  const button = buttonOf(name);
  button.addEventListener("click", () => {
    if (isEnabled(button)) void press({ kind: name });
  });
}
transferButton.addEventListener("click", () => {
  if (isEnabled(transferButton)) transfer();
});

// Single letters can be switched off (WCAG 2.1.4), for whoever speaks to the computer.
addEventListener("keydown", (event) => {
  const isElsewhere = event.target instanceof HTMLSelectElement;
  if (!shortcuts.checked || isElsewhere || event.repeat) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const name = names.find((each) => controls[each].key === event.key.toLowerCase() && !buttonOf(each).hidden);
  if (name !== undefined) buttonOf(name).click();
  else if (event.key.toLowerCase() === "t") transferTo.focus();
});

const earlier = unanswered();
if (earlier !== undefined) {
  isPressing = true;
  void earlier.then(showPressed);
}

follow<CounterView>({
  view(next) {
    view = next;
    showConnection(undefined);
    render();
  },
  lost(heardMs) {
    showConnection({ heardMs });
  },
  mayReload: () => !isPressing,
});
