import type { Configuration } from "../../protocols/config/configuration.ts";
import { faults } from "../../protocols/faults.ts";
import type {
  BoardView,
  CounterView,
  KioskView,
  Notice,
  PressAnswer,
  ShownCounter,
  ShownService,
  TicketView,
  WaitRange,
} from "../../protocols/screens.ts";
import { kioskTickets } from "../queue/kiosk.ts";
import type { ExpectedWait } from "../queue/pace.ts";
import {
  type CounterView as CounterState,
  type Foretelling,
  foretelling,
  type Now,
  type QueueView,
  queueView,
  type ServiceView,
  waitingFor,
} from "../queue/queue-view.ts";
import { type QueueRules, queueRules } from "../queue/rules.ts";
import { ticketStatus } from "../queue/ticket-status.ts";
import type { Readable } from "../queue/turn.ts";
import type { ConsoleViews } from "./console.ts";
import type { Press } from "./press-desk.ts";
import type { Screen } from "./screens.ts";

export interface StoreViewsOptions {
  readonly configuration: Configuration;
  readonly documents: () => Readable;
  /** False while the documents are ahead of the disk. */
  readonly isOnDisk: () => boolean;
  readonly now: () => Now;
}

/** With five hundred waiting, foretelling all waits takes a slow box a tenth of a second: not for each press. */
const foretoldForMs = 2_000;

/** What each page shows of the queue, and never anything that is not on disk yet. */
export class StoreViews implements ConsoleViews {
  readonly #options: StoreViewsOptions;
  readonly #rules: QueueRules;
  /** By screen, as it was when memory and disk were last the same. */
  readonly #shown = new Map<string, unknown>();

  /** All screens that are told in one go are told of the same moment, which is looked at once. */
  #looked: QueueView | undefined;

  readonly #foretold = new Map<string, ReturnType<Foretelling>>();
  #foretoldMs = Number.NEGATIVE_INFINITY;

  constructor(options: StoreViewsOptions) {
    this.#options = options;
    this.#rules = queueRules(options.configuration);
  }

