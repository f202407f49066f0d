import type { QueueAction, Stamp } from "../../protocols/readings.ts";
import { noteEnding } from "./attention.ts";
import { noteCall } from "./calls.ts";
import { type CounterState, type CounterTicket, counterKey, counterStateOf } from "./counter-state.ts";
import { noteLength } from "./lengths.ts";
import {
  firstIn,
  forgetTicket,
  joinCounter,
  joinTransferred,
  leaveLine,
  type Ticket,
  transferredIn,
  waitingTicket,
} from "./line.ts";
import { learnHonesty, learnPace } from "./pace.ts";
import { noteServed } from "./rating.ts";
import type { CounterConfig } from "./rules.ts";
import { ticketData, ticketFact } from "./ticket-facts.ts";
import type { Turn } from "./turn.ts";

export type CounterAction = Exclude<QueueAction, { kind: "issue" | "rate" }>;
type TransferAction = Extract<QueueAction, { kind: "transfer" }>;
type StepName = "called" | "serving" | "served" | "no-show";

/** Between two customers; whoever stays away longer while others wait has a break. */
const breakMs = 180_000;
/** Nobody is served for longer; what takes longer has been forgotten at the counter. */
const paceMsMax = 7_200_000;

/** Calling the next while one is still here: who was being served is done, who was only called never came. */
const endedByNextCall: Record<CounterTicket["state"], StepName> = { called: "no-show", serving: "served" };

/** What each decision does. One that makes no sense in this state (serve with nobody called) does nothing. */
const decisions: {
  readonly [Kind in CounterAction["kind"]]: (
    desk: Desk,
    action: Extract<CounterAction, { kind: Kind }>,
  ) => void;
} = {
  "call-next": (desk) => desk.callNext(),
  recall: (desk) => desk.recall(),
  serve: (desk) => desk.serve(),
  finish: (desk) => desk.end("served"),
  "no-show": (desk) => desk.endUnlessServing("no-show"),
  transfer: (desk, action) => desk.transfer(action),
  pause: (desk) => desk.pause(),
  resume: (desk) => desk.open(),
  cancel: (desk, { ticket }) =>
    ticket === undefined ? desk.cancelCurrent() : cancelWaiting(desk.turn, ticket),
};

export function counterStep(turn: Turn, action: CounterAction): void {
  const { readPoint } = turn.cause;
  const counter = turn.rules.counters.get(readPoint);
  if (counter === undefined) {
    // From a kiosk or from the customer's own page.
    if (action.kind === "cancel" && action.ticket !== undefined) cancelWaiting(turn, action.ticket);
    return;
  }
  const before = counterStateOf(turn, readPoint);
  if (before !== undefined && isPressedAgain(turn, before, action)) return;
  const decide = decisions[action.kind] as (desk: Desk, action: CounterAction) => void;
  decide(new Desk(turn, counter, before), action);
}

function isPressedAgain(turn: Turn, { pressed }: CounterState, action: CounterAction): boolean {
  const elapsedMs = turn.since(pressed.at);
  return pressed.what === action.kind && elapsedMs >= 0 && elapsedMs < turn.rules.settings.pressAgainMs;
}

/** The customer gives up, or somebody for them. */
function cancelWaiting(turn: Turn, id: string): void {
  const ticket = waitingTicket(turn, id);
  if (ticket === undefined) return;
  outOfLine(turn, ticket);
  noteEnding(turn, false);
  const data = ticketData(turn, ticket);
  turn.tell({ type: "storewire.queue.ticket.cancelled", ...ticketFact(turn, ticket), data });
}

function outOfLine(turn: Turn, ticket: Ticket): void {
  noteLength(turn, ticket.service, ticket.priorityClass);
  leaveLine(turn, ticket);
  noteLength(turn, ticket.service, ticket.priorityClass);
}

/** A counter that nobody has pressed anything at for long is closed, and whoever was left there is done. */
export function closeForgotten(turn: Turn): void {
  for (const counter of turn.rules.counters.values()) {
    const state = counterStateOf(turn, counter.readPoint);
    if (state === undefined) continue;
    const idleMs = turn.since(state.pressed.heard);
    if (idleMs >= turn.rules.settings.closesAfterMinutes * 60_000) new Desk(turn, counter, state).close();
  }
}

