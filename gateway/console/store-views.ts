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
} from "../../protocols/screens.ts";
import { kioskTickets } from "../queue/kiosk.ts";
import {
  type CounterView as CounterState,
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

/** What each page shows of the queue, and never anything that is not on disk yet. */
export class StoreViews implements ConsoleViews {
  readonly #options: StoreViewsOptions;
  readonly #rules: QueueRules;
  /** By screen, as it was when memory and disk were last the same. */
  readonly #shown = new Map<string, unknown>();

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
      ? { ...shown, state: status.state, before: status.before }
      : { ...shown, state: status.state, counter: status.counterName };
  }

  #view(screen: Screen): BoardView | CounterView | KioskView {
    if (screen.kind === "counter") return this.#counter(screen.readPoint);
    const queue = this.#queue();
    return screen.kind === "board" ? boardView(queue) : kioskView(queue, screen.readPoint);
  }

  #queue(): QueueView {
    return queueView(this.#options.documents(), this.#rules, this.#options.now());
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

function boardView({ siteName, services, counters, nowServing, next }: QueueView): BoardView {
  const byId = new Map(counters.map((counter) => [counter.readPoint, shownCounter(counter)]));
  return {
    siteName,
    services: services.map(shownService),
    counters: nowServing.flatMap(({ counter }) => byId.get(counter) ?? []),
    next,
    notices: [],
  };
}

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

function noticeOf(code: keyof typeof faults): Notice {
  const { words, wordsChinese } = faults[code];
  return { code, words, wordsChinese };
}

const shownService = ({ id, name, nameChinese, waiting }: ServiceView): ShownService => ({
  id,
  name,
  nameChinese,
  waiting,
});

function shownCounter({ readPoint, name, state, ticket }: CounterState): ShownCounter {
  const counter = { id: readPoint, name, state };
  if (ticket === undefined) return counter;
  const { calledMs, ...turn } = ticket;
  return { ...counter, current: { ...turn, sinceMs: calledMs } };
}