  shown(screen: Screen): unknown {
    const key = screen.kind === "board" ? screen.kind : `${screen.kind} ${screen.readPoint}`;
    if (!this.#options.isOnDisk() && this.#shown.has(key)) return this.#shown.get(key);
    const shown = this.#view(screen);
    this.#shown.set(key, shown);
    return shown;
  }

  /** A press is answered from memory: it is on disk, whatever came after it may be on its way. */
  pressed(screen: Screen, press: Press): PressAnswer {
    if (screen.kind === "board") return {};
    if (screen.kind === "counter") return { counter: this.#counter(screen.readPoint) };
    const made = kioskTickets(this.#options.documents(), screen.readPoint).find(
      ({ reading }) => reading === press.id,
    );
    const ticket = made && this.ticket(made.ticket);
    return ticket === undefined ? {} : { ticket };
  }

  ticket(id: string): TicketView | undefined {
    const status = ticketStatus(this.#options.documents(), this.#rules, this.#options.now(), id);
    if (status.state === "unknown") return undefined;
    const { ticket, number, service: serviceId } = status.ticket;
    const { name = serviceId, nameChinese = serviceId } = this.#rules.services.get(serviceId) ?? {};
    const shown = { ticket, number, service: { id: serviceId, name, nameChinese } };
    return status.state === "waiting"
      ? { ...shown, state: status.state, before: status.before, ...waitOf(status.expected) }
      : { ...shown, state: status.state, counter: status.counterName };
  }

  #view(screen: Screen): BoardView | CounterView | KioskView {
    if (screen.kind === "counter") return this.#counter(screen.readPoint);
    const queue = this.#queue();
    return screen.kind === "board" ? boardView(queue) : kioskView(queue, screen.readPoint);
  }

  #queue(): QueueView {
    if (this.#looked === undefined) {
      const now = this.#options.now();
      this.#looked = queueView(this.#options.documents(), this.#rules, now, this.#foretelling(now));
      queueMicrotask(() => {
        this.#looked = undefined;
      });
    }
    return this.#looked;
  }

  /** A wait in minutes is as good a second later. */
  #foretelling(now: Now): Foretelling {
    if (now.now.monotonicMs - this.#foretoldMs >= foretoldForMs) {
      this.#foretold.clear();
      this.#foretoldMs = now.now.monotonicMs;
    }
    const anew = foretelling(this.#options.documents(), this.#rules, now);
    return (service, priorityClass) => {
      const key = `${service} ${priorityClass}`;
      const known = this.#foretold.get(key) ?? anew(service, priorityClass);
      this.#foretold.set(key, known);
      return known;
    };
  }

  #counter(readPoint: string): CounterView {
    const queue = this.#queue();
    const own = queue.counters.find((counter) => counter.readPoint === readPoint);
    return {
      counter: own === undefined ? { id: readPoint, name: readPoint, state: "closed" } : shownCounter(own),
      services: queue.services.map(shownService),
      classes: queue.priorityClasses,
      others: queue.counters
        .filter((counter) => counter.readPoint !== readPoint)
        .map((counter) => ({ id: counter.readPoint, name: counter.name })),
      waiting: waitingFor(this.#options.documents(), this.#rules, this.#options.now(), readPoint),
      waitingCount: queue.services
        .filter(({ id }) => own?.services.includes(id) === true)
        .reduce((sum, { waiting }) => sum + waiting, 0),
    };
  }
}

function boardView({
  siteName,
  services,
  counters,
  nowServing,
  next,
  shelves,
  crowds,
}: QueueView): BoardView {
  const byId = new Map(counters.map((counter) => [counter.readPoint, shownCounter(counter)]));
  // Who stands in a queue without tickets waits as well; how many that are, beams have counted.
  const counted = crowds.map(({ id, name, nameChinese, length }) => ({
    id,
    name,
    nameChinese,
    waiting: Math.round(length),
  }));
  return {
    siteName,
    services: [...services.map(shownService), ...counted],
    counters: nowServing.flatMap(({ counter }) => byId.get(counter) ?? []),
    next,
    notices: shelves.map(staffWanted),
  };
}

const staffWanted = ({ readPoint, name, nameChinese }: QueueView["shelves"][number]): Notice => ({
  code: `staff-wanted ${readPoint}`,
  words: `Staff please to ${name}`,
  wordsChinese: `请工作人员到${nameChinese}`,
});

function kioskView({ siteName, services, priorityClasses, kiosks }: QueueView, readPoint: string): KioskView {
  const kiosk = kiosks.find((each) => each.readPoint === readPoint);
  const notices: readonly Notice[] = kiosk?.trouble === undefined ? [] : [noticeOf(kiosk.trouble)];
  return {
    siteName,
    services: services.map(shownService),
    classes: priorityClasses,
    prints: (kiosk?.tickets ?? []).map(({ ticket, print }) => ({ ticket, print })),
    notices,
  };
}

/** A fault's words are made to stand in a sentence; here they are one. */
function noticeOf(code: keyof typeof faults): Notice {
  const { words, wordsChinese } = faults[code];
  return { code, words: words.charAt(0).toUpperCase() + words.slice(1), wordsChinese };
}

/** The wait is that of the class which is called last: nobody is promised less than comes. */
const shownService = ({ id, name, nameChinese, waiting, classes }: ServiceView): ShownService => ({
  id,
  name,
  nameChinese,
  waiting,
  ...waitOf(classes.at(-1)?.expected),
});

const waitOf = (expected: ExpectedWait | undefined): { readonly wait?: WaitRange } =>
  expected === undefined ? {} : { wait: { lowMs: expected.lowMs, highMs: expected.highMs } };

function shownCounter({ readPoint, name, state, ticket }: CounterState): ShownCounter {
  const counter = { id: readPoint, name, state };
  if (ticket === undefined) return counter;
  const { calledMs, ...turn } = ticket;
  return { ...counter, current: { ...turn, sinceMs: calledMs } };
}
