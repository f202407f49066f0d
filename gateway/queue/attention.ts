import { type FaultCode, faults } from "../../protocols/faults.ts";
import { counterStateOf } from "./counter-state.ts";
import { firstIn, transferredIn, waitingIn } from "./line.ts";
import type { Readable, Turn } from "./turn.ts";

type AttentionCode = Extract<
  FaultCode,
  "queue-long" | "queue-wait-long" | "counter-unattended" | "queue-abandoned"
>;

/** Something that is looked at with each tick, and where it becomes too much. */
interface Watch {
  readonly code: AttentionCode;
  /** The service or counter that it is about; `queue` for all. */
  readonly about: string;
  readonly value: number;
  readonly limit: number;
}

/** It is over below this share of the limit, so that a value at the limit is not told again and again. */
const overBelow = 0.8;
const minuteMs = 60_000;

const attentionKey = "attention";
type Raised = Readonly<Record<string, true>>;

/** Tells what somebody has to look at, once when it begins and once when it is over. */
export function watchAttention(turn: Turn): void {
  const before = (turn.get(attentionKey) as Raised | undefined) ?? {};
  const after: Record<string, true> = {};
  let hasChanged = false;
  for (const watch of watches(turn)) {
    const name = `${watch.code} ${watch.about}`;
    const wasRaised = before[name] === true;
    const isRaised = watch.value >= watch.limit * (wasRaised ? overBelow : 1);
    if (isRaised) after[name] = true;
    if (isRaised === wasRaised) continue;
    hasChanged = true;
    tell(turn, watch, !isRaised);
  }
  if (hasChanged) turn.put(attentionKey, after);
}

function tell(turn: Turn, { code, about, value, limit }: Watch, recovered: boolean): void {
  const { words, cure } = faults[code];
  const told = Math.round(value * 100) / 100;
  turn.tell({
    type: "storewire.alert.queue",
    ...turn.fact(about),
    data: { code, cause: words, cure: recovered ? "" : cure, recovered, about, value: told, limit },
  });
}

function watches(turn: Turn): readonly Watch[] {
  const { services, counters, settings } = turn.rules;
  const { waiting, longestWaitMinutes, unattendedMinutes, abandonedShare } = settings.attention;
  return [
    ...[...services.keys()].flatMap((about): readonly Watch[] => [
      { code: "queue-long", about, value: waitingFor(turn, about), limit: waiting },
      { code: "queue-wait-long", about, value: longestMinutes(turn, about), limit: longestWaitMinutes },
    ]),
    ...[...counters.keys()].map(
      (about): Watch => ({
        code: "counter-unattended",
        about,
        value: unattended(turn, about),
        limit: unattendedMinutes,
      }),
    ),
    { code: "queue-abandoned", about: "queue", value: abandonedShareOf(turn), limit: abandonedShare },
  ];
}

const waitingFor = (turn: Turn, service: string): number =>
  turn.rules.classes.reduce((sum, { id }) => sum + waitingIn(turn, service, id), 0);

function longestMinutes(turn: Turn, service: string): number {
  const first = turn.rules.classes.map(({ id }) => firstIn(turn, service, id));
  const sent = transferredIn(turn).filter((ticket) => ticket.service === service);
  const waitedMs = [...first, ...sent].map((ticket) => (ticket === undefined ? 0 : turn.since(ticket.since)));
  const longestMs = Math.max(0, ...waitedMs);
  // Of a start that is forgotten nobody knows how long ago it was.
  return Number.isFinite(longestMs) ? longestMs / minuteMs : 0;
}

/** For how many minutes nobody has pressed anything at an open counter, while somebody waits and nobody is served there. */
function unattended(turn: Turn, readPoint: string): number {
  const state = counterStateOf(turn, readPoint);
  if (state?.state !== "open" || state.current?.state === "serving") return 0;
  const services = turn.rules.counters.get(readPoint)?.services ?? [];
  if (!services.some((service) => waitingFor(turn, service) > 0)) return 0;
  return turn.since(state.pressed.heard) / minuteMs;
}

/** Of those who were called or gave up lately, the share that nobody served: a fading mean. */
interface Abandonment {
  readonly share: number;
  readonly tickets: number;
}

const abandonmentKey = "abandonment";
/** Before so many have ended a share says nothing. */
const ticketsMin = 10;
/** After so many the first of them have faded. */
const ticketsFade = 40;

export function noteEnding(turn: Turn, isServed: boolean): void {
  const { share, tickets } = abandonmentOf(turn);
  const counted = Math.min(tickets + 1, ticketsFade);
  const after: Abandonment = {
    share: share + ((isServed ? 0 : 1) - share) / counted,
    tickets: counted,
  };
  turn.put(abandonmentKey, after);
}

const abandonmentOf = (documents: Readable): Abandonment =>
  (documents.get(abandonmentKey) as Abandonment | undefined) ?? { share: 0, tickets: 0 };

function abandonedShareOf(documents: Readable): number {
  const { share, tickets } = abandonmentOf(documents);
  return tickets < ticketsMin ? 0 : share;
}
