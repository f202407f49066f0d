import type { TicketView } from "../../../protocols/screens.ts";
import { showConnection } from "./connection.ts";
import { byId, say, type Words, write } from "./elements.ts";
import { after, nowMs } from "./page-clock.ts";
import { beforeWords, counterWords, namedWords, waitWords } from "./words.ts";

/** Often enough to come in time when called; a phone's radio sleeps in between. */
const lookEveryMs = 5_000;
const answerMs = 8_000;

const stateWords: Readonly<Record<TicketView["state"], Words>> = {
  waiting: { chinese: "请等候叫号", english: "Please wait until you are called" },
  called: { chinese: "请到", english: "Please go to" },
  serving: { chinese: "正在办理", english: "Being served" },
};
const endedWords: Words = {
  chinese: "此票已结束，如有疑问请询问工作人员",
  english: "This ticket has ended. In doubt please ask a member of staff",
};

const parts = {
  number: byId("number", HTMLElement),
  service: byId("service", HTMLElement),
  state: byId("state", HTMLElement),
  counter: byId("counter", HTMLElement),
  before: byId("before", HTMLElement),
  expected: byId("expected", HTMLElement),
} as const;

let heardMs: number | undefined;

function show(ticket: TicketView): void {
  showLine(ticket);
  write(parts.number, ticket.number);
  document.title = `${ticket.number} Storewire`;
  say(parts.service, namedWords(ticket.service));
  say(parts.state, stateWords[ticket.state]);
  say(parts.counter, ticket.counter === undefined ? undefined : counterWords(ticket.counter));
}

function showEnded(): void {
  showLine(undefined);
  say(parts.state, endedWords);
  say(parts.counter, undefined);
}

/** How long it may still take, as long as it is in line. */
function showLine(ticket: TicketView | undefined): void {
  document.body.dataset["state"] = ticket?.state ?? "ended";
  const waiting = ticket?.state === "waiting" ? ticket : undefined;
  byId("line", HTMLElement).hidden = waiting === undefined;
  say(parts.before, waiting && beforeWords(waiting.before ?? 0));
  say(parts.expected, waitWords(waiting?.wait));
}

async function look(): Promise<void> {
  try {
    const response = await fetch(`/api${location.pathname}`, { signal: AbortSignal.timeout(answerMs) });
    if (response.ok) show((await response.json()) as TicketView);
    else if (response.status === 404) showEnded();
    else throw new Error(String(response.status));
    heardMs = nowMs();
    showConnection(undefined);
  } catch {
    showConnection({ heardMs });
  }
  after(lookEveryMs, () => void look());
}

void look();