/** One counter while a decision is carried out. */
class Desk {
  readonly turn: Turn;
  readonly #counter: CounterConfig;
  readonly #before: CounterState | undefined;
  #state: CounterState["state"] | undefined;
  #current: CounterTicket | undefined;
  #gone: CounterState["gone"];

  constructor(turn: Turn, counter: CounterConfig, before: CounterState | undefined) {
    this.turn = turn;
    this.#counter = counter;
    this.#before = before;
    this.#state = before?.state;
    this.#current = before?.current;
    this.#gone = before?.gone;
  }

  callNext(): void {
    this.#enter("open");
    if (this.#current !== undefined) this.#end(this.#current, endedByNextCall[this.#current.state]);
    this.#learnPace();
    const next = nextTicket(this.turn, this.#counter);
    if (next !== undefined) {
      if (next.foretoldMs !== undefined)
        learnHonesty(this.turn, next.foretoldMs, this.turn.since(next.since));
      outOfLine(this.turn, next);
      joinCounter(this.turn, next, this.#counter.readPoint);
      this.#current = { ticket: next, state: "called", attempt: 1, called: this.turn.cause.at };
      this.#call(this.#current);
    }
    this.#keep("call-next");
  }

  recall(): void {
    if (this.#current?.state !== "called") return;
    this.#current = { ...this.#current, attempt: this.#current.attempt + 1 };
    this.#call(this.#current);
    this.#keep("recall");
  }

  serve(): void {
    if (this.#current?.state !== "called") return;
    this.#current = { ...this.#current, state: "serving" };
    this.#tell(this.#current, "serving");
    this.#keep("serve");
  }

  end(step: StepName): void {
    if (this.#current === undefined) return;
    this.#end(this.#current, step);
    this.#keep(step);
  }

  endUnlessServing(step: StepName): void {
    if (this.#current?.state !== "serving") this.end(step);
  }

  transfer(action: TransferAction): void {
    const { turn } = this;
    if (this.#current === undefined || !isPossible(turn, action)) return;
    const { ticket, attempt } = this.#current;
    const isDeferred = action.service === undefined && action.counter === undefined;
    const sent = isDeferred ? putBack(ticket, turn.cause.at) : sentOn(ticket, action);
    this.#leave(this.#current);
    noteLength(turn, sent.service, sent.priorityClass);
    joinTransferred(turn, sent);
    noteLength(turn, sent.service, sent.priorityClass);
    const data = { ...ticketData(turn, sent), counter: this.#counter.readPoint, attempt };
    const fact = ticketFact(turn, sent);
    const way = {
      fromService: ticket.service,
      ...(action.counter === undefined ? {} : { toCounter: action.counter }),
    };
    if (isDeferred) turn.tell({ type: "storewire.queue.ticket.deferred", ...fact, data });
    else turn.tell({ type: "storewire.queue.ticket.transferred", ...fact, data: { ...data, ...way } });
    this.#keep("transfer");
  }

  cancelCurrent(): void {
    if (this.#current === undefined) return;
    const { ticket } = this.#current;
    const data = { ...ticketData(this.turn, ticket), counter: this.#counter.readPoint };
    this.turn.tell({ type: "storewire.queue.ticket.cancelled", ...ticketFact(this.turn, ticket), data });
    forgetTicket(this.turn, ticket);
    this.#leave(this.#current);
    this.#keep("cancel");
  }

  pause(): void {
    if (this.#before === undefined) return;
    this.#gone = undefined;
    this.#enter("paused");
    this.#keep("pause");
  }

  open(): void {
    this.#enter("open");
    this.#keep("resume");
  }

  close(): void {
    if (this.#current !== undefined) this.#end(this.#current, endedByNextCall[this.#current.state]);
    this.turn.put(counterKey(this.#counter.readPoint), undefined);
    this.#tellState("closed");
  }

  #enter(state: CounterState["state"]): void {
    if (this.#state !== state) this.#tellState(state);
    this.#state = state;
  }

  #keep(what: string): void {
    const { at } = this.turn.cause;
    const state = this.#state ?? "open";
    const since = this.#before?.state === state ? this.#before.since : at;
    const current = this.#current === undefined ? {} : { current: this.#current };
    const gone = this.#gone === undefined ? {} : { gone: this.#gone };
    const pressed = { what, at, heard: this.turn.context.now };
    const kept: CounterState = { state, since, pressed, ...current, ...gone };
    this.turn.put(counterKey(this.#counter.readPoint), kept);
  }

  #tellState(state: "open" | "paused" | "closed"): void {
    const counter = this.#counter.readPoint;
    const fact = this.turn.fact(counter);
    this.turn.tell({ type: "storewire.queue.counter.state", ...fact, data: { counter, state } });
  }

  #call(current: CounterTicket): void {
    noteCall(this.turn, current, this.#counter.readPoint);
    this.#tell(current, "called");
  }

  #end(current: CounterTicket, step: StepName): void {
    this.#tell(current, step);
    noteEnding(this.turn, step === "served");
    if (step === "served") noteServed(this.turn, this.#counter.readPoint, current.ticket);
    forgetTicket(this.turn, current.ticket);
    this.#leave(current);
  }

  /** The counter is free again; how long this took is learnt now, or with the next call where others wait. */
  #leave({ ticket, called }: CounterTicket): void {
    this.#current = undefined;
    this.#gone = { service: ticket.service, called, ended: this.turn.cause.at };
    if (nextTicket(this.turn, this.#counter) === undefined) this.#learnPace();
  }

  #learnPace(): void {
    const gone = this.#gone;
    this.#gone = undefined;
    if (gone === undefined) return;
    const { time } = this.turn.context;
    const isBreak = this.turn.since(gone.ended) > breakMs;
    const tookMs = isBreak ? time.elapsedMs(gone.called, gone.ended) : this.turn.since(gone.called);
    // A start that is forgotten, or a clerk who forgot to press anything, is no pace.
    if (tookMs >= 0 && tookMs < paceMsMax) learnPace(this.turn, gone.service, tookMs);
  }

  #tell({ ticket, attempt }: CounterTicket, step: StepName): void {
    const data = { ...ticketData(this.turn, ticket), counter: this.#counter.readPoint, attempt };
    this.turn.tell({ type: `storewire.queue.ticket.${step}`, ...ticketFact(this.turn, ticket), data });
  }
}

const isPossible = ({ rules }: Turn, { service, counter }: TransferAction): boolean =>
  (service === undefined || rules.services.has(service)) &&
  (counter === undefined || rules.counters.has(counter));

/** Who is put back stands behind those who wait already. */
const putBack = (ticket: Ticket, since: Stamp): Ticket => ({ ...unbound(ticket), since });

/** Who is sent on has waited all the time. */
const sentOn = (ticket: Ticket, { service = ticket.service, counter }: TransferAction): Ticket => ({
  ...unbound(ticket),
  service,
  ...(counter === undefined ? {} : { counter }),
});

function unbound(ticket: Ticket): Ticket {
  const { counter: _, foretoldMs: __, ...rest } = ticket;
  return rest;
}

/** Of all who stand first where this counter may call from, whom the policy chooses. */
function nextTicket(turn: Turn, counter: CounterConfig): Ticket | undefined {
  const first = counter.services.flatMap((service) =>
    turn.rules.classes.map(({ id }) => firstIn(turn, service, id)).filter((ticket) => ticket !== undefined),
  );
  const sent = transferredIn(turn).filter((ticket) => mayCall(counter, ticket));
  const candidates = [...first, ...sent].map((ticket) => ({
    ...ticket,
    waitedMs: turn.since(ticket.since),
  }));
  const chosen = turn.rules.policy.choose(candidates, counter);
  return [...first, ...sent].find(({ ticket }) => ticket === chosen?.ticket);
}

/** Who was handed to one counter is called by that one alone. */
export const mayCall = ({ readPoint, services }: CounterConfig, ticket: Ticket): boolean =>
  ticket.counter === undefined ? services.includes(ticket.service) : ticket.counter === readPoint;
